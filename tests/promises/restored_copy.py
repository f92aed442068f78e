"""A town whose database is told to be a copy of half an hour ago, and what happened in that time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.factories.town import Town
from textbank import across
from textbank.backup.hold import put_hold
from textbank.campaigns.queue_audience import queue_audience
from textbank.inbound.reconcile import Reconciled, reconcile
from textbank.messaging.protocol import HEARING_GAP
from textbank.simulator.records import Message
from textbank.sms.carrier import Accepted, OutgoingText

COPY_OF = timedelta(minutes=30)
"""How long ago the copy was made."""


async def restored(town: Town, admin: AsyncEngine) -> None:
    """From now on the database is a copy of half an hour ago, restored long enough ago to be read."""
    async with admin.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await put_hold(connection, datetime.now(UTC) - COPY_OF)
    await across.hear(town.database, HEARING_GAP)
    await town.execute("update carrier_account set gap_ended_at = now() - interval '11 seconds'")


async def sent_since(town: Town, phone: str, body: str) -> None:
    """The carrier got this in the time that the copy knows nothing of."""
    carrier = await town.carriers(town.organization_id, town.account_id)
    url = f"{town.settings.textbank_public_url}/webhooks/twilio/status?o=1&m=1&a=999999999"
    text = OutgoingText(phone, body, url, 3600, from_=town.number)
    assert isinstance(await carrier.send(text), Accepted)


async def heard_since(town: Town, phone: str, body: str, ago: timedelta) -> Message:
    """Somebody wrote in that time; no webhook will come for it."""
    await town.behave(inbound_blackout=True)
    url = f"{town.carrier_url}/_simulator/phones/{phone}/texts"
    async with town.http.post(url, json={"to": town.number, "body": body}) as answer:
        sid = (await answer.json())["sid"]
    await town.behave(inbound_blackout=False)
    message = next(one for one in town.simulator.exchange.messages() if one.sid == sid)
    message.created -= ago.total_seconds()
    if message.sent:
        message.sent -= ago.total_seconds()
    return message


async def read_the_list(town: Town) -> Reconciled:
    return await reconcile(town.database, town.organization_id, town.account_id, town.carriers)


async def goes_on(town: Town) -> None:
    """Somebody resumes what was running; what may leave leaves."""
    await town.execute("update campaign set state = 'running', paused_because = null where state = 'paused'")
    for (campaign,) in await town.query("select id from campaign"):
        queued = 1
        while queued:
            async with town.database.transaction(town.organization_id) as session:
                queued = await queue_audience(session, town.organization_id, campaign)
    await town.pump()


async def forget_the_queue(town: Town) -> None:
    """The audience as it stood before the first of it was queued."""
    await town.execute("delete from outbox")
    await town.execute("update audience_member set message_id = null")
    await town.execute("delete from message where direction = 'out'")
