"""A create answers as Twilio does, for what is right and for each thing that is wrong."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.flows.simulator.conftest import SUPPORTER, Caller, authorization
from textbank.simulator.defaults import DEFAULT_SERVICE_SID, LONG_CODE, POOL
from textbank.simulator.magic_numbers import MAGIC


def in_ten_minutes() -> str:
    """A time to send at; asked for when it is needed, because a whole run takes longer."""
    return (datetime.now(UTC) + timedelta(minutes=10)).isoformat()


IN_A_MINUTE = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()


class Rerouted(TwilioHttpClient):
    """The official SDK's transport, with Twilio's hosts replaced by the carrier under test."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = base

    def request(self, method, url, *arguments, **named):  # type: ignore[no-untyped-def]
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._base}{parts.path}{query}", *arguments, **named)

    def close(self) -> None:
        self.session.close()


@pytest.fixture
def sdk(carrier: Caller):
    http = Rerouted(carrier.base)
    yield Client(carrier.account.sid, carrier.account.auth_token, http_client=http)
    http.close()


async def test_a_create_answers_with_every_field_of_the_message_resource(carrier: Caller) -> None:
    status, message = await carrier.create(Body="Hi Sam")
    assert status == 201
    assert re.fullmatch(r"SM[0-9a-f]{32}", message["sid"])
    assert message["status"] == "queued"
    assert (message["from"], message["to"], message["body"]) == (LONG_CODE, SUPPORTER, "Hi Sam")
    assert (message["num_segments"], message["num_media"]) == ("1", "0")
    assert (message["price"], message["date_sent"], message["error_code"]) == (None, None, None)
    assert message["date_created"].endswith(" +0000")
    assert set(message) == {
        "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction",
        "error_code", "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price",
        "price_unit", "sid", "status", "subresource_uris", "to", "uri",
    }  # fmt: skip


async def test_a_service_names_no_sender_and_no_segments_until_it_has_picked_one(carrier: Caller) -> None:
    await carrier.behave(service_pick_seconds=0.05)
    _, message = await carrier.create(MessagingServiceSid=DEFAULT_SERVICE_SID, From=None)
    assert (message["status"], message["from"], message["num_segments"]) == ("accepted", None, "0")
    done = await carrier.until(message["sid"], "delivered")
    assert done["from"] in POOL
    assert done["num_segments"] == "1"
    assert float(done["price"]) < 0


async def test_a_service_texts_the_same_person_from_the_same_number(carrier: Caller) -> None:
    senders = set()
    for _ in range(3):
        _, message = await carrier.create(MessagingServiceSid=DEFAULT_SERVICE_SID, From=None)
        senders.add((await carrier.until(message["sid"], "delivered"))["from"])
    assert len(senders) == 1


async def test_a_given_sender_wins_over_the_services_choice(carrier: Caller) -> None:
    _, message = await carrier.create(MessagingServiceSid=DEFAULT_SERVICE_SID, From=POOL[1])
    assert message["from"] == POOL[1]
    assert (await carrier.until(message["sid"], "delivered"))["from"] == POOL[1]


async def test_a_message_with_media_has_an_mm_sid(carrier: Caller) -> None:
    _, message = await carrier.create(Body="", MediaUrl="https://example.org/a.jpg")
    assert message["sid"].startswith("MM")
    assert message["num_media"] == "1"


@pytest.mark.parametrize(
    ("fields", "http", "code"),
    [
        ({"To": ""}, 400, 21604),
        ({"To": "12345"}, 400, 21211),
        ({"To": "4155550123"}, 400, 21211),
        ({"To": "+15555550123"}, 400, 21211),
        ({"To": "+447400123456"}, 400, 21408),
        ({"From": ""}, 400, 21603),
        ({"From": "Textbank"}, 400, 21212),
        ({"From": "+14155559999"}, 400, 21606),
        ({"To": LONG_CODE}, 400, 21266),
        ({"MessagingServiceSid": "MG12"}, 400, 21705),
        ({"MessagingServiceSid": "MG" + "0" * 32}, 404, 21701),
        ({"MessagingServiceSid": DEFAULT_SERVICE_SID}, 409, 21712),
        ({"Body": ""}, 400, 21602),
        ({"Body": "  \n"}, 400, 21602),
        ({"Body": "x" * 1601}, 400, 21617),
        ({"MediaUrl": "nothing"}, 400, 21620),
        ({"StatusCallback": "not a url"}, 400, 21609),
        ({"StatusCallback": "ftp://example.org/"}, 400, 21609),
        ({"StatusCallback": "https://my_host.example.org/"}, 400, 21609),
        ({"StatusCallback": "https://example.org/?" + "x" * 4000}, 400, 21609),
        ({"ValidityPeriod": "0"}, 400, 90007),
        ({"ValidityPeriod": "36001"}, 400, 90007),
        ({"ValidityPeriod": "soon"}, 400, 90007),
        ({"ScheduleType": "fixed", "SendAt": in_ten_minutes()}, 400, 35118),
        (
            {"ScheduleType": "fixed", "SendAt": IN_A_MINUTE, "MessagingServiceSid": DEFAULT_SERVICE_SID,
             "From": POOL[0]},
            400,
            35114,
        ),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_refused_with_twilios_code(
    carrier: Caller, fields: dict[str, str], http: int, code: int
) -> None:
    status, error = await carrier.create(**fields)
    assert (status, error["code"], error["status"]) == (http, code, http)
    assert error["more_info"].endswith(str(code))
    assert await carrier.list() == []


async def test_sixteen_hundred_characters_are_still_one_message(carrier: Caller) -> None:
    status, message = await carrier.create(Body="x" * 1600)
    assert (status, message["num_segments"]) == (201, "11")


@pytest.mark.parametrize("magic", [m for m in MAGIC.values() if m.refused], ids=lambda m: str(m.refused))
async def test_a_magic_number_is_refused_with_its_code(carrier: Caller, magic) -> None:  # type: ignore[no-untyped-def]
    status, error = await carrier.create(To=magic.e164)
    assert (status, error["code"]) == (400, magic.refused)


async def test_who_does_not_know_the_token_is_turned_away(carrier: Caller) -> None:
    carrier.headers = authorization(carrier.account.sid, "wrong")
    status, error = await carrier.create()
    assert (status, error["code"]) == (401, 20003)
    carrier.headers = authorization("AC" + "0" * 32, carrier.account.auth_token)
    assert (await carrier.create())[0] == 401


async def test_a_full_queue_refuses_the_next_message(carrier: Caller) -> None:
    await carrier.behave(queue_limit_seconds=1)
    carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 1
    assert [(await carrier.create(To=f"+1415555013{n}"))[0] for n in range(3)] == [201, 201, 429]
    _, error = await carrier.create()
    assert error["code"] == 21611


async def test_more_creates_at_once_than_allowed_are_too_many_requests(carrier: Caller) -> None:
    await carrier.behave(max_concurrent_creates=2, latency_ms=100)
    answers = await asyncio.gather(*[carrier.create() for _ in range(5)])
    assert sorted(status for status, _ in answers) == [201, 201, 429, 429, 429]
    assert {error["code"] for status, error in answers if status == 429} == {20429}


async def test_the_official_sdk_understands_the_answers(carrier: Caller, sdk: Client) -> None:
    def conversation() -> None:
        made = sdk.messages.create(to=SUPPORTER, from_=LONG_CODE, body="Hi", validity_period=600)
        assert made.status == "queued"
        assert made.date_created is not None
        assert made.date_created.tzinfo is not None
        assert sdk.messages(made.sid).fetch().body == "Hi"
        assert [m.sid for m in sdk.messages.list(to=SUPPORTER, limit=10)] == [made.sid]
        with pytest.raises(TwilioRestException) as refused:
            sdk.messages.create(to=SUPPORTER, from_=LONG_CODE, body="")
        assert refused.value.code == 21602
        numbers = sdk.incoming_phone_numbers.list()
        assert LONG_CODE in [number.phone_number for number in numbers]
        changed = sdk.incoming_phone_numbers(numbers[0].sid).update(sms_url="http://127.0.0.1:1/x#rc=2")
        assert changed.sms_url == "http://127.0.0.1:1/x#rc=2"
        service = sdk.messaging.v1.services.list()[0]
        assert service.sid == DEFAULT_SERVICE_SID
        pool = sdk.messaging.v1.services(service.sid).phone_numbers.list()
        assert [number.phone_number for number in pool] == list(POOL)
        kind = sdk.lookups.v2.phone_numbers("+12025550114").fetch(fields="line_type_intelligence")
        assert kind.line_type_intelligence["type"] == "landline"
        assert sdk.lookups.v2.phone_numbers(SUPPORTER).fetch().line_type_intelligence is None

    await asyncio.to_thread(conversation)


async def test_a_scheduled_message_can_be_canceled_and_a_sent_one_cannot(carrier: Caller) -> None:
    _, planned = await carrier.create(
        MessagingServiceSid=DEFAULT_SERVICE_SID, From=None, ScheduleType="fixed", SendAt=in_ten_minutes()
    )
    assert planned["status"] == "scheduled"
    url = f"{carrier.messages_url}/{planned['sid']}.json"
    assert (await carrier.post(url, {"Status": "canceled"}))[1]["status"] == "canceled"
    _, sent = await carrier.create()
    status, error = await carrier.post(f"{carrier.messages_url}/{sent['sid']}.json", {"Status": "canceled"})
    assert (status, error["code"]) == (400, 30409)


async def test_a_message_is_redacted_and_deleted_only_when_it_is_complete(carrier: Caller) -> None:
    await carrier.behave(delivery_seconds=0)
    carrier.exchange.accounts[carrier.account.sid].lines[LONG_CODE].settings.pace = 1
    _, first = await carrier.create()
    _, waiting = await carrier.create()
    url = f"{carrier.messages_url}/{waiting['sid']}.json"
    assert (await carrier.post(url, {"Body": ""}))[1]["code"] == 20009
    await carrier.until(first["sid"], "delivered")
    url = f"{carrier.messages_url}/{first['sid']}.json"
    assert (await carrier.post(url, {"Body": ""}))[1]["body"] == ""
    async with carrier.session.delete(url, headers=carrier.headers) as answer:
        assert answer.status == 204
    assert (await carrier.get(url))[1]["code"] == 20404
    assert [message["sid"] for message in await carrier.list()] == [waiting["sid"]]
