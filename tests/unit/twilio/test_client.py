"""What Twilio's answers mean to us, and the questions we ask it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest

from tests.unit.twilio.conftest import Answer, LoopbackCarrier, answering, message, running
from textbank.sms.carrier import (
    Accepted,
    Carrier,
    CarrierRecord,
    CarrierUnavailable,
    Lookup,
    NotSent,
    Outcome,
    OutgoingText,
    Refused,
    Unknown,
)
from textbank.twilio.client import TwilioCarrier

TEXT = OutgoingText(
    to="+14155551212",
    body="Hi Ana & José 👍",
    status_callback="https://bank.example.org/webhooks/twilio/status?message=1&attempt=2",
    validity_seconds=3600,
    from_="+15005550006",
)


@pytest.fixture
async def server_and_carrier() -> AsyncIterator[tuple[LoopbackCarrier, TwilioCarrier]]:
    with running(answering(201, message())) as server:
        carrier = TwilioCarrier("AC1", "secret", api_url=server.url, timeout_seconds=5)
        yield server, carrier
        await carrier.close()


Pair = tuple[LoopbackCarrier, TwilioCarrier]


def test_it_is_a_carrier() -> None:
    carrier: Carrier = TwilioCarrier("AC1", "secret")
    assert carrier is not None


def form_of(request: bytes) -> list[tuple[str, str]]:
    return sorted(parse_qsl(request.partition(b"\r\n\r\n")[2].decode(), keep_blank_values=True))


async def test_a_text_is_handed_over_whole(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    assert await carrier.send(TEXT) == Accepted(
        sid="SM00000000000000000000000000000001", status="queued", sender="+15005550006", segments=1
    )
    (request,) = server.requests
    head = request.partition(b"\r\n\r\n")[0].decode()
    assert head.startswith("POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1")
    assert "Authorization: Basic QUMxOnNlY3JldA==" in head
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert form_of(request) == [
        ("Body", "Hi Ana & José 👍"),
        ("From", "+15005550006"),
        ("StatusCallback", TEXT.status_callback),
        ("To", "+14155551212"),
        ("ValidityPeriod", "3600"),
    ]


async def test_a_service_and_pictures_are_handed_over(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    server.answer = answering(201, message(status="accepted", num_segments="0", **{"from": None}))
    text = OutgoingText(
        to="+14155551212",
        body="",
        status_callback="https://bank.example.org/s",
        validity_seconds=60,
        service="MG1",
        media_urls=("https://bank.example.org/a.jpg", "https://bank.example.org/b.jpg"),
    )
    assert await carrier.send(text) == Accepted(
        sid="SM00000000000000000000000000000001", status="accepted", sender=None, segments=None
    )
    form = form_of(server.requests[0])
    assert [value for name, value in form if name == "MediaUrl"] == list(text.media_urls)
    assert ("MessagingServiceSid", "MG1") in form
    assert "From" not in dict(form)


def error(code: int, text: str = "no") -> dict[str, Any]:
    return {"code": code, "message": text, "more_info": "https://www.twilio.com/docs/errors", "status": 400}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answering(400, error(21610, "unsubscribed recipient")), Refused(21610, "unsubscribed recipient")),
        (answering(400, error(21211)), Refused(21211, "no")),
        (answering(401, error(20003)), Refused(20003, "no")),
        (answering(429, error(20429), Retry_After="7"), NotSent("too many requests", retry_after=7.0)),
        (answering(429, b"slow down"), NotSent("too many requests")),
        (answering(429, b"", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), NotSent("too many requests")),
        (answering(400, error(20429)), NotSent("too many requests")),
        (answering(400, error(20503)), Unknown("HTTP 400, error 20503")),
        (answering(400, b"<html>a proxy</html>"), Unknown("HTTP 400")),
        (answering(408, b""), Unknown("HTTP 408")),
        (answering(500, error(20500)), Unknown("HTTP 500, error 20500")),
        (answering(503, b"away"), Unknown("HTTP 503")),
        (answering(302, b"", Location="/elsewhere"), Unknown("HTTP 302")),
        (answering(201, b"<html>"), Unknown("HTTP 201 without a message in it")),
        (answering(201, b'{"sid": '), Unknown("HTTP 201 without a message in it")),
        (answering(201, {"sid": None}), Unknown("HTTP 201 without a message in it")),
        (answering(201, []), Unknown("HTTP 201 without a message in it")),
    ],
)
async def test_every_answer_has_one_meaning(
    server_and_carrier: Pair, answer: Answer, outcome: Outcome
) -> None:
    server, carrier = server_and_carrier
    server.answer = answer
    assert await carrier.send(TEXT) == outcome
    assert len(server.requests) == 1


async def test_half_an_answer_is_unknown(server_and_carrier: Pair) -> None:
    def cut_short(connection: Any, _request: bytes) -> bool:
        connection.sendall(b'HTTP/1.1 201 X\r\nContent-Length: 500\r\n\r\n{"sid": "SM1"')
        return False

    server, carrier = server_and_carrier
    server.answer = cut_short
    assert isinstance(await carrier.send(TEXT), Unknown)


def paged(connection: Any, request: bytes) -> bool:
    """Three pages of one message each, newest first, as Twilio lists them."""
    line = request.split(b"\r\n")[0].decode()
    page = int(line.partition("Page=")[2].partition("&")[0].split()[0]) if "Page=" in line else 0
    listed = message(
        sid=f"SM{page}",
        direction="inbound" if page else "outbound-api",
        num_media="2",
        num_segments="3",
        error_code=30006 if page == 1 else None,
        date_sent="Fri, 20 Nov 2026 18:30:05 +0000",
    )
    following = (
        f"/2010-04-01/Accounts/AC1/Messages.json?To=x&Page={page + 1}&PageToken=t" if page < 2 else None
    )
    return answering(200, {"messages": [listed], "next_page_uri": following, "page": page})(
        connection, request
    )


async def test_the_list_is_read_page_after_page(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    server.answer = paged
    records = [record async for record in carrier.list_to("+14155551212", page_size=1)]
    assert [record.sid for record in records] == ["SM0", "SM1", "SM2"]
    assert records[0] == CarrierRecord(
        sid="SM0",
        direction="outbound",
        from_="+15005550006",
        to="+14155551212",
        body="Hello",
        status="queued",
        date_created=datetime(2026, 11, 20, 18, 30, tzinfo=UTC),
        date_sent=datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC),
        error_code=None,
        service=None,
        segments=3,
        media_count=2,
    )
    assert records[1].direction == "inbound"
    assert records[1].error_code == 30006
    first = unquote(server.requests[0].split()[1].decode())
    assert first == "/2010-04-01/Accounts/AC1/Messages.json?To=+14155551212&PageSize=1"


async def test_no_page_is_read_that_nobody_asks_for(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    server.answer = paged
    async for _ in carrier.list_to("+14155551212"):
        break
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        answering(503, b"away"),
        answering(401, error(20003)),
        answering(200, b"<html>"),
        answering(200, {"messages": None}),
        answering(200, {"messages": [message(date_created=None)], "next_page_uri": None}),
    ],
)
async def test_a_list_that_cannot_be_read_is_never_taken_for_an_empty_one(
    server_and_carrier: Pair, answer: Answer
) -> None:
    server, carrier = server_and_carrier
    server.answer = answer
    with pytest.raises(CarrierUnavailable):
        _ = [record async for record in carrier.list_to("+14155551212")]


async def test_one_message_is_fetched_by_its_id(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    server.answer = answering(200, message(**{"from": None}))
    found = await carrier.fetch("SM1")
    assert found is not None
    assert found.from_ is None
    assert found.date_sent is None
    server.answer = answering(404, error(20404))
    assert await carrier.fetch("SM2") is None
    server.answer = answering(500, error(20500))
    with pytest.raises(CarrierUnavailable):
        await carrier.fetch("SM1")


async def test_a_number_is_looked_up_at_the_stand_in_too(server_and_carrier: Pair) -> None:
    server, carrier = server_and_carrier
    server.answer = answering(200, {"valid": True, "line_type_intelligence": {"type": "landline"}})
    assert await carrier.lookup("+14155551212") == Lookup(valid=True, line_type="landline")
    assert b"GET /v2/PhoneNumbers/+14155551212?Fields=line_type_intelligence" in server.requests[0]
    server.answer = answering(200, {"valid": False, "line_type_intelligence": None})
    assert await carrier.lookup("+14155551212") == Lookup(valid=False, line_type=None)


async def test_the_environment_does_not_lead_texts_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with running(answering(201, json.dumps(message()).encode())) as server:
        carrier = TwilioCarrier("AC1", "secret", api_url=server.url)
        assert isinstance(await carrier.send(TEXT), Accepted)
        assert carrier._client.get_hostname("https://api.twilio.com/x") == "https://api.twilio.com/x"
        await carrier.close()
