"""Keep the conversation's state up with each text in or out."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_INBOUND = sa.text(
    """
    insert into conversation
      (organization_id, recipient_id, needs_reply_since, last_inbound_at, last_message_at)
    values (:organization, :recipient, case when :needs_reply then now() end, now(), now())
    on conflict (organization_id, recipient_id) do update set
      needs_reply_since = case when :needs_reply
        then coalesce(conversation.needs_reply_since, now()) else conversation.needs_reply_since end,
      last_inbound_at = now(), last_message_at = now()
    """
)


async def touch_inbound(
    session: AsyncSession, organization_id: int, recipient_id: int, *, needs_reply: bool
) -> None:
    """A text came in. A conversation that already waits keeps its place in the queue."""
    await session.execute(
        _INBOUND, {"organization": organization_id, "recipient": recipient_id, "needs_reply": needs_reply}
    )
