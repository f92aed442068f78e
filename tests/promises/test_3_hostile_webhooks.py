"""Promise 3, the other side: webhooks that are forged, sent again, too large or no form change nothing.

Not one row of one table: everything that the database holds is compared, before and after.
"""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.hostile import Hostile, ask
from tests.factories.town import Town
from tests.promises.webhooks import new_sid, post_inbound, post_status
from textbank.simulator.signing import signature

ANN = "+15105550123"
INBOUND = "/webhooks/twilio/inbound"
_TABLES = sa.text(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
    "and not relispartition and relname <> 'part_heartbeat' order by 1"
)


async def everything(admin: AsyncEngine) -> dict[str, str]:
    """How many rows each table has, and what they hold."""
    async with admin.connect() as connection:
        tables = (await connection.execute(_TABLES)).scalars().all()
        assert len(tables) > 40
        held = {}
        for table in tables:
            whole = f"select count(*) || ' ' || md5(string_agg(t::text, '' order by t::text)) from {table} t"  # noqa: S608
            held[table] = str((await connection.exec_driver_sql(whole)).scalar_one())
        return held


async def filled(town: Town) -> tuple[str, str]:
    """Somebody who joined, wrote and got a blast; the carrier's ids of their STOP and of a text of ours."""
    await town.subscribe(ANN)
    await town.launch()
    await town.pump()
    stop = new_sid()
    for words in ("When does it start?", "JOIN"):
        assert await post_inbound(town, ANN, words) == 200
    assert await post_inbound(town, ANN, "STOP", sid=stop) == 200
    await town.let_answers_leave()
    return stop, str(
        (await town.query("select sid from carrier_message where attempt_id is not null"))[0].sid
    )


def fields(town: Town, **more: str) -> dict[str, str]:
    account = town.simulator.exchange.settings.accounts[0]
    usual = {
        "AccountSid": account.sid,
        "MessageSid": new_sid(),
        "From": ANN,
        "To": town.number,
        "Body": "START",
    }
    return {**usual, **more}


async def post(
    town: Town,
    given: Mapping[str, str],
    *,
    path: str = INBOUND,
    token: str = "",
    signed: Mapping[str, str] | None = None,
    header: str | None = None,
    body: bytes | None = None,
    kind: str = "application/x-www-form-urlencoded",
) -> int:
    """Signed as it should be, but for what is said otherwise."""
    base = town.settings.textbank_public_url
    token = token or town.simulator.exchange.settings.accounts[0].auth_token
    sign = signature(token, base + path, given if signed is None else signed) if header is None else header
    headers = {"X-Twilio-Signature": sign.encode(), "Content-Type": kind.encode()}
    return await ask(
        base, Hostile("POST", path, headers, urlencode(given).encode() if body is None else body)
    )


async def test_forged_webhooks_change_nothing(town: Town, admin: AsyncEngine) -> None:
    await filled(town)
    before = await everything(admin)
    stop = fields(town, Body="STOP", From="+15105550199")
    assert await post(town, stop, token="somebody else's") == 403
    assert await post(town, stop, signed={**stop, "Body": "START"}) == 403
    assert await post(town, {**stop, "Extra": "1"}, signed=stop) == 403
    assert await post(town, stop, header="") == 403
    assert await post(town, stop, header=base64.b64encode(bytes(20)).decode()) == 403
    assert await post(town, stop, header="x" * 9_000) == 403
    assert await post(town, {**stop, "AccountSid": "AC" + "0" * 32}) == 403
    assert await post(town, {**stop, "AccountSid": ""}) == 403
    status = f"/webhooks/twilio/status?o={town.organization_id}&m=1&a=1"
    told = fields(town, MessageStatus="failed")
    assert await post(town, told, path=status, token="somebody else's") == 403
    assert await post(town, told, path=status.replace("&a=1", "&a=2"), header="x") == 403
    assert await post(town, told, path="/webhooks/twilio/status?o=999&m=1&a=1") == 403
    assert await everything(admin) == before


async def test_webhooks_sent_again_change_nothing(town: Town, admin: AsyncEngine) -> None:
    stop, ours = await filled(town)
    [(attempt,)] = await town.query("select attempt_id from carrier_message where sid = :s", s=ours)
    assert await post_status(town, attempt, ours, "delivered") == 204
    before = await everything(admin)
    for _ in range(3):
        assert await post_inbound(town, ANN, "STOP", sid=stop) == 200
        # The same id with other words is the same text: what was filed first stands.
        assert await post_inbound(town, ANN, "START", sid=stop) == 200
        assert await post_status(town, attempt, ours, "delivered") == 204
        assert await post_status(town, attempt, ours, "sent") == 204
    assert await everything(admin) == before


async def test_webhooks_that_are_too_large_change_nothing(town: Town, admin: AsyncEngine) -> None:
    await filled(town)
    before = await everything(admin)
    assert await post(town, fields(town, Body="a" * 70_000)) == 422
    assert await post(town, fields(town, **{f"f{n}": "" for n in range(2_000)})) == 422
    assert await post(town, fields(town), body=b"a=" + b"%41" * 200_000) in (0, 422)  # hung up on, or told
    status = f"/webhooks/twilio/status?o={town.organization_id}&m=1&a=1"
    assert await post(town, fields(town, MessageStatus="x" * 70_000), path=status) == 422
    assert await everything(admin) == before


@pytest.mark.parametrize("without", ["MessageSid", "From", "To"])
async def test_webhooks_without_what_every_text_has_change_nothing(
    town: Town, admin: AsyncEngine, without: str
) -> None:
    before = await everything(admin)
    given = fields(town)
    assert await post(town, {**given, without: ""}) in (422, 503)
    del given[without]
    assert await post(town, given) in (422, 503)
    assert await everything(admin) == before


async def test_webhooks_that_are_no_form_change_nothing(town: Town, admin: AsyncEngine) -> None:
    await filled(town)
    before = await everything(admin)
    given = fields(town)
    assert await post(town, given, body=b'{"Body": "STOP"}', kind="application/json") == 403
    assert await post(town, given, body=bytes(range(256))) == 403
    assert await post(town, given, body=b"") == 403
    assert await post(town, given, body=b"%zz=%f&&&===") == 403
    assert await post(town, fields(town, MessageSid="SM\x00")) == 422
    assert await post(town, fields(town, To="+14155550999")) == 503  # the carrier may come again
    for path in ("?o=1&a=0", "?o=x&a=1", "?o=1&a=" + "9" * 40, "", "?o=-1&a=1", "?o=%D9%A1&a=1"):
        told = fields(town, MessageStatus="failed")
        assert await post(town, told, path=f"/webhooks/twilio/status{path}") in (403, 422), path
    assert await everything(admin) == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_webhook_that_is_not_posted_is_refused(town: Town, admin: AsyncEngine, method: str) -> None:
    before = await everything(admin)
    for path in (INBOUND, "/webhooks/twilio/status"):
        assert await ask(town.settings.textbank_public_url, Hostile(method, path, {}, b"")) == 405
    assert await everything(admin) == before


async def test_a_token_fits_with_and_without_the_port_as_the_carrier_may_sign_it(town: Town) -> None:
    base = town.settings.textbank_public_url
    token = town.simulator.exchange.settings.accounts[0].auth_token
    for signed_base, status in ((base, 200), (base.rsplit(":", 1)[0], 200), (base + "0", 403)):
        given = fields(town, Body="Hello")
        header = signature(token, signed_base + INBOUND, given)
        assert await post(town, given, header=header) == status, signed_base
