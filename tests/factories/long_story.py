"""A number with some thirty events on record: joined, imported, opted out by everybody, come back."""

from tests.factories.town import Town
from textbank.consent.add_person import Who
from textbank.consent.opt_out import opt_out
from textbank.consent.record_basis import record_basis
from textbank.consent.seal import seal
from textbank.consent.staff_opt_out import staff_opt_out
from textbank.consent.undo_opt_out import undo_opt_out
from textbank.contacts.contact_of_recipient import contact_of_recipient

BEA = "+15105550177"
SHOWN = (
    "I agree to get recurring texts from Riverside Tenants Union about Rent Alerts, up to 6 msgs/month. "
    "Msg&data rates may apply. Reply HELP for help, STOP to cancel. Agreeing is no condition of anything."
)


async def long_story(town: Town, events: int = 30) -> int:
    """Make it and seal it, but for the last event; returns the recipient."""
    recipient = await town.recipient(BEA)
    for words in ("join", "JOIN!"):
        await town.text(BEA, words)
    await town.pump()
    staff = Who("member 1", "Sam Rivera")
    while await _count(town, recipient) < events - 2:
        async with town.database.transaction(town.organization_id) as session:
            await staff_opt_out(
                session, town.organization_id, recipient, reason="asked us by phone", by=staff
            )
            await undo_opt_out(session, town.organization_id, recipient, reason="it was her sister", by=staff)
    async with town.database.transaction(town.organization_id) as session:
        contact = await contact_of_recipient(session, town.organization_id, recipient)
        await record_basis(
            session,
            town.organization_id,
            recipient_id=recipient,
            contact_id=contact,
            list_id=town.list_id,
            evidence={
                "basis": "form",
                "source": "Sign-up sheet at the May 1 fair, table of the north side",
                "agreed_on": "May 1, 2026",
                "words_shown": SHOWN,
                "statement": "These people agreed to get texts from us in the way stated here.",
                "by": "member 1",
                "by_name": "Sam Rivera",
                "file": "fair.csv",
                "line": 17,
                "ip": "203.0.113.9",
                "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
                "url": "https://texts.riverside.example/lists/rent-alerts",
                "form_version": 3,
            },
        )
        await seal(session, town.organization_id)
    async with town.database.transaction(town.organization_id) as session:
        await opt_out(
            session,
            town.organization_id,
            recipient,
            "stop_text",
            evidence={"words": "please stop texting me", "rule": "phrase:stop texting", "sid": "SM1"},
        )
    return recipient


async def _count(town: Town, recipient: int) -> int:
    [(count,)] = await town.query("select count(*) from consent_event where recipient_id = :r", r=recipient)
    return int(count)
