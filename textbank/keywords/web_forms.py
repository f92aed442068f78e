"""The web form of a list: what it says, whether it is open, and changing that."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import InvalidInput, NotFound
from textbank.keywords.form_words import agreement, version_of
from textbank.language import N_

LONGEST = 120

_SHOWN = """
    select l.id as list_id, l.name as programme, l.frequency, o.name as organization, o.help_contact,
      coalesce(f.purpose, '') as purpose, coalesce(f.open, false) as open,
      (select address from sender s where s.organization_id = l.organization_id
        and s.kind <> 'messaging_service' order by s.halted_at is not null, s.id limit 1) as number,
      (select k.word from keyword k where k.organization_id = l.organization_id and k.list_id = l.id
        and k.retired_at is null order by k.id limit 1) as word
    from contact_list l
    join organization o on o.id = l.organization_id
    left join web_form f on f.organization_id = l.organization_id and f.list_id = l.id
    where l.organization_id = :organization
"""
_ONE = sa.text(f"{_SHOWN} and l.id = :list")
_OPEN = sa.text(f"{_SHOWN} and f.open order by l.id limit 50")
_CHANGE = sa.text(
    "insert into web_form (organization_id, list_id, purpose, open) "
    "values (:organization, :list, :purpose, :open) on conflict (organization_id, list_id) "
    "do update set purpose = excluded.purpose, open = excluded.open, changed_at = now()"
)


@dataclass(frozen=True, slots=True)
class WebForm:
    """A list's form with everything that stands on it."""

    organization_id: int
    list_id: int
    programme: str
    frequency: str
    organization: str
    help_contact: str
    purpose: str
    open: bool
    number: str | None
    """What people text, in E.164 or as a short code; None before a number is connected."""
    word: str | None
    """A keyword that leads to the same list."""

    def words(self, language: str) -> str:
        """What stands beside the box."""
        return agreement(self.organization, self.programme, self.purpose, self.frequency, language)

    def version(self, language: str) -> str:
        return version_of(self.words(language))

    @property
    def path(self) -> str:
        return f"/sign-up/{self.organization_id}.{self.list_id}"


async def read_form(session: AsyncSession, organization_id: int, list_id: int) -> WebForm:
    """A list's form, open or not. Raises NotFound."""
    key = {"organization": organization_id, "list": list_id}
    row = (await session.execute(_ONE, key)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such list."))
    return WebForm(organization_id, **row._mapping)


async def open_forms(session: AsyncSession, organization_id: int) -> Sequence[WebForm]:
    """The lists that anybody may ask for on the web."""
    rows = await session.execute(_OPEN, {"organization": organization_id})
    return [WebForm(organization_id, **row._mapping) for row in rows]


async def change_form(
    session: AsyncSession, organization_id: int, list_id: int, *, purpose: str, is_open: bool, actor: str
) -> None:
    """Open or close it, and say what its texts are about. Raises InvalidInput."""
    purpose = " ".join(purpose.replace("\0", "").split())
    if len(purpose) > LONGEST:
        raise InvalidInput(N_("This is too long: 120 characters at most. Nothing was changed."))
    if is_open and len(purpose) < 3:
        raise InvalidInput(N_("Say what the texts are about: the law and carriers ask for it."))
    await read_form(session, organization_id, list_id)
    key = {"organization": organization_id, "list": list_id}
    await session.execute(_CHANGE, key | {"purpose": purpose, "open": is_open})
    audit.record(
        session,
        organization_id,
        "web_form.changed",
        actor=actor,
        list_id=list_id,
        open=is_open,
        words=purpose,
    )
