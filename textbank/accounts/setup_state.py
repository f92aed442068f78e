"""What is set up and what is not: eight steps from an empty folder to the first answered text.

What the database itself shows (is there an owner, a number?) is read each time; what only a check can tell is
kept as the last check found it, with when that was.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import clock
from textbank.language import N_

StepName = Literal[
    "address", "organization", "owner", "account", "senders", "webhooks", "registration", "first_text"
]
State = Literal["done", "to_do", "failing", "checking"]

STEPS: Final[tuple[StepName, ...]] = get_args(StepName)
CHECKED: Final[tuple[StepName, ...]] = ("address", "account", "webhooks", "registration")
"""Steps that can be looked at again at any time, without anybody's help."""

_CHECK_LASTS: Final = timedelta(minutes=1)
_NEEDS_ACCOUNT: Final = ("senders", "webhooks", "registration", "first_text")

_FACTS = sa.text(
    """
    select o.name, o.help_contact, o.setup_checks,
      exists (select from member m where m.organization_id = o.id and m.role = 'owner'
        and m.disabled_at is null) as has_owner,
      exists (select from carrier_account a where a.organization_id = o.id) as has_account,
      (select array_agg(address order by id) from (
        select id, address from sender where organization_id = o.id order by id limit 20) s) as senders
    from organization o where o.id = :organization
    """
)
_KEEP = sa.text(
    "update organization set setup_checks = setup_checks || :checks where id = :organization"
).bindparams(sa.bindparam("checks", type_=JSONB))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `said` and `to_do` are templates that a page translates and `values` fill."""

    ok: bool
    said: str
    to_do: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    waits: bool = False
    """Not wrong and not done: it needs time or a person, not a repair."""

    @property
    def state(self) -> State:
        """As a checklist shows it."""
        if self.ok:
            return "done"
        return "to_do" if self.waits else "failing"

    def sentence(self) -> str:
        """What was found and what to do, in English."""
        words = f"{self.said} {self.to_do}".strip()
        return words.format(**self.values) if self.values else words


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the checklist."""

    name: StepName
    state: State
    said: str = ""
    to_do: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    """When it was checked; None where the database itself shows it."""


async def steps_of(session: AsyncSession, organization_id: int) -> list[Step]:
    """All steps of an organization, in order."""
    facts = (await session.execute(_FACTS, {"organization": organization_id})).one()
    shown: dict[StepName, Step] = {
        "organization": _shown("organization", bool(facts.name and facts.help_contact)),
        "owner": _shown("owner", facts.has_owner),
        "senders": _shown("senders", bool(facts.senders)),
    }
    steps = []
    for name in STEPS:
        if name in _NEEDS_ACCOUNT and not facts.has_account:
            steps.append(Step(name, "to_do", N_("This comes after the carrier account.")))
        elif name == "account" and not facts.has_account:
            steps.append(Step(name, "to_do", N_("No carrier account is connected yet.")))
        elif name in ("webhooks", "registration", "first_text") and not facts.senders:
            steps.append(Step(name, "to_do", N_("This comes after a number is chosen.")))
        else:
            steps.append(shown.get(name) or _kept(name, facts.setup_checks.get(name)))
    return steps


async def keep(session: AsyncSession, organization_id: int, name: StepName, checked: Checked | None) -> None:
    """Keep what a check found; None while one is under way."""
    entry: dict[str, Any] = {"at": clock.now().isoformat(), "state": "checking"}
    if checked is not None:
        entry |= {
            "state": checked.state,
            "said": checked.said,
            "to_do": checked.to_do,
            "values": checked.values,
        }
    await session.execute(_KEEP, {"organization": organization_id, "checks": {name: entry}})


def _shown(name: StepName, is_there: bool) -> Step:
    return Step(name, "done" if is_there else "to_do")


def _kept(name: StepName, entry: dict[str, Any] | None) -> Step:
    if entry is None:
        return Step(name, "to_do", N_("Not checked yet."))
    at = datetime.fromisoformat(entry["at"])
    if entry["state"] == "checking" and clock.now() - at > _CHECK_LASTS:
        return Step(name, "to_do", N_("The last check did not end. Check again."), at=at)
    return Step(
        name,
        entry["state"],
        entry.get("said", ""),
        entry.get("to_do", ""),
        entry.get("values", {}),
        at,
    )
