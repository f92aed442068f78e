"""Mark conversations with tags."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank import changes
from textbank.errors import InvalidInput
from textbank.language import N_

LONGEST_TAG: Final = 40
MOST_TAGS: Final = 200

_MARK = sa.text(
    """
    with known as (select id from tag where organization_id = :organization and name = :name),
    made as (
      insert into tag (organization_id, name) select :organization, :name where not exists (select from known)
      on conflict (organization_id, name) do update set name = excluded.name returning id)
    insert into conversation_tag (organization_id, recipient_id, tag_id, tagged_by)
    select :organization, :recipient, id, :actor from (select id from known union all select id from made) t
    on conflict do nothing
    """
)
_UNMARK = sa.text(
    "delete from conversation_tag where organization_id = :organization and recipient_id = :recipient "
    "and tag_id = :tag"
)
_TAGS = sa.text("select id, name from tag where organization_id = :organization order by name limit :most")
_OF = sa.text(
    "select t.id, t.name from conversation_tag c join tag t on t.organization_id = c.organization_id "
    "and t.id = c.tag_id where c.organization_id = :organization and c.recipient_id = :recipient "
    "order by t.name"
)


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag as pages show it."""

    id: int
    name: str


async def mark(
    session: AsyncSession, organization_id: int, recipient_id: int, name: str, *, actor: str
) -> None:
    """Put a tag on a conversation; the tag is made where it is new."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_TAG:
        raise InvalidInput(N_("A tag has 1 to {most} characters. Nothing was marked."), most=LONGEST_TAG)
    key = {"organization": organization_id, "recipient": recipient_id, "name": words, "actor": actor}
    await session.execute(_MARK, key)
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))


async def unmark(session: AsyncSession, organization_id: int, recipient_id: int, tag_id: int) -> None:
    """Take a tag off a conversation."""
    await session.execute(
        _UNMARK, {"organization": organization_id, "recipient": recipient_id, "tag": tag_id}
    )
    changes.announce(session, organization_id, changes.of_conversation(recipient_id))


async def tags(session: AsyncSession, organization_id: int) -> list[TagName]:
    """The organization's tags, by name."""
    key = {"organization": organization_id, "most": MOST_TAGS}
    return [TagName(*row) for row in await session.execute(_TAGS, key)]


async def tags_of(session: AsyncSession, organization_id: int, recipient_id: int) -> list[TagName]:
    """A conversation's tags."""
    key = {"organization": organization_id, "recipient": recipient_id}
    return [TagName(*row) for row in await session.execute(_OF, key)]
