"""Find people by the beginning of a name, a number or an e-mail address, in indexes only.

The columns compared are plain ones that the database fills (`sort_name`…), because a comparison of
columns may use an index under row-level security and a call of lower() may not.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.contacts.list_people import SHOWN, Listed, listed
from textbank.contacts.search_words import Wanted, understand

MOST = 50
_LOOKED_AT = 2_000
"""How many who match are tried for being on a list; whoever looks for more must type more."""


def _begins(column: str, parameter: str) -> str:
    folded = f"folded(cast(:{parameter} as text))"
    return (
        f'c.{column} >= {folded} collate "C" and c.{column} < ({folded} || chr(1114111)) collate "C" '
        f"and {folded} <> ''"
    )


_ON_LIST = (
    "exists (select from subscription s where s.organization_id = :organization "
    "and s.contact_id = f.id and s.list_id = :list)"
)
_BY_NUMBER = """
    select n.contact_id as id from (
      select r.id from recipient r where r.organization_id = :organization
        and r.e164 >= :begins and r.e164 < :begins || ':' order by r.e164 limit :looked_at) r
    cross join lateral (
      select n.contact_id from contact_number n where n.organization_id = :organization
        and n.recipient_id = r.id and n.until is null order by n.contact_id limit 20) n
    limit :looked_at
"""


def _both(last: str, first: str) -> str:
    """Of the first few thousand with a last name, those with a first name."""
    return (
        f"select c.id from (select c.id, c.folded_first from contact c "  # noqa: S608 - ours
        f"where c.organization_id = :organization and {_begins('sort_name', last)} "
        "order by c.sort_name, c.folded_first, c.id limit 5000) c "
        f"where {_begins('folded_first', first)} limit :looked_at"
    )


def _one_of(where: str, order: str) -> str:
    return (
        f"select c.id from contact c where c.organization_id = :organization and {where} "  # noqa: S608 - ours
        f"order by {order} limit :looked_at"
    )


async def find_people(
    session: AsyncSession, organization_id: int, typed: str, list_id: int | None = None
) -> tuple[Sequence[Listed], bool]:
    """Up to `MOST` people in the order of their names, and whether there are more."""
    wanted = understand(typed)
    if wanted.kind == "nothing":
        return [], False
    branches, values = _branches(wanted)
    on_list = f"where {_ON_LIST}" if list_id is not None else ""
    parts = " union all ".join(f"(select f.id from ({one}) f {on_list} limit :most)" for one in branches)  # noqa: S608
    statement = sa.text(
        f"with found as (select distinct id from ({parts}) every) "  # noqa: S608
        f"{SHOWN} and c.id in (select id from found) order by c.sort_name, c.folded_first, c.id limit :most"
    )
    more: dict[str, Any] = {} if list_id is None else {"list": list_id}
    rows = await session.execute(
        statement,
        {
            "organization": organization_id,
            "looked_at": MOST + 1 if list_id is None else _LOOKED_AT,
            "most": MOST + 1,
            **values,
            **more,
        },
    )
    people = [listed(row) for row in rows]
    return people[:MOST], len(people) > MOST


def _branches(wanted: Wanted) -> tuple[list[str], dict[str, str]]:
    """Every way in which it may be meant, each one walk along one index."""
    values = {"begins": wanted.begins}
    if wanted.kind == "number":
        return [_BY_NUMBER], values
    if wanted.kind == "email":
        present = f"c.folded_email <> '' and {_begins('folded_email', 'begins')}"
        return [_one_of(present, "c.folded_email")], values
    branches = [
        _one_of(_begins("sort_name", "begins"), "c.sort_name, c.folded_first, c.id"),
        _one_of(_begins("folded_first", "begins"), "c.folded_first, c.id"),
    ]
    for number, (left, right) in enumerate(wanted.splits):
        values |= {f"left_{number}": left, f"right_{number}": right}
        for last, first in ((f"right_{number}", f"left_{number}"), (f"left_{number}", f"right_{number}")):
            branches.append(_both(last, first))
    return branches, values
