"""Where a picture in a conversation lies, and which account it came to."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.errors import NotFound
from textbank.language import N_

_PICTURE = sa.text(
    """
    select m.media ->> cast(:position as int) as url, a.account_sid, a.auth_token,
      coalesce(a.api_url, '') as api_url
    from message m
    join sender s on s.organization_id = m.organization_id and s.id = m.sender_id
    join carrier_account a on a.organization_id = s.organization_id and a.id = s.carrier_account_id
    where m.organization_id = :organization and m.id = :message and m.recipient_id = :recipient
      and m.direction = 'in' and m.id >= :since
    """
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture that the carrier keeps."""

    url: str
    account_sid: str
    auth_token: bytes
    """Encrypted, see `accounts/cipher.py`."""
    api_url: str


async def picture_of(
    session: AsyncSession,
    organization_id: int,
    recipient_id: int,
    message_id: int,
    position: int,
    *,
    since: int = 0,
) -> Kept:
    """The picture of a text of theirs that is not older than `since`. Raises NotFound."""
    key = {
        "organization": organization_id,
        "recipient": recipient_id,
        "message": message_id,
        "position": position,
        "since": since,
    }
    row = (await session.execute(_PICTURE, key)).one_or_none()
    if row is None or not row.url:
        raise NotFound(N_("There is no such picture in this conversation."))
    return Kept(*row)
