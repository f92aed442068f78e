"""A text while a question of a flow is open: its answer, a try, or something else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.flows.carry_out import OPEN_FOR, Going, carry_out
from textbank.flows.document import Document, read_document
from textbank.flows.person import read_person_of_flow
from textbank.flows.walk import Facts, Walk, ask_again, take_answer

_OPEN = sa.text(
    """
    select r.id as run_id, r.step, r.tries, r.answers, r.language, r.member, v.flow_id, v.version, v.document,
      p.e164
    from flow_run r
    join flow_version v on v.organization_id = r.organization_id and v.id = r.version_id
    join recipient p on p.organization_id = r.organization_id and p.id = r.recipient_id
    where r.organization_id = :organization and r.recipient_id = :recipient and r.ended_at is null
      and r.asked_at > now() - cast(:open_for as interval) for update of r
    """
)
_Step = Callable[[Document, str, int, Facts, str], Walk | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    session: AsyncSession
    organization_id: int
    recipient_id: int
    sender_id: int
    answer_by: datetime | None
    evidence: dict[str, Any]

    async def go(self, body: str, how: _Step) -> bool:
        key = {"organization": self.organization_id, "recipient": self.recipient_id, "open_for": OPEN_FOR}
        run = (await self.session.execute(_OPEN, key)).one_or_none()
        if run is None:
            return False
        person = await read_person_of_flow(self.session, self.organization_id, self.recipient_id)
        facts = person.facts(run.language, run.member, run.answers)
        walk = how(read_document(run.document), run.step, run.tries, facts, body)
        if walk is None:
            return False
        told = [one.words for one in walk.effects if one.kind == "learn" and one.step.about == "name"]
        going = Going(
            self.organization_id,
            run.run_id,
            run.flow_id,
            run.version,
            self.recipient_id,
            self.sender_id,
            run.e164,
            run.language,
            person.first_name or "".join(told).partition(" ")[0],
            self.answer_by,
            self.evidence,
        )
        await carry_out(self.session, going, walk)
        return True


async def answer_flow(
    session: AsyncSession,
    organization_id: int,
    body: str,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> bool:
    """Take the text as the answer to the open question; false where none is open, or it has no answer."""
    asked = _Asked(session, organization_id, recipient_id, sender_id, answer_by, evidence)
    return await asked.go(body, take_answer)


async def ask_flow_again(
    session: AsyncSession,
    organization_id: int,
    body: str,
    *,
    recipient_id: int,
    sender_id: int,
    answer_by: datetime | None,
    evidence: dict[str, Any],
) -> bool:
    """A short text that is no answer, and no keyword either: ask once more, or go on without. False where no
    question is open, or a person should read the text."""
    asked = _Asked(session, organization_id, recipient_id, sender_id, answer_by, evidence)
    return await asked.go(body, ask_again)
