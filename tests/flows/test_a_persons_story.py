"""One person's whole story in Spanish, on the real simulator: what they text, what they get, and how the
ledger tells of it afterwards; and what `textbank consent --verify` says when one row of it is changed."""

import asyncio
import json
import sys
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town
from textbank.consent.history import history
from textbank.consent.seal import seal
from textbank.contacts.create_list import create_list
from textbank.flows.document import read_document
from textbank.flows.draft import lead_to_flow, make_flow, publish_flow, save_draft
from textbank.inbound.come_back import come_back
from textbank.keywords.create_keyword import create_keyword

ANA = "+15105550123"
QUESTIONS: list[dict[str, Any]] = [
    {"id": "zip", "kind": "ask", "about": "zip", "words": {"en": "Your ZIP?", "es": "¿Tu código postal?"}},
    {"id": "mail", "kind": "ask", "about": "email", "words": {"en": "Your e-mail?", "es": "¿Tu correo?"}},
    {"id": "thanks", "kind": "say", "words": {"en": "Thank you.", "es": "Gracias por contarnos."}},
]
_CHANGE = (
    "update consent_payload set payload = jsonb_set(payload, '{words}', '\"ALTO TODO\"') "
    "where event_id = (select event_id from consent_link where position = 3)"
)


async def keywords(town: Town) -> None:
    """RENTA asks back and then asks two questions; NOTICIAS leads to a second list at once."""
    o = town.organization_id
    await town.execute("update contact_list set double_opt_in = true")
    async with town.database.transaction(o) as session:
        await create_list(session, o, "Noticias", "Una por semana")
        await create_keyword(session, o, "RENTA", "Rent Alerts", "es")
        await create_keyword(session, o, "NOTICIAS", "Noticias", "es")
        flow = await make_flow(session, o, "Welcome", list_id=town.list_id, actor="test")
        document = read_document({"steps": QUESTIONS})
        await save_draft(
            session, o, flow, name="Welcome", list_id=town.list_id, document=document, actor="test"
        )
        await publish_flow(session, o, flow, actor="test")
    [(keyword,)] = await town.query("select id from keyword where word = 'RENTA'")
    async with town.database.transaction(o) as session:
        await lead_to_flow(session, o, keyword, flow, actor="test")


async def says(town: Town, body: str) -> str:
    """What she gets for it."""
    got = await town.answer_to(ANA, body)
    await come_back(town.database, town.organization_id, town.carriers)
    await town.let_answers_leave()
    return "\n".join(got) if got else (await town.received(ANA))[-1]


async def verify(town: Town) -> tuple[int, dict[str, Any]]:
    """`textbank consent --verify`: its exit code, and what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "textbank.cli", "consent", "--verify"),
        env={
            "DATABASE_URL": town.settings.database_url,
            "REDIS_URL": town.settings.redis_url,
            "TEXTBANK_MODE": "simulated",
            "TEXTBANK_SECRET_KEY": "the secret of the tests",
            "TEXTBANK_DATA": "/nonexistent",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert said, complained.decode()
    return process.returncode or 0, json.loads(said)


async def test_the_ledger_tells_a_persons_whole_story(town: Town, admin: AsyncEngine) -> None:
    await keywords(town)
    assert "Responde SI" in await says(town, "renta")
    assert "¿Tu código postal?" in await says(town, "Sí")
    assert await says(town, "94110") == "¿Tu correo?"
    assert await says(town, "ana@example.org") == "Gracias por contarnos."
    [person] = await town.query("select zip_code, email from contact")
    assert tuple(person) == ("94110", "ana@example.org")
    assert "Noticias" in await says(town, "NOTICIAS")
    assert "Dejaste Rent Alerts" in await says(town, "ALTO renta")
    assert "no te escribimos hasta" in await says(town, "PAUSA 2 SEMANAS")
    assert await says(town, "ALTO")
    for message in town.simulator.exchange.messages():
        message.sent = (message.sent or message.created) - 5  # so that she comes back later than she left
    assert await says(town, "EMPEZAR")

    async with town.database.transaction(town.organization_id) as session:
        await seal(session, town.organization_id)
        events = await history(session, town.organization_id, ANA)
    told = [(one.kind, one.payload["words"], one.payload.get("rule", "")) for one in events]
    assert told == [
        ("opt_in_requested", "renta", "none"),
        ("subscribed", "Sí", "none"),
        ("subscribed", "NOTICIAS", "none"),
        ("unsubscribed", "ALTO renta", "preference:leave_list"),
        ("paused", "PAUSA 2 SEMANAS", "none"),
        ("opt_out", "ALTO", "stop:exact"),
        ("opt_back_in", "EMPEZAR", "start:exact"),
    ]
    assert "Responde SI" in events[1].payload["asked"]["question"]
    assert "Pueden aplicar cargos" in events[1].payload["confirmation"]
    assert [one.position for one in events] == list(range(1, len(events) + 1))
    code, found = await verify(town)
    assert (code, found["holds"], found["sealed"], found["unsealed"]) == (0, True, len(events), 0)

    async with admin.begin() as connection:
        # The database refuses this to everybody but its superuser, and to that as long as triggers work.
        await connection.execute(sa.text("set session_replication_role = replica"))
        changed = await connection.execute(sa.text(_CHANGE))
        assert changed.rowcount == 1
    code, found = await verify(town)
    assert (code, found["holds"]) == (1, False)
    [fault] = found["faults"]
    assert str(events[2].id) in fault
