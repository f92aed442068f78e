"""Put a flow away, and take it out again. Nothing is thrown away: its versions explain what was said."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import Conflict
from textbank.flows.draft import read_flow
from textbank.language import N_

# A keyword that led to nothing would say less than its poster promises.
_ARCHIVE: Final = sa.text(
    """
    update flow f set archived_at = now(), published = null, for_strangers = false
    where f.organization_id = :organization and f.id = :flow and f.archived_at is null
      and not exists (select from keyword k where k.organization_id = :organization and k.flow_id = f.id
        and k.retired_at is null)
    returning f.id
    """
)
_RESTORE: Final = sa.text(
    "update flow set archived_at = null where organization_id = :organization and id = :flow "
    "and archived_at is not null returning id"
)


async def archive_flow(session: AsyncSession, organization_id: int, flow_id: int, *, actor: str) -> None:
    """Nobody begins it any more, and it is offered nowhere; who is on their way goes on."""
    flow = await read_flow(session, organization_id, flow_id)
    key = {"organization": organization_id, "flow": flow_id}
    if (await session.execute(_ARCHIVE, key)).one_or_none() is None:
        if flow.keywords:
            raise Conflict(
                N_("{words} leads to this flow. Choose another flow there first. Nothing was changed."),
                words=", ".join(flow.keywords),
            )
        raise Conflict(N_("This flow is archived already. Nothing was changed."))
    audit.record(session, organization_id, "flow.archived", actor=actor, flow_id=flow_id)


async def restore_flow(session: AsyncSession, organization_id: int, flow_id: int, *, actor: str) -> None:
    """Take it out again; it is a draft then, and nobody begins it before it is published."""
    await read_flow(session, organization_id, flow_id)
    key = {"organization": organization_id, "flow": flow_id}
    if (await session.execute(_RESTORE, key)).one_or_none() is None:
        raise Conflict(N_("This flow is not archived. Nothing was changed."))
    audit.record(session, organization_id, "flow.restored", actor=actor, flow_id=flow_id)
