"""`/_simulator/…`: what tests, benchmarks and the wall of phones ask the carrier itself. Not Twilio's.

Everything that could be long is streamed or paged; counting walks the messages, so ask for it seldom.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from itertools import islice
from typing import Any

from pydantic import ValidationError

from textbank.simulator import registration
from textbank.simulator.asgi import Answer, Request, Stream, json_answer, problem
from textbank.simulator.configuration import AccountSettings, Behaviour
from textbank.simulator.exchange import Exchange
from textbank.simulator.inbound import Inbound, Written, as_json
from textbank.simulator.magic_numbers import MAGIC
from textbank.simulator.records import Message, as_twilio
from textbank.sms.phone_number import PhoneNumber, parse

_LINES_AT_ONCE = 500
_CHANGEABLE = frozenset({"default_opt_out", "toll_free_stop"})
_NO_SUCH_ADDRESS = "There is no such address on the simulated carrier."


async def control(exchange: Exchange, inbound: Inbound, request: Request, path: str) -> Answer | Stream:
    """Answer for one of the carrier's own addresses; `path` is what follows `/_simulator/`."""
    if path.startswith("phones/"):
        return await _phone(exchange, inbound, request, path.removeprefix("phones/"))
    if request.method == "PATCH":
        return await _change(exchange, request, path)
    if (request.method, path) == ("POST", "reset"):
        exchange.reset()
        return json_answer({"reset": True})
    if (request.method, path) == ("GET", "health"):
        return json_answer(_health(exchange, inbound))
    answer = _ANSWERS.get(path) if request.method == "GET" else None
    return answer(exchange, request) if answer is not None else problem(404, _NO_SUCH_ADDRESS)


async def _change(exchange: Exchange, request: Request, path: str) -> Answer:
    if path == "settings":
        return await change_settings(exchange, request)
    if path.startswith("accounts/"):
        return await _change_account(exchange, request, path.removeprefix("accounts/"))
    return problem(404, _NO_SUCH_ADDRESS)


async def change_settings(exchange: Exchange, request: Request) -> Answer:
    """Merge the given settings into the present ones; one wrong value and nothing is changed."""
    changes = await request.json_object()
    try:
        behaviour = Behaviour.model_validate(exchange.behaviour.model_dump() | changes)
    except ValidationError as error:
        return problem(422, f"Nothing was changed: {error}")
    exchange.set_behaviour(behaviour)
    return json_answer(behaviour.model_dump())


async def _change_account(exchange: Exchange, request: Request, sid: str) -> Answer:
    """Change how an account treats STOP, its numbers' pace {"pace":{…}}, or what `registration.py` shows."""
    account = exchange.accounts.get(sid)
    if account is None:
        return problem(404, "There is no such account.")
    changes = await request.json_object()
    try:
        if (refused := registration.change(account, changes)) is not None:
            return refused
        paces = {number: float(pace) for number, pace in changes.pop("pace", {}).items()}
        checked = AccountSettings.model_validate(account.settings.model_dump() | changes)
        if unknown := paces.keys() - account.lines.keys() or changes.keys() - _CHANGEABLE:
            return problem(422, f"Nothing was changed: {', '.join(sorted(unknown))} cannot be changed.")
        if any(pace <= 0 for pace in paces.values()):
            return problem(422, "Nothing was changed: a pace is more than 0 segments a second.")
    except (ValidationError, ValueError, TypeError, AttributeError) as error:
        return problem(422, f"Nothing was changed: {error}")
    account.settings.default_opt_out = checked.default_opt_out
    account.settings.toll_free_stop = checked.toll_free_stop
    for number, pace in paces.items():
        account.lines[number].settings.pace = pace
    return json_answer({"changed": True})


async def _phone(exchange: Exchange, inbound: Inbound, request: Request, path: str) -> Answer:
    """A supporter's phone: its conversation, or a text from it."""
    phone, _, action = path.partition("/")
    if request.method == "GET" and not action:
        messages = exchange.conversation(phone)
        return json_answer({"phone": phone, "messages": [_as_json(message) for message in messages]})
    if request.method == "POST" and action == "texts":
        return await _text_from(exchange, inbound, phone, await request.json_object())
    return problem(404, _NO_SUCH_ADDRESS)


async def _text_from(exchange: Exchange, inbound: Inbound, phone: str, given: dict[str, Any]) -> Answer:
    reason = not_receivable(exchange, phone, str(given.get("to", "")))
    if reason:
        return problem(422, reason)
    written = Written(
        phone=phone,
        to=str(given["to"]),
        body=str(given.get("body", "")),
        media=tuple(str(url) for url in given.get("media") or ()),
        doubled=bool(given.get("doubled")),
        delay=_seconds(given.get("delay_seconds")),
        ago=_seconds(given.get("seconds_ago")),
        forged=bool(given.get("forged")),
        unheard=bool(given.get("unheard")),
    )
    account = exchange.owner_of(written.to)
    if account is None:
        return problem(422, f"{written.to} is not one of this carrier's own numbers; nothing was sent.")
    received = inbound.receive(account, written)
    calls = None
    if given.get("wait"):
        calls = await asyncio.shield(received.calls) if received.calls is not None else []
    return json_answer(as_json(received, calls), 201)


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(request: Request, name: str, default: int) -> int:
    """A number in the query; what is none counts as not given."""
    text = request.query().get(name, "")
    return int(text) if text.isdecimal() else default


def not_receivable(exchange: Exchange, phone: str, to: str) -> str:
    """Why a text from `phone` to `to` cannot exist, or nothing."""
    if not isinstance(known := parse(phone), PhoneNumber) or known.e164 != phone:
        return f"{phone} is not a phone number in the form +14155550123; nothing was sent."
    if exchange.owner_of(to) is None:
        return f"{to or 'Nothing'} is not one of this carrier's own numbers; nothing was sent."
    return ""


def _counts(exchange: Exchange, request: Request) -> Answer:
    """Totals of what was created by API, and whether anybody got the same words twice."""
    since = _whole(request, "since", 0)
    total = most = repeated = created_since = phones = 0
    for account in exchange.accounts.values():
        for messages in account.store.by_to.values():
            bodies = [m.body for m in messages if m.direction == "outbound-api"]
            if not bodies:
                continue
            phones += 1
            total += len(bodies)
            most = max(most, len(bodies))
            repeated += len(bodies) > 1 and len(set(bodies)) < len(bodies)
            if since:
                created_since += sum(m.seq > since and m.direction == "outbound-api" for m in messages)
    statuses: Counter[str] = sum((a.store.statuses for a in exchange.accounts.values()), Counter())
    return json_answer(
        {
            "created": total,
            "phones": phones,
            "most_to_one_phone": most,
            "phones_with_repeated_body": repeated,
            "by_status": dict(+statuses),
            "created_since": created_since if since else total,
            "mark": exchange.last_seq,
            "callbacks_waiting": exchange.callbacks.waiting,
        }
    )


def _messages(exchange: Exchange, request: Request) -> Answer:
    """Messages in full, newest first, by ?to= and ?from=; at most ?limit= (1,000)."""
    query = request.query()
    to, sender = query.get("to"), query.get("from")
    limit = _whole(request, "limit", 1000)
    found: list[Message] = []
    for account in exchange.accounts.values():
        store = account.store
        source = store.everything
        if to is not None:
            source = store.by_to.get(to, [])
        elif sender is not None:
            source = store.by_sender.get(sender, [])
        kept = (m for m in reversed(source) if not m.deleted and (sender is None or m.sender == sender))
        found.extend(islice(kept, limit))
    found.sort(key=lambda message: -message.seq)
    return json_answer([_as_json(message) for message in found[:limit]])


async def _lines(exchange: Exchange) -> AsyncGenerator[bytes, None]:
    """Every message as one JSON line, given out in pieces so that creates go on meanwhile."""
    lines: list[str] = []
    for message in exchange.messages():
        lines.append(json.dumps(_dumped(message), separators=(",", ":")))
        if len(lines) >= _LINES_AT_ONCE:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
            await asyncio.sleep(0)
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def _dumped(message: Message) -> dict[str, object]:
    return {
        "sid": message.sid,
        "account": message.account,
        "to": message.to,
        "from": message.sender,
        "body": message.body,
        "direction": message.direction,
        "created_at": message.created,
        "status": message.status,
        "error_code": message.error_code,
        "callback": message.callback,
        "history": message.steps(),
    }


def _as_json(message: Message) -> dict[str, object]:
    return as_twilio(message) | {
        "created_at": message.created,
        "history": message.steps(),
        "status_callback": message.callback,
        "validity_period": message.validity,
        "media": list(message.media),
    }


def _health(exchange: Exchange, inbound: Inbound) -> dict[str, object]:
    callbacks = exchange.callbacks
    return {
        "messages": sum(len(account.store.by_sid) for account in exchange.accounts.values()),
        "creates_under_way": exchange.creates_under_way,
        "callbacks_waiting": callbacks.waiting,
        "callbacks_told": callbacks.told,
        "callbacks_failed": callbacks.failed,
        "recent_callback_failures": list(callbacks.recent_failures),
        "inbound_under_way": inbound.under_way,
    }


def _settings(exchange: Exchange, _request: Request) -> Answer:
    return json_answer(exchange.behaviour.model_dump())


def _dump(exchange: Exchange, _request: Request) -> Stream:
    return Stream(_lines(exchange), b"application/x-ndjson")


def _magic_numbers(_exchange: Exchange, _request: Request) -> Answer:
    return json_answer([{"number": magic.e164, "says": magic.says} for magic in MAGIC.values()])


_ANSWERS: dict[str, Callable[[Exchange, Request], Answer | Stream]] = {
    "settings": _settings,
    "counts": _counts,
    "messages": _messages,
    "dump": _dump,
    "magic-numbers": _magic_numbers,
}
