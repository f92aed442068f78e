"""GET Messages.json: filters, pages and nothing else, newest first.

`DateSent`, `DateSent<` and `DateSent>` are days in GMT (the named day included) and leave out what was never
sent. There is no filter on status, service or an id of the caller's, as at Twilio.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from urllib.parse import urlencode

from textbank.simulator.accounts import Account
from textbank.simulator.asgi import Answer, Request, json_answer
from textbank.simulator.create_message import refuse
from textbank.simulator.exchange import Exchange, now
from textbank.simulator.records import API_VERSION, Message, as_twilio
from textbank.simulator.store import ListFilter

_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
_DEFAULT_PAGE = 50
_LARGEST_PAGE = 1000


def list_messages(exchange: Exchange, account: Account, request: Request) -> Answer:
    """One page of an account's messages."""
    query = request.query()
    try:
        wanted = _filter(query)
        size = min(int(query.get("PageSize") or _DEFAULT_PAGE), _LARGEST_PAGE)
        page = int(query.get("Page") or 0)
    except ValueError:
        return refuse(20001)
    if size < 1 or page < 0:
        return refuse(20001)
    token = query.get("PageToken")
    older_than = _position(token)
    if token and older_than is None:
        return refuse(20001)
    until = now() - exchange.behaviour.list_lag_seconds
    found = account.store.newest_first(wanted, created_until=until, older_than=older_than)
    if token is None and page:
        found = islice(found, page * size, None)
    rows = list(islice(found, size + 1))
    return json_answer(_page(exchange, account, query, rows, size, page))


def _page(
    exchange: Exchange,
    account: Account,
    query: Mapping[str, str],
    rows: list[Message],
    size: int,
    page: int,
) -> dict[str, object]:
    shown = rows[:size]
    kept = {name: query[name] for name in _FILTERS if name in query} | {"PageSize": str(size)}
    base = f"/{API_VERSION}/Accounts/{account.sid}/Messages.json?"
    following = None
    if len(rows) > size:
        following = base + urlencode(kept | {"Page": str(page + 1), "PageToken": _token(shown[-1])})
    previous = base + urlencode(kept | {"Page": str(page - 1)}) if page else None
    reencode = exchange.behaviour.reencode_listed_bodies
    return {
        "first_page_uri": base + urlencode(kept | {"Page": "0"}),
        "end": page * size + max(len(shown) - 1, 0),
        "previous_page_uri": previous,
        "messages": [as_twilio(message, reencode=reencode) for message in shown],
        "uri": base + urlencode(kept | {"Page": str(page)}),
        "page_size": size,
        "start": page * size,
        "next_page_uri": following,
        "page": page,
    }


def _filter(query: Mapping[str, str]) -> ListFilter:
    """Raises ValueError for what is not a day."""
    sent_from = sent_before = None
    if on := query.get("DateSent"):
        sent_from, sent_before = _start(on), _start(on, plus_days=1)
    if since := query.get("DateSent>"):
        sent_from = max(_start(since), sent_from or 0.0)
    if until := query.get("DateSent<"):
        end = _start(until, plus_days=1)
        sent_before = end if sent_before is None else min(end, sent_before)
    return ListFilter(query.get("To") or None, query.get("From") or None, sent_from, sent_before)


def _start(text: str, plus_days: int = 0) -> float:
    # The SDK writes whole moments; only their day counts.
    day = date.fromisoformat(text[:10]) + timedelta(days=plus_days)
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _token(message: Message) -> str:
    return f"PA{message.sid}-{message.seq}"


def _position(token: str | None) -> int | None:
    if not token:
        return None
    seq = token.rpartition("-")[2]
    return int(seq) if token.startswith("PA") and seq.isdecimal() else None
