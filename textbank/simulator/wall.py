"""The wall of phones: a page on which a person plays the supporters, and makes the carrier unkind.

Works without scripts as forms and links; the script only keeps it live. Events are hints without words:
"this phone changed", upon which the page fetches that phone again.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from textbank.simulator import wall_view
from textbank.simulator.asgi import Answer, Request, Stream, json_answer, problem
from textbank.simulator.control import not_receivable
from textbank.simulator.exchange import Exchange
from textbank.simulator.inbound import Inbound, Written
from textbank.simulator.magic_numbers import MAGIC
from textbank.simulator.unkindness import apply_form, panel
from textbank.sms.phone_number import PhoneNumber, national, parse

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "simulator"
_STATIC = Path(__file__).parent / "static"
_TYPES = {".css": b"text/css", ".js": b"text/javascript", ".svg": b"image/svg+xml"}
_PAGE_SIZE = 12
_QUICK_WORDS = ("JOIN", "HELP", "STOP", "START")
_FEWEST_DIGITS_TO_SEARCH = 2
# An empty wall shows these, so that the first press of a button already is a text.
_SAMPLES = ("+14155550181", "+12125550164", "+13125550119")
_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = [(b"content-security-policy", _POLICY), (b"x-content-type-options", b"nosniff")]


class Wall:
    """The pages of one carrier."""

    def __init__(self, exchange: Exchange, inbound: Inbound) -> None:
        self._exchange = exchange
        self._inbound = inbound
        self._kind = exchange.behaviour.model_copy(deep=True)
        self._pages = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    async def answer(self, request: Request) -> Answer | Stream:
        """Answer for everything that is no API."""
        path = request.path
        if request.method == "POST":
            return await self._post(request)
        if path == "/":
            return self._wall(request.query())
        if path == "/events":
            return Stream(self._events(_mark_of(request)), b"text/event-stream")
        if path.startswith("/static/"):
            return _static(path.removeprefix("/static/"))
        if path.startswith("/phones/"):
            return self._phone(path.removeprefix("/phones/"))
        return problem(404, "There is no such page on the simulated carrier.")

    def _wall(self, query: dict[str, str]) -> Answer:
        asked = query.get("number", "").strip()
        page = max(int(query["page"]) if query.get("page", "").isdecimal() else 1, 1)
        numbers, title, trouble = self._chosen(asked, page)
        exchange = self._exchange
        empty = not numbers and not asked and page == 1
        shown = list(_SAMPLES) if empty else numbers[:_PAGE_SIZE]
        html = self._pages.get_template("wall.html").render(
            asked=asked,
            problem=trouble,
            title=title,
            totals=self._totals(),
            hint="No phone has texted yet. Pick one below, or open any US number." if empty else "",
            follows=page == 1,
            page_size=_PAGE_SIZE,
            mark=exchange.hub.mark,
            phones=[wall_view.phone(exchange, number) for number in shown],
            newer=_address(asked, page - 1) if page > 1 else "",
            older=_address(asked, page + 1) if len(numbers) > _PAGE_SIZE else "",
            magic_numbers=[
                {"e164": magic.e164, "national": national(magic.e164), "says": magic.says}
                for magic in MAGIC.values()
            ],
            **self._common(),
            **panel(exchange),
        )
        return _page(html)

    def _chosen(self, asked: str, page: int) -> tuple[list[str], str, str]:
        """Numbers to show (one more than a page where there are more), a title, and what is wrong."""
        hub = self._exchange.hub
        recent = hub.recent((page - 1) * _PAGE_SIZE, _PAGE_SIZE + 1)
        if not asked:
            return recent, "Latest phones", ""
        known = parse(asked)
        if isinstance(known, PhoneNumber):
            others = [number for number in recent if number != known.e164]
            return [known.e164, *others][:_PAGE_SIZE], "Opened phone, and the latest", ""
        digits = "".join(character for character in asked if character.isdigit())
        if len(digits) >= _FEWEST_DIGITS_TO_SEARCH:
            found = hub.matching(digits, _PAGE_SIZE)
            if found:
                return found, f"Phones with {digits}", ""
        return recent, "Latest phones", f"“{asked}” {known.reason}, and no phone here has it."

    def _phone(self, path: str) -> Answer:
        """A phone, or only its conversation, as a fragment."""
        number, _, part = unquote(path).partition("/")
        if not isinstance(parse(number), PhoneNumber) or part not in {"", "conversation"}:
            return problem(404, "There is no such phone.")
        template = "_conversation.html" if part else "_phone.html"
        shown = wall_view.phone(self._exchange, number)
        return _page(self._pages.get_template(template).render(phone=shown, **self._common()))

    async def _post(self, request: Request) -> Answer:
        if not _same_origin(request):
            return problem(403, "Another site's page may not use the simulated carrier; nothing was sent.")
        form = dict(await request.form())
        back = "/"
        if request.path == "/settings":
            trouble = apply_form(self._exchange, form, self._kind)
            said = "The carrier is kind again." if form.get("kind") else "The carrier behaves so from now on."
        elif request.path.startswith("/phones/") and request.path.endswith("/texts"):
            number = unquote(request.path.removeprefix("/phones/").removesuffix("/texts"))
            trouble = self._text(number, form)
            said = f"Sent from {national(number)}."
            back = f"/?{urlencode({'number': number})}#phone-{quote(number[1:])}"
        else:
            return problem(404, "There is no such page on the simulated carrier.")
        if trouble:
            return problem(422, trouble)
        if "application/json" in request.header(b"accept"):
            return json_answer({"said": said})
        return Answer(303, headers=[(b"location", back.encode())])

    def _text(self, number: str, form: dict[str, str]) -> str:
        """Send a text from a phone; what is wrong, or nothing."""
        body = form.get("quick") or form.get("body", "")
        to = form.get("to", "")
        trouble = not_receivable(self._exchange, number, to)
        if trouble or not body.strip():
            return trouble or "The text is empty; nothing was sent."
        account = self._exchange.owner_of(to)
        if account is not None:
            self._inbound.receive(account, Written(phone=number, to=to, body=body))
        return ""

    async def _events(self, mark: int) -> AsyncGenerator[bytes, None]:
        yield b"retry: 1000\n\n"
        async with aclosing(self._exchange.hub.watch(mark)) as changes:
            async for phones in changes:
                hint = json.dumps({"phones": phones, "totals": self._totals()})
                yield f"id: {self._exchange.hub.mark}\ndata: {hint}\n\n".encode()

    def _totals(self) -> str:
        texts = sum(len(account.store.by_sid) for account in self._exchange.accounts.values())
        phones = len(self._exchange.hub)
        return f"{phones:,} phone{'' if phones == 1 else 's'}, {texts:,} text{'' if texts == 1 else 's'}"

    def _common(self) -> dict[str, Any]:
        return {"our_numbers": wall_view.our_numbers(self._exchange), "quick_words": _QUICK_WORDS}


def _mark_of(request: Request) -> int:
    """Up to where the page has seen everything: by its address, or where the browser takes a stream up."""
    mark = request.header(b"last-event-id") or request.query().get("after", "")
    return int(mark) if mark.isdecimal() else 0


def _address(asked: str, page: int) -> str:
    query = {"number": asked} if asked else {}
    return f"/?{urlencode(query | {'page': str(page)})}"


def _page(html: str) -> Answer:
    headers = [*_HEADERS, (b"cache-control", b"no-store")]
    return Answer(200, html.encode(), b"text/html; charset=utf-8", headers)


def _static(name: str) -> Answer:
    known = {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}
    path = known.get(name)
    if path is None:
        return problem(404, "There is no such file.")
    kind = _TYPES[path.suffix] + b"; charset=utf-8"
    return Answer(200, path.read_bytes(), kind, [*_HEADERS, (b"cache-control", b"no-cache")])


def _same_origin(request: Request) -> bool:
    """A form on a stranger's page must not text on our user's behalf; browsers always name the origin."""
    origin = request.header(b"origin")
    return not origin or urlsplit(origin).netloc == request.header(b"host")
