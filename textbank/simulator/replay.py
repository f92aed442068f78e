"""Bring a carrier back to where its journal ends, and take up what was under way."""

from typing import Any

from textbank.simulator.accounts import Account, Service
from textbank.simulator.configuration import ServiceSettings
from textbank.simulator.delivery import resume
from textbank.simulator.exchange import Exchange
from textbank.simulator.records import FINAL, Message


def replay(exchange: Exchange) -> None:
    """Read the journal and apply every event; then send on what had not reached its last status."""
    for entry in exchange.journal.entries():
        if (account := exchange.accounts.get(entry["account"])) is not None:
            _apply(exchange, account, entry)
    for account in exchange.accounts.values():
        for message in account.store.everything:
            exchange.hub.touch(message.phone)
            if message.status not in FINAL and not message.deleted:
                resume(exchange, account, message)


def _apply(exchange: Exchange, account: Account, entry: dict[str, Any]) -> None:
    match entry["event"]:
        case "created":
            message = _message(entry)
            exchange.last_seq = max(exchange.last_seq, message.seq)
            account.store.add(message)
        case "opt_out":
            key = (entry["scope"], entry["phone"])
            (account.opted_out.add if entry["out"] else account.opted_out.discard)(key)
        case "number":
            if (line := account.lines.get(entry["settings"]["e164"])) is not None:
                for name, value in entry["settings"].items():
                    setattr(line.settings, name, value)
        case "service":
            service = ServiceSettings(**entry["settings"])
            account.services[service.sid] = Service(service)
        case _:
            if (known := account.store.by_sid.get(entry["sid"])) is not None:
                _apply_to(account, known, entry)


def _apply_to(account: Account, message: Message, entry: dict[str, Any]) -> None:
    match entry["event"]:
        case "deleted":
            account.store.forget(message)
        case "redacted":
            message.body = ""
        case _:
            if message.sender is None and entry["sender"] is not None:
                account.store.picked_sender(message, entry["sender"])
            account.store.status_changed(message.status, entry["status"])
            message.becomes(entry["status"], entry["at"])
            message.sent = entry["sent"]
            message.error_code = entry["code"]
            message.segments = entry["segments"]


def _message(entry: dict[str, Any]) -> Message:
    return Message(
        seq=entry["seq"],
        sid=entry["sid"],
        account=entry["account"],
        to=entry["to"],
        sender=entry["sender"],
        body=entry["body"],
        direction=entry["direction"],
        status=entry["status"],
        created=entry["at"],
        updated=entry["at"],
        segments=entry["segments"],
        service=entry["service"],
        callback=entry["callback"],
        media=tuple(entry["media"]),
        validity=entry["validity"],
        due=entry["due"],
        by_carrier=entry["by_carrier"],
        history=(entry["status"], entry["at"]),
        sent=entry["at"] if entry["direction"] == "inbound" else None,
    )
