"""How an accepted text leaves: a sender is picked, it waits its turn at that sender's pace, and it ends.

A queue is only the moment at which it will be empty, so the turn of a text is known when it joins; one
whose validity ends before its turn never leaves (30036) and takes nobody's place.
"""

from textbank.simulator.accounts import Account
from textbank.simulator.exchange import Exchange, now
from textbank.simulator.magic_numbers import MAGIC
from textbank.simulator.records import Message
from textbank.sms.segments import count, smart_encode

_OPTED_OUT = 21610
_BLOCKED = 30004
_EXPIRED = 30036
_NO_NUMBERS = 21704
_QUEUE_OVERFLOW = 30001


def start(exchange: Exchange, account: Account, message: Message) -> None:
    """Send a message on from its first status."""
    if message.status == "scheduled":
        exchange.agenda.after(message.due - now(), _leave_schedule, exchange, account, message)
    elif message.status == "accepted":
        wait = exchange.behaviour.service_pick_seconds
        exchange.agenda.after(wait, _pick, exchange, account, message)
    else:
        _enqueue(exchange, account, message)


def resume(exchange: Exchange, account: Account, message: Message) -> None:
    """Take up a message that a restart interrupted."""
    if message.status == "sending":
        exchange.agenda.after(0.0, _sent, exchange, account, message)
    elif message.status == "sent":
        exchange.agenda.after(0.0, _receipt, exchange, account, message)
    else:
        start(exchange, account, message)


def billed_segments(account: Account, message: Message) -> int:
    """What the text counts as, after the service's Smart Encoding."""
    service = account.services.get(message.service or "")
    body = message.body
    if service is not None and service.settings.smart_encoding and not body.isascii():
        body = smart_encode(body)
    return count(body).segments


def _leave_schedule(exchange: Exchange, account: Account, message: Message) -> None:
    if message.status == "scheduled":
        exchange.change_status(account, message, "accepted")
        start(exchange, account, message)


def _pick(exchange: Exchange, account: Account, message: Message) -> None:
    """The service chooses a sender; the message is queued there."""
    if message.status != "accepted" or message.deleted:
        return
    service = account.services.get(message.service or "")
    if service is None or not service.settings.numbers:
        _end(exchange, account, message, "failed", _NO_NUMBERS)
        return
    if message.sender is None:
        account.store.picked_sender(message, service.sender_for(message.to))
    else:
        service.used(message.to, message.sender)
    message.segments = billed_segments(account, message)
    line = account.lines[message.sender or ""]
    if line.backlog() > exchange.behaviour.queue_limit_seconds:
        _end(exchange, account, message, "failed", _QUEUE_OVERFLOW)
        return
    exchange.change_status(account, message, "queued")
    _enqueue(exchange, account, message)


def _enqueue(exchange: Exchange, account: Account, message: Message) -> None:
    line = account.lines[message.sender or ""]
    left = message.validity - (now() - (message.due or message.created))
    wait = line.backlog()
    if wait > left:
        exchange.agenda.after(left, _end, exchange, account, message, "failed", _EXPIRED)
        return
    line.reserve(message.segments)
    exchange.agenda.after(wait, _send, exchange, account, message)


def _send(exchange: Exchange, account: Account, message: Message) -> None:
    """The message's turn has come."""
    if message.status != "queued" or message.deleted:
        return
    status, code = _ending(exchange, account, message)
    if status == "failed":
        _end(exchange, account, message, status, code)
        return
    exchange.change_status(account, message, "sending")
    wait = exchange.behaviour.sending_seconds
    if wait > 0:
        exchange.agenda.after(wait, _sent, exchange, account, message)
    else:
        _sent(exchange, account, message)


def _sent(exchange: Exchange, account: Account, message: Message) -> None:
    if message.deleted:
        return
    message.sent = now()
    exchange.change_status(account, message, "sent")
    magic = MAGIC.get(message.to)
    wait = exchange.behaviour.delivery_seconds + (magic.delay if magic is not None else 0.0)
    exchange.agenda.after(wait, _receipt, exchange, account, message)


def _receipt(exchange: Exchange, account: Account, message: Message) -> None:
    if message.status != "sent" or message.deleted:
        return
    status, code = _ending(exchange, account, message)
    if status != "sent":
        _end(exchange, account, message, status, code)


def _end(exchange: Exchange, account: Account, message: Message, status: str, code: int) -> None:
    if message.deleted or message.status in {"canceled", "failed"}:
        return
    message.error_code = code or None
    exchange.change_status(account, message, status)


def _ending(exchange: Exchange, account: Account, message: Message) -> tuple[str, int]:
    """The last status and its error code: by opt-out, by the number's own magic, or by chance."""
    magic = MAGIC.get(message.to)
    if magic is not None and magic.status:
        return magic.status, magic.code
    sender = message.sender or ""
    if not message.by_carrier and (account.scope_of(sender), message.to) in account.opted_out:
        if account.lines[sender].toll_free and account.settings.toll_free_stop:
            return "undelivered", _BLOCKED
        if account.settings.default_opt_out == "late":
            return "failed", _OPTED_OUT
    return _by_carrier(exchange, account, message) if message.status == "sent" else ("delivered", 0)


def _by_carrier(exchange: Exchange, account: Account, message: Message) -> tuple[str, int]:
    """What the recipient's carrier makes of a text that was sent."""
    if code := account.blocks(message.sender or ""):
        return "undelivered", code
    behaviour = exchange.behaviour
    if exchange.dice.chance(behaviour.no_receipt_share):
        return "sent", 0
    if exchange.dice.chance(behaviour.undelivered_share):
        return "undelivered", behaviour.undelivered_code
    return "delivered", 0
