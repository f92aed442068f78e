"""Lists of conversations: each filter has the index that it pages by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from textbank.sms.abusive import is_abusive

Cursor = tuple[datetime | int, int]
Filter = Literal["needs_reply", "alerts", "staff", "unassigned", "mine", "all", "opted_out"]
FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)

PAGE: Final = 30
MOST_NEW: Final = 99

_SHOW = """
    select c.recipient_id, c.at, r.e164, r.suppressed_at, r.review_since, v.needs_reply_since,
      v.last_message_at, v.state, v.assigned_member_id, w.name as assignee, p.first_name, p.last_name,
      m.body, m.direction, k.name as campaign, m.sent_by,
      case when v.alert_since is not null then v.alert_word else '' end as alert,
      m.id as latest, v.seen_to, v.snoozed_until, v.wants, v.wants_language
    from ({page}) c
    join recipient r on r.organization_id = :organization and r.id = c.recipient_id
    left join conversation v on v.organization_id = :organization and v.recipient_id = c.recipient_id
    left join member w on w.organization_id = :organization and w.id = v.assigned_member_id
    left join campaign k on k.organization_id = :organization and k.id = v.campaign_id
    left join lateral (
      select ct.first_name, ct.last_name from contact_number n
      join contact ct on ct.organization_id = n.organization_id and ct.id = n.contact_id
      where n.organization_id = :organization and n.recipient_id = c.recipient_id and n.until is null
      order by n.id limit 1) p on true
    left join lateral (
      select id, body, direction, sent_by from message where organization_id = :organization
        and recipient_id = c.recipient_id and purpose <> 'taken_back' order by id desc limit 1) m on true
    order by c.at {direction}, c.recipient_id {direction}
"""


@dataclass(frozen=True, slots=True)
class _Way:
    """How one filter finds its rows."""

    table: str
    column: str
    id_column: str
    where: str
    newest_first: bool = True

    @property
    def kind(self) -> type[datetime | int]:
        """What it is ordered by; a place in a list of another kind is none in this one."""
        return int if self.column == "id" else datetime

    @property
    def counts_new(self) -> bool:
        """Whether rows that come while one reads would push the others down."""
        return self.newest_first and self.column != "id"

    def page(self, after: bool, until: bool) -> str:
        sign = "<" if self.newest_first else ">"
        parts = ["organization_id = :organization", self.where or "true"]
        if after:
            parts.append(f"({self.column}, {self.id_column}) {sign} (:after_at, :after_id)")
        if until and self.counts_new:
            parts.append(f"{self.column} <= :until")
        direction = "desc" if self.newest_first else "asc"
        return (
            f"select {self.id_column} as recipient_id, {self.column} as at from {self.table} "  # noqa: S608
            f"where {' and '.join(parts)} order by {self.column} {direction}, {self.id_column} {direction} "
            "limit :most"
        )


_WAYS: Final[Mapping[str, _Way]] = {
    "needs_reply": _Way(
        "conversation", "needs_reply_since", "recipient_id", "needs_reply_since is not null", False
    ),
    "my_waiting": _Way(
        "conversation",
        "needs_reply_since",
        "recipient_id",
        "needs_reply_since is not null and assigned_member_id = :member "
        "and (snoozed_until is null or snoozed_until <= now())",
        False,
    ),
    "my_later": _Way(
        "conversation",
        "needs_reply_since",
        "recipient_id",
        "needs_reply_since is not null and assigned_member_id = :member and snoozed_until > now()",
        False,
    ),
    "alerts": _Way("conversation", "alert_since", "recipient_id", "alert_since is not null", False),
    "staff": _Way(
        "conversation",
        "needs_reply_since",
        "recipient_id",
        "wants = 'staff' and needs_reply_since is not null",
        False,
    ),
    "my_alerts": _Way(
        "conversation",
        "alert_since",
        "recipient_id",
        "alert_since is not null and assigned_member_id = :member",
        False,
    ),
    "unassigned": _Way(
        "conversation", "last_message_at", "recipient_id", "assigned_member_id is null and state = 'open'"
    ),
    "mine": _Way("conversation", "last_message_at", "recipient_id", "assigned_member_id = :member"),
    "all": _Way("conversation", "last_message_at", "recipient_id", ""),
    "opted_out": _Way("suppression", "id", "recipient_id", "lifted_at is null"),
    "campaign": _Way("conversation", "last_message_at", "recipient_id", "campaign_id = :campaign"),
    "tag": _Way("conversation_tag", "tagged_at", "recipient_id", "tag_id = :tag"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in a list."""

    recipient_id: int
    at: datetime | int
    e164: str
    suppressed_at: datetime | None
    review_since: datetime | None
    needs_reply_since: datetime | None
    last_message_at: datetime | None
    state: str | None
    assigned_member_id: int | None
    assignee: str | None
    first_name: str | None
    last_name: str | None
    body: str | None
    direction: str | None
    campaign: str | None
    sent_by: str | None
    """Who sent the latest text: `member 7`; empty where nobody pressed for it."""
    alert: str | None = ""
    """The alert word that they wrote and nobody has answered yet."""
    latest: int | None = None
    """The latest text's id."""
    seen_to: int | None = None
    snoozed_until: datetime | None = None
    wants: str | None = ""
    wants_language: str | None = ""

    @property
    def unread(self) -> bool:
        """Whether they wrote something that the one who answers has not had on the screen."""
        return self.direction == "in" and (self.latest or 0) > (self.seen_to or 0)

    @property
    def abusive(self) -> bool:
        """Whether the latest text is hidden until somebody asks to see it."""
        return self.direction == "in" and is_abusive(self.body or "")

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name)))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which conversations, and from where on."""

    by: str = "needs_reply"
    member_id: int = 0
    campaign_id: int = 0
    tag_id: int = 0
    after: Cursor | None = None
    until: datetime | None = None
    """Rows that moved after this moment are not shown, but counted as new."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and where the next page begins."""

    rows: list[Row]
    following: Cursor | None
    newer: int = 0


async def list_conversations(session: AsyncSession, organization_id: int, asked: Asked) -> Page:
    """One page."""
    way = _WAYS[asked.by]
    values: dict[str, Any] = {
        "organization": organization_id,
        "member": asked.member_id,
        "campaign": asked.campaign_id,
        "tag": asked.tag_id,
        "most": PAGE + 1,
        "until": asked.until,
    }
    after = asked.after if asked.after and isinstance(asked.after[0], way.kind) else None
    if after:
        values["after_at"], values["after_id"] = after
    page = way.page(after is not None, asked.until is not None)
    statement = _SHOW.format(page=page, direction="desc" if way.newest_first else "asc")
    rows = [Row(*row) for row in await session.execute(*_only(statement, values))]
    following = (rows[PAGE - 1].at, rows[PAGE - 1].recipient_id) if len(rows) > PAGE else None
    newer = await _newer(session, way, values) if asked.until and way.counts_new else 0
    return Page(rows[:PAGE], following, newer)


def without(rows: list[Row], shown: list[Row]) -> list[Row]:
    """The rows but those that stand above already."""
    above = {row.recipient_id for row in shown}
    return [row for row in rows if row.recipient_id not in above]


async def _newer(session: AsyncSession, way: _Way, values: dict[str, Any]) -> int:
    """How many moved since, as far as a page says a number."""
    statement = (
        f"select count(*) from (select from {way.table} where organization_id = :organization "  # noqa: S608
        f"and {way.where or 'true'} and {way.column} > :until limit {MOST_NEW}) n"
    )
    found: int = (await session.execute(*_only(statement, values))).scalar_one()
    return found


def _only(statement: str, values: dict[str, Any]) -> tuple[sa.TextClause, dict[str, Any]]:
    """A statement with the values that it names, and no others."""
    clause = sa.text(statement)
    return clause, {name: value for name, value in values.items() if name in clause._bindparams}


_BY_NUMBER = """
    select id as recipient_id, created_at as at from recipient
    where organization_id = :organization and e164 >= :low and e164 < :high order by e164 limit :most
"""
# The names are in columns made for comparing: row-level security lets only such conditions use an index.
_BY_NAME = """
    select n.recipient_id, min(p.created_at) as at from (
      (select id, created_at from contact where organization_id = :organization
        and folded_first >= folded(:first) and folded_first < folded(:first) || chr(1114109)
        and (cast(:last as text) = '' or sort_name >= folded(:last)
          and sort_name < folded(:last) || chr(1114109)) limit :most)
      union
      (select id, created_at from contact where organization_id = :organization
        and cast(:last as text) = '' and sort_name >= folded(:first)
        and sort_name < folded(:first) || chr(1114109) limit :most)) p
    join contact_number n on n.organization_id = :organization and n.contact_id = p.id and n.until is null
    group by n.recipient_id limit :most
"""
_FEWEST_DIGITS: Final = 3


async def find_conversations(session: AsyncSession, organization_id: int, words: str) -> list[Row]:
    """The people whose name or number begins so, as many as a page holds, whether or not they wrote."""
    values: dict[str, Any] = {"organization": organization_id, "most": PAGE}
    digits = "".join(each for each in words if each.isdigit())
    if len(digits) >= _FEWEST_DIGITS and not any(each.isalpha() for each in words):
        low = f"+{digits}" if words.strip().startswith("+") else f"+1{digits.removeprefix('1')}"
        values |= {"low": low, "high": low + "~"}
        page = _BY_NUMBER
    else:
        first, _, last = " ".join(words.split()).partition(" ")
        values |= {"first": first, "last": last}
        page = _BY_NAME
    statement = _SHOW.format(page=page, direction="desc")
    return [Row(*row) for row in await session.execute(*_only(statement, values))]
