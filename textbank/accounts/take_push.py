"""A browser asks to be told when replies wait, or not any more."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts.push_message import Browser, are_keys
from textbank.errors import InvalidInput, NotAllowed
from textbank.language import N_

LONGEST_ENDPOINT = 1_000

# A computer that others use keeps nothing, so it is told nothing, whatever its page asks for.
_TAKE = sa.text(
    """
    with mine as (
      select id, member_id from sign_in where organization_id = :organization and id = :sign_in
        and ended_at is null and not shared),
    earlier as (
      delete from push_subscription p using mine where p.organization_id = :organization
        and p.sign_in_id = mine.id and p.endpoint <> :endpoint)
    insert into push_subscription (organization_id, member_id, sign_in_id, endpoint, p256dh, auth)
    select :organization, member_id, id, :endpoint, :p256dh, :auth from mine
    on conflict (organization_id, endpoint) do update set member_id = excluded.member_id,
      sign_in_id = excluded.sign_in_id, p256dh = excluded.p256dh, auth = excluded.auth
    returning id
    """
)
_DROP = sa.text(
    "delete from push_subscription where organization_id = :organization and sign_in_id = :sign_in"
)
_HAS = sa.text(
    "select exists (select from push_subscription where organization_id = :organization "
    "and sign_in_id = :sign_in)"
)
_NOT_A_BROWSER = N_("This is no address of a browser. Nothing was kept.")


async def take_push(session: AsyncSession, organization_id: int, sign_in_id: int, browser: Browser) -> None:
    """Keep where this browser is reached. Raises InvalidInput; NotAllowed on a shared computer."""
    if not 0 < len(browser.endpoint) <= LONGEST_ENDPOINT or not are_keys(browser.p256dh, browser.auth):
        raise InvalidInput(_NOT_A_BROWSER)
    kept = await session.scalar(
        _TAKE,
        {
            "organization": organization_id,
            "sign_in": sign_in_id,
            "endpoint": browser.endpoint,
            "p256dh": browser.p256dh,
            "auth": browser.auth,
        },
    )
    if kept is None:
        raise NotAllowed(N_("Others use this computer, too, so it is told nothing. Nothing was kept."))


async def drop_push(session: AsyncSession, organization_id: int, sign_in_id: int) -> None:
    """This browser is told nothing more."""
    await session.execute(_DROP, {"organization": organization_id, "sign_in": sign_in_id})


async def has_push(session: AsyncSession, organization_id: int, sign_in_id: int) -> bool:
    """Whether this browser is told."""
    found: bool = (
        await session.execute(_HAS, {"organization": organization_id, "sign_in": sign_in_id})
    ).scalar_one()
    return found
