"""What the carrier itself does with STOP and START, where the account or the toll-free network has it do so.

https://help.twilio.com/articles/223134027 (default handling: the whole text is the word),
https://help.twilio.com/articles/360058144374 (toll-free: STOP only, per number, cannot be changed).
"""

from textbank.simulator.accounts import Account
from textbank.simulator.create_message import reply_from
from textbank.simulator.exchange import Exchange
from textbank.simulator.records import Message

_STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"})
_START = frozenset({"START", "YES", "UNSTOP"})
_HELP = frozenset({"HELP", "INFO"})


def hear(exchange: Exchange, account: Account, message: Message) -> str:
    """Apply an inbound text's STOP or START; the OptOutType to tell the webhook, or nothing."""
    word = message.body.strip().upper()
    handling = account.settings.default_opt_out
    line = account.lines[message.to]
    phone = message.sender or ""
    if line.toll_free and account.settings.toll_free_stop:
        if word in {"STOP", "START", "UNSTOP"}:
            _set(exchange, account, message.to, phone, out=word == "STOP")
        return ""
    if handling == "off":
        return ""
    kind = "STOP" if word in _STOP else "START" if word in _START else "HELP" if word in _HELP else ""
    if not kind:
        return ""
    if kind != "HELP":
        _set(exchange, account, account.scope_of(message.to), phone, out=kind == "STOP")
    _answer(exchange, account, message, kind)
    # Only Advanced Opt-Out, the one that fails late, tells the webhook what it did.
    return kind if handling == "late" else ""


def _set(exchange: Exchange, account: Account, scope: str, phone: str, *, out: bool) -> None:
    (account.opted_out.add if out else account.opted_out.discard)((scope, phone))
    exchange.journal.opt_out(account.sid, scope, phone, out=out)


def _answer(exchange: Exchange, account: Account, message: Message, kind: str) -> None:
    """The carrier's own answer, which its block does not stop."""
    words = {
        "STOP": "The carrier has unsubscribed you from this number. Reply START to get texts again.",
        "START": "The carrier has subscribed you to this number again. Reply STOP to leave.",
        "HELP": "Reply STOP to leave. Message and data rates may apply.",
    }
    reply_from(exchange, account, message.to, message.sender or "", words[kind], by_carrier=True)
