"""One message: fetch it, cancel or redact it, delete it."""

from textbank.simulator.accounts import Account
from textbank.simulator.asgi import Answer, Request, json_answer
from textbank.simulator.create_message import refuse
from textbank.simulator.exchange import Exchange
from textbank.simulator.records import FINAL, Message, as_twilio


async def message_resource(exchange: Exchange, account: Account, request: Request, sid: str) -> Answer:
    """Answer for `/Messages/{sid}.json`. A message can be fetched the moment it exists."""
    sid, _, part = sid.partition("/")
    message = account.store.by_sid.get(sid)
    if message is None or part not in ("", "Media"):
        return refuse(20404)
    if part == "Media":
        return json_answer({"media_list": _media(account, message), "next_page_uri": None})
    if request.method == "DELETE":
        return _delete(exchange, account, message)
    code = 0
    if request.method == "POST":
        code = _change(exchange, account, message, dict(await request.form()))
    elif request.method != "GET":
        code = 20004
    if code:
        return refuse(code)
    return json_answer(as_twilio(message, reencode=exchange.behaviour.reencode_listed_bodies))


def _media(account: Account, message: Message) -> list[dict[str, str]]:
    base = f"/2010-04-01/Accounts/{account.sid}/Messages/{message.sid}/Media"
    sids = [f"ME{message.sid[2:30]}{index:04d}" for index in range(len(message.media))]
    return [{"sid": sid, "parent_sid": message.sid, "uri": f"{base}/{sid}.json"} for sid in sids]


def _complete(message: Message) -> bool:
    return message.status in FINAL or message.status == "sent"


def _delete(exchange: Exchange, account: Account, message: Message) -> Answer:
    if not _complete(message):
        return refuse(20009)
    account.store.forget(message)
    exchange.journal.deleted(message)
    exchange.hub.touch(message.phone)
    return Answer(204)


def _change(exchange: Exchange, account: Account, message: Message, fields: dict[str, str]) -> int:
    """Cancel or redact; an error code, or 0."""
    if fields.get("Status") == "canceled":
        if message.status != "scheduled":
            return 30409
        exchange.change_status(account, message, "canceled")
        return 0
    if fields.get("Body") != "":
        return 20001
    if not _complete(message):
        return 20009
    message.body = ""
    exchange.journal.redacted(message)
    exchange.hub.touch(message.phone)
    return 0
