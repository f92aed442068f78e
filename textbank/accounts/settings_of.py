"""What an organization says of itself, and what it sends from; read and changed by the settings pages."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.accounts.models import AuditEvent, Organization, Sender
from textbank.database import attempt
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.language import N_

AUDIT_PAGE = 50

_NUMBER = sa.text(
    "select address from sender where organization_id = :organization and kind <> 'messaging_service' "
    "order by halted_at is not null, id limit 1"
)
_SENDERS = sa.text(
    """
    select s.address, s.kind, s.segments_per_second, s.registration, a.account_sid,
      coalesce(s.halted_at, a.halted_at) as halted_at, coalesce(s.halted_reason, a.halted_reason) as reason
    from sender s join carrier_account a on a.organization_id = s.organization_id
      and a.id = s.carrier_account_id
    where s.organization_id = :organization order by s.id limit 100
    """
)


async def organization_of(session: AsyncSession, organization_id: int) -> Organization:
    """The organization's own row. Raises NotFound."""
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise NotFound(N_("There is no such organization."))
    return organization


async def change_organization(
    session: AsyncSession,
    organization_id: int,
    *,
    name: str,
    help_contact: str,
    actor: str,
) -> None:
    """Change the name that texts are signed with, and what HELP answers with."""
    name, help_contact = " ".join(name.split()), help_contact.strip()
    if not name or not help_contact:
        raise InvalidInput(
            N_("Texts need a name, and people who text HELP need a contact. Nothing was changed.")
        )
    if len(name) > 80 or len(help_contact) > 120:
        raise InvalidInput(
            N_("Too long: every text carries the name. 80 and 120 characters at most. Nothing was changed.")
        )
    organization = await organization_of(session, organization_id)
    before = {"name": organization.name, "help_contact": organization.help_contact}
    try:
        async with attempt(session):
            organization.name, organization.help_contact = name, help_contact
    except IntegrityError as error:
        raise Conflict(
            N_("Another organization here has the name “{name}”. Nothing was changed."), name=name
        ) from error
    audit.record(session, organization_id, "organization.changed", actor=actor, before=before, name=name)


async def senders_of(session: AsyncSession, organization_id: int) -> Sequence[sa.Row[tuple[object, ...]]]:
    """What texts leave from: address, kind, segments_per_second, account_sid, halted_at, reason."""
    return (await session.execute(_SENDERS, {"organization": organization_id})).all()


async def number_to_text_back(session: AsyncSession, organization_id: int) -> str | None:
    """A number of ours that a text reaches, in E.164; None before one is connected."""
    found: str | None = await session.scalar(_NUMBER, {"organization": organization_id})
    return found


async def has_sender(session: AsyncSession, organization_id: int) -> bool:
    """Whether there is any number or service to send from."""
    found = await session.scalars(sa.select(Sender).filter_by(organization_id=organization_id).limit(1))
    return found.first() is not None


async def audit_page(
    session: AsyncSession, organization_id: int, *, before: int | None = None
) -> tuple[list[AuditEvent], int | None]:
    """A page of who did what, newest first, and where the next page begins."""
    query = sa.select(AuditEvent).filter_by(organization_id=organization_id)
    if before is not None:
        query = query.where(sa.column("id") < before)
    rows = list(await session.scalars(query.order_by(sa.desc("id")).limit(AUDIT_PAGE + 1)))
    return rows[:AUDIT_PAGE], rows[AUDIT_PAGE - 1].id if len(rows) > AUDIT_PAGE else None
