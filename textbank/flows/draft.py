"""Make flows, read them, keep drafts, and publish a version that nothing speaks against."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.accounts import audit
from textbank.errors import Conflict, InvalidInput, NotFound
from textbank.flows.document import Document, read_document, to_json
from textbank.flows.models import Flow
from textbank.flows.validate import Problem, problems
from textbank.language import N_

PAGE: Final = 50
NEWEST: Final = 2**62
_LONGEST_NAME: Final = 60

_SHOWN = """
    select f.id, f.name, f.list_id, l.name as list_name, f.draft, f.for_strangers, f.published, f.changed_at,
      f.archived_at, v.published_at, v.document, array(select k.word from keyword k
        where k.organization_id = f.organization_id and k.flow_id = f.id and k.retired_at is null
        order by k.id limit 20) as words
    from flow f
    left join contact_list l on l.organization_id = f.organization_id and l.id = f.list_id
    left join flow_version v on v.organization_id = f.organization_id and v.flow_id = f.id
      and v.version = f.published
    where f.organization_id = :organization
"""
_ONE = sa.text(f"{_SHOWN} and f.id = :flow")
_PAGE = sa.text(
    f"{_SHOWN} and f.id < :before and (f.archived_at is not null) = :archived order by f.id desc limit :limit"
)
_SAVE = sa.text(
    "update flow set name = :name, list_id = :list, draft = :draft, changed_at = now() "
    "where organization_id = :organization and id = :flow returning id"
).bindparams(sa.bindparam("draft", type_=sa.JSON))
_LISTS = sa.text("select id from contact_list where organization_id = :organization and id = any(:ids)")
_LOCK = sa.text(
    """
    select (select coalesce(max(version), 0) from flow_version v
      where v.organization_id = :organization and v.flow_id = :flow) as newest
    from flow where organization_id = :organization and id = :flow for update
    """
)
_PUBLISH = sa.text(
    """
    with made as (
      insert into flow_version (organization_id, flow_id, version, document, published_by)
      select organization_id, id, :version, draft, :actor from flow
      where organization_id = :organization and id = :flow)
    update flow set published = :version where organization_id = :organization and id = :flow
    """
)
_UNPUBLISH = sa.text(
    "update flow set published = null, for_strangers = false "
    "where organization_id = :organization and id = :flow and published is not null returning id"
)
_FOR_STRANGERS = sa.text(
    """
    with others as (
      update flow set for_strangers = false where organization_id = :organization and for_strangers
        and id <> :flow)
    update flow set for_strangers = :yes where organization_id = :organization and id = :flow
      and (published is not null or not :yes) returning id
    """
)
_LEAD = sa.text(
    "update keyword set flow_id = :flow where organization_id = :organization and id = :keyword "
    "and retired_at is null returning id"
)


@dataclass(frozen=True, slots=True)
class FlowShown:
    """A flow as pages show it."""

    id: int
    name: str
    list_id: int | None
    list_name: str | None
    draft: Document
    for_strangers: bool
    published: int | None
    changed_at: datetime
    published_at: datetime | None
    live: Document | None
    """What new runs follow."""
    keywords: Sequence[str]
    archived_at: datetime | None

    @property
    def changed_since(self) -> bool:
        """Whether the draft says something else than what is published."""
        return self.live != self.draft


async def make_flow(
    session: AsyncSession,
    organization_id: int,
    name: str,
    *,
    list_id: int | None = None,
    document: Document | None = None,
    actor: str,
) -> int:
    """Make one, empty or beginning with these steps; returns its id."""
    made = Flow(
        organization_id=organization_id,
        name=_name(name),
        list_id=await _own_list(session, organization_id, list_id),
        draft=to_json(document or Document(())),
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError as error:
        raise _taken(name) from error
    audit.record(session, organization_id, "flow.made", actor=actor, flow_id=made.id, name=made.name)
    return made.id


async def read_flow(session: AsyncSession, organization_id: int, flow_id: int) -> FlowShown:
    """One of them. Raises NotFound."""
    key = {"organization": organization_id, "flow": flow_id}
    row = (await session.execute(_ONE, key)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such flow. Nothing was changed."))
    return _shown(row)


async def read_flows(
    session: AsyncSession, organization_id: int, *, before: int = NEWEST, archived: bool = False
) -> tuple[Sequence[FlowShown], int | None]:
    """A page of them, newest first, and where to go on."""
    given = {"organization": organization_id, "before": before, "limit": PAGE + 1, "archived": archived}
    found = [_shown(row) for row in await session.execute(_PAGE, given)]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


async def save_draft(
    session: AsyncSession,
    organization_id: int,
    flow_id: int,
    *,
    name: str,
    list_id: int | None,
    document: Document,
    actor: str,
) -> list[Problem]:
    """Keep the draft whatever is wrong with it; returns what keeps it from being published."""
    given = {
        "organization": organization_id,
        "flow": flow_id,
        "name": _name(name),
        "list": await _own_list(session, organization_id, list_id),
        "draft": to_json(document),
    }
    try:
        saved = (await session.execute(_SAVE, given)).one_or_none()
    except IntegrityError as error:
        raise _taken(name) from error
    if saved is None:
        raise NotFound(N_("There is no such flow. Nothing was changed."))
    audit.record(session, organization_id, "flow.saved", actor=actor, flow_id=flow_id)
    return await draft_problems(session, organization_id, document, list_id)


async def draft_problems(
    session: AsyncSession, organization_id: int, document: Document, list_id: int | None
) -> list[Problem]:
    """What keeps a document from being published in this organization."""
    named = {
        "organization": organization_id,
        "ids": [step.list_id for step in document.steps if step.list_id],
    }
    lists = set(await session.scalars(_LISTS, named))
    return problems(document, lists=lists, list_id=list_id)


async def publish_flow(session: AsyncSession, organization_id: int, flow_id: int, *, actor: str) -> int:
    """Freeze the draft as the version that new runs follow; returns its number. Who is on their way keeps
    theirs. Raises InvalidInput with the first thing that speaks against it."""
    key = {"organization": organization_id, "flow": flow_id}
    locked = (await session.execute(_LOCK, key)).one_or_none()
    flow = await read_flow(session, organization_id, flow_id)
    if locked is None:
        raise NotFound(N_("There is no such flow. Nothing was changed."))
    if flow.archived_at is not None:
        raise Conflict(N_("This flow is archived. Take it out again first. Nothing was changed."))
    wrong = await draft_problems(session, organization_id, flow.draft, flow.list_id)
    if wrong:
        raise InvalidInput(wrong[0].text, **dict(wrong[0].values))
    version = int(locked.newest) + 1
    await session.execute(_PUBLISH, key | {"version": version, "actor": actor})
    audit.record(session, organization_id, "flow.published", actor=actor, flow_id=flow_id, version=version)
    return version


async def unpublish_flow(session: AsyncSession, organization_id: int, flow_id: int, *, actor: str) -> None:
    """Nobody begins it any more; who is on their way goes on."""
    key = {"organization": organization_id, "flow": flow_id}
    if (await session.execute(_UNPUBLISH, key)).one_or_none() is None:
        raise Conflict(N_("This flow is not published. Nothing was changed."))
    audit.record(session, organization_id, "flow.unpublished", actor=actor, flow_id=flow_id)


async def greet_strangers(
    session: AsyncSession, organization_id: int, flow_id: int, *, yes: bool, actor: str
) -> None:
    """Let this published flow, and no other, greet whoever writes without a keyword and is not known."""
    given = {"organization": organization_id, "flow": flow_id, "yes": yes}
    if (await session.execute(_FOR_STRANGERS, given)).one_or_none() is None:
        raise Conflict(N_("Publish the flow first. Nothing was changed."))
    audit.record(session, organization_id, "flow.strangers", actor=actor, flow_id=flow_id, yes=yes)


async def lead_to_flow(
    session: AsyncSession, organization_id: int, keyword_id: int, flow_id: int | None, *, actor: str
) -> None:
    """What follows a keyword once they are on its list; None: nothing."""
    if flow_id is not None and (await read_flow(session, organization_id, flow_id)).archived_at is not None:
        raise Conflict(N_("This flow is archived. Take it out again first. Nothing was changed."))
    given = {"organization": organization_id, "keyword": keyword_id, "flow": flow_id}
    if (await session.execute(_LEAD, given)).one_or_none() is None:
        raise NotFound(N_("There is no such keyword. Nothing was changed."))
    audit.record(session, organization_id, "keyword.led", actor=actor, keyword_id=keyword_id, flow_id=flow_id)


async def _own_list(session: AsyncSession, organization_id: int, list_id: int | None) -> int | None:
    key = {"organization": organization_id, "ids": [list_id]}
    if list_id is not None and (await session.execute(_LISTS, key)).one_or_none() is None:
        raise NotFound(N_("There is no such list. It may belong to another organization."))
    return list_id


def _name(given: str) -> str:
    name = " ".join(given.replace("\0", "").split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise InvalidInput(N_("Give the flow a name of 1 to 60 characters. Nothing was changed."))
    return name


def _taken(name: str) -> Conflict:
    return Conflict(N_("There is a flow named {name!r} already. Nothing was changed."), name=name)


def _shown(row: sa.Row[Any]) -> FlowShown:
    return FlowShown(
        row.id,
        row.name,
        row.list_id,
        row.list_name,
        read_document(row.draft),
        row.for_strangers,
        row.published,
        row.changed_at,
        row.published_at,
        None if row.document is None else read_document(row.document),
        row.words,
        row.archived_at,
    )
