"""Each check of `textbank setup` fails once: it says so plainly, and the next run goes on from there."""

import asyncio
from pathlib import Path

import pytest

from tests.flows.setup.conftest import PHONE, Carrier, Folder, free_port
from textbank.simulator import AccountSettings


def options(name: str, account: AccountSettings, *more: str) -> tuple[str, ...]:
    return (
        "--name",
        name,
        "--help-contact",
        "help@example.org",
        "--account-sid",
        account.sid,
        *more,
    )


async def test_a_wrong_token_is_refused_before_anything_is_kept(installed: Folder, carrier: Carrier) -> None:
    account = carrier.new_account()
    wrong = await installed.setup(*options("Token", account), token="0" * 32)
    assert wrong.code == 1
    assert "Twilio does not know this account SID with this auth token. Nothing was changed." in wrong.said
    assert "Run `textbank setup` again then: it goes on from here." in wrong.said
    right = await installed.setup(*options("Token", account), token=account.auth_token)
    assert right.code == 0, right.said
    assert "Token." in right.said
    assert f"Texts leave from {account.numbers[0].e164}." in right.said


async def test_a_sid_that_is_none_and_one_that_nobody_has_are_told_apart(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account()
    key = await installed.setup(
        "--name", "Sid", "--help-contact", "x@y.org", "--account-sid", "SK12", token="t"
    )
    assert key.code == 1
    assert "“SK12” is no account SID: that begins with AC and has 34 characters." in key.said
    unknown = await installed.setup(
        "--name", "Sid", "--account-sid", "AC" + "0" * 32, token=account.auth_token
    )
    assert "Twilio does not know this account SID" in unknown.said
    assert (await installed.setup(*options("Sid", account), token=account.auth_token)).code == 0


async def test_a_suspended_account_ends_it_until_it_is_open_again(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account()
    account.status = "suspended"
    suspended = await installed.setup(*options("Suspended", account), token=account.auth_token)
    assert suspended.code == 1
    assert "Twilio says that this account is not active" in suspended.said
    account.status = "active"
    assert (await installed.setup(*options("Suspended", account), token=account.auth_token)).code == 0


async def test_an_account_without_numbers_is_kept_until_it_has_one(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account(numbers=0)
    none = await installed.setup(*options("Numberless", account), token=account.auth_token)
    assert none.code == 1
    assert "The account has no number that can text. Everything set up so far is kept." in none.said
    other = carrier.new_account()
    line = carrier.simulator.exchange.accounts[other.sid].lines.popitem()[1]
    carrier.simulator.exchange.accounts[account.sid].lines[line.settings.e164] = line
    # The token is known by now: nobody has to give it again.
    bought = await installed.setup("--name", "Numberless")
    assert bought.code == 0, bought.said
    assert f"Texts leave from {line.settings.e164}." in bought.said


async def test_texts_that_go_elsewhere_are_taken_over_only_when_somebody_says_so(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account()
    account.numbers[0].sms_url = "https://other.example.org/sms"
    elsewhere = await installed.setup(*options("Elsewhere", account), token=account.auth_token)
    assert elsewhere.code == 1
    assert "are brought to https://other.example.org/sms, not here." in elsewhere.said
    assert account.numbers[0].sms_url == "https://other.example.org/sms"
    taken = await installed.setup("--name", "Elsewhere", "--take-over")
    assert taken.code == 0, taken.said
    assert account.numbers[0].sms_url.endswith("/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx")
    assert account.numbers[0].sms_fallback_url == account.numbers[0].sms_url


async def test_a_service_that_overrides_the_number_is_named_and_changed_on_a_word(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account(in_service=True)
    account.services[0].campaign_status = "VERIFIED"
    number = account.numbers[0].e164
    first = await installed.setup(*options("Service", account, "--sender", number), token=account.auth_token)
    assert first.code == 1
    assert f"The messaging service {account.services[0].sid} decides where texts to {number} go" in first.said
    assert account.services[0].inbound_request_url == ""
    taken = await installed.setup("--name", "Service", "--take-over")
    assert taken.code == 0, taken.said
    assert account.services[0].inbound_request_url.endswith("/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx")
    assert f"{number} is registered with the carriers." in taken.said


async def test_an_application_that_overrides_is_for_a_person_to_take_off(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account()
    account.numbers[0].sms_application_sid = "AP" + "1" * 32
    first = await installed.setup(*options("Application", account), token=account.auth_token)
    assert first.code == 1
    assert "In Twilio's console, take the application off the number." in first.said
    account.numbers[0].sms_application_sid = ""
    assert (await installed.setup("--name", "Application")).code == 0


async def test_an_unregistered_sender_starts_nothing_but_can_be_heard_and_answered(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account(in_service=True)
    account.services[0].campaign_status = "IN_PROGRESS"
    number, phone = account.numbers[0].e164, "+14155550198"
    given = options("Pending", account, "--sender", number, "--take-over", "--phone", phone)
    running = asyncio.create_task(installed.setup(*given, token=account.auth_token))
    while "/webhooks/" not in account.services[0].inbound_request_url:
        assert not running.done(), running.result().said
        await asyncio.sleep(0.02)
    # Words that came before the test began are no answer to it: so it is texted until the set-up has heard.
    while not running.done():
        await carrier.text(phone, number, "HELP")
        await asyncio.wait([running], timeout=1.0)
    heard = running.result()
    assert heard.code == 0, heard.said
    assert f"The registration of {number} is being looked at (IN_PROGRESS)." in heard.said
    assert f"{number} is not registered yet, so nothing that we start leaves from it." in heard.said
    assert f"A text from {phone} came in, and was answered." in heard.said
    account.services[0].campaign_status = "VERIFIED"
    after = await installed.setup("--name", "Pending")
    assert f"{number} is registered with the carriers." in after.said


async def test_a_refused_registration_says_why(installed: Folder, carrier: Carrier) -> None:
    account = carrier.new_account(in_service=True)
    account.services[0].campaign_status = "FAILED"
    given = options("Refused", account, "--sender", account.services[0].sid, "--take-over")
    refused = await installed.setup(*given, token=account.auth_token)
    assert "was refused (FAILED; error 30886)" in refused.said


async def test_a_text_that_the_carriers_block_is_explained(installed: Folder, carrier: Carrier) -> None:
    account = carrier.new_account()
    account.blocks_unregistered = True
    given = options("Blocked", account, "--phone", "+14155550197", "--reply-within", "40")
    blocked = await installed.setup(*given, token=account.auth_token)
    assert blocked.code == 1
    assert "was not delivered (undelivered, error 30034). Everything set up so far is kept." in blocked.said
    assert "The carriers block this number until it is registered (10DLC)" in blocked.said


async def test_a_reply_that_was_never_sent_and_one_that_could_not_be_brought_are_told_apart(
    installed: Folder, carrier: Carrier
) -> None:
    account = carrier.new_account()
    given = options("Reply", account, "--phone", PHONE, "--reply-within", "6")
    silent = await installed.setup(*given, token=account.auth_token)
    assert silent.code == 1
    assert f"No reply from {PHONE} came in, and Twilio has none either." in silent.said
    again = ("--name", "Reply", "--phone", PHONE, "--reply-within", "6")
    carrier.simulator.exchange.set_behaviour(
        carrier.simulator.exchange.behaviour.model_copy(update={"inbound_blackout": True})
    )
    try:
        await carrier.text(PHONE, account.numbers[0].e164, "Yes, I am here")
        unheard = await installed.setup(*again)
    finally:
        carrier.simulator.exchange.set_behaviour(
            carrier.simulator.exchange.behaviour.model_copy(update={"inbound_blackout": False})
        )
    assert unheard.code == 1, "even where it was fetched from the list meanwhile: no webhook brought it"
    assert f"Twilio has the text from {PHONE}, but could not bring it here." in unheard.said


async def test_a_number_that_opted_out_gets_no_test(installed: Folder, carrier: Carrier) -> None:
    account, phone = carrier.new_account(), "+14155550196"
    assert (await installed.setup(*options("Out", account), token=account.auth_token)).code == 0
    await carrier.text(phone, account.numbers[0].e164, "STOP")
    await carrier.replies_once_texted(phone, "thanks")
    out = await installed.setup("--name", "Out", "--phone", phone)
    assert out.code == 1
    assert f"{phone} has opted out of this organization's texts, so it gets no test either." in out.said


async def test_a_database_that_is_away_changes_nothing(carrier: Carrier, tmp_path: Path) -> None:
    folder = Folder(tmp_path, carrier)
    nobody = f"postgresql+asyncpg://postgres@127.0.0.1:{free_port()}/textbank"
    away = await folder.setup("--port", str(free_port()), DATABASE_URL=nobody)
    assert away.code == 1
    assert "The database of DATABASE_URL does not answer" in away.said
    assert not (tmp_path / ".textbank" / "postgres").exists()


async def test_a_folder_that_cannot_be_written_is_named(carrier: Carrier, tmp_path: Path) -> None:
    folder = Folder(tmp_path, carrier)
    (tmp_path / "a file").touch()
    shut = await folder.setup(TEXTBANK_DATA=str(tmp_path / "a file" / "data"))
    assert shut.code == 1
    assert "a file/data cannot be written (Not a directory). Nothing was changed." in shut.said
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("text.example.org", "is no address that webhooks can be brought to"),
        ("http://text.example.org", "has no https"),
        ("https://192.168.1.20", "exists on this machine or network only"),
    ],
)
async def test_an_address_that_the_carrier_cannot_use_is_refused_before_anything_starts(
    carrier: Carrier, tmp_path: Path, url: str, said: str
) -> None:
    folder = Folder(tmp_path, carrier)
    del folder.environment["TWILIO_API_URL"]  # a live installation
    refused = await folder.setup("--url", url)
    assert refused.code == 1
    assert said in refused.said
    assert not (tmp_path / ".env").exists()
