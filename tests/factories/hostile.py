"""Requests that nobody means well: drawn by hypothesis for any route, written to the wire by hand.

By hand, because no client library would send them: bytes that are no text, broken escapes, odd lengths.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from fastapi.routing import APIRoute
from hypothesis import strategies as st

from textbank.app import ROUTERS

_TEMPLATES = Path(__file__).parents[2] / "templates"
_NASTY = (
    "", " ", "0", "-1", "1", "9" * 18, "9" * 25, "1e9", "NaN", "inf", "²", "\u0661",
    "\x00", "a\x00b", "\ufeff", "\u202e", "null", "true", "yes", "on", "en", "es", "xx",
    "STOP", "START", "JOIN 94110", "HELP", "ALTO", "STOP JOIN", "+15105550123",
    "5105550101", "+1", "+" + "9" * 40, "'; drop table message; --", "%s%s%n",
    "{{7*7}}", "{x}", "<script>", "../../etc/passwd", "a" * 300, "é" * 1_700,
    "👩‍👩‍👧‍👦" * 100, "\r\nX: y", "http://[", "//x", "[]", "{}",
    '{"a":[{"b":null}]}', "2027-02-30", "0001-01-01", "9999-12-31", "25:61",
    "America/Nowhere", "94110", "a@b", "riverside@riverside.example", "1.1.1.x", "1-1",
    "1:1-1:x", "::", ".", "..", "%", "%zz",
)  # fmt: skip
# Half of the words are of the kind that people send, so that more than the first check is reached.
WORDS = st.one_of(st.sampled_from(_NASTY), st.text(max_size=80), st.integers().map(str))
_NAMES = st.one_of(
    st.text(min_size=1, max_size=12), st.sampled_from(["csrf_token", "next", "a[]", "a.b", "__proto__"])
)
_RAW_HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept-Language", "Cookie", "User-Agent", "Referer", "Accept", "HX-Request", "Origin",
         "X-Forwarded-For", "Range", "If-None-Match", "Accept-Encoding", "Content-Encoding",
         "Last-Event-ID", "Host"]
    ),
    st.one_of(
        st.binary(max_size=60).map(lambda each: re.sub(rb"[\r\n\0]", b"", each)),
        st.sampled_from([b"text/html", b"es-MX,es;q=0.x", b"true", b"*/*", b"null", b"gzip",
                         b"textbank_session=1.x", b"bytes=9-1", b"a" * 4_000]),
    ),
    max_size=3,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hostile:
    """One request."""

    method: str
    target: str
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: bytes = b""

    def as_bytes(self, base: str) -> bytes:
        """As it stands on the wire."""
        host = urlsplit(base).netloc.encode()
        lines = [f"{self.method} {self.target} HTTP/1.1".encode()]
        given = {"Host": host, **self.headers, "Connection": b"close"}
        if self.method == "POST":
            given["Content-Length"] = str(len(self.body)).encode()
        lines += [name.encode() + b": " + value for name, value in given.items()]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


async def ask(base: str, request: Hostile) -> int:
    """Send it; the status that it is answered with, 0 where the connection is just closed."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        async with asyncio.timeout(60):
            writer.write(request.as_bytes(base))
            head = await reader.readline()
            while await reader.read(65_536):
                pass
    except ConnectionError:
        return 0
    finally:
        writer.close()
    return int(head[9:12]) if head.startswith(b"HTTP/1.1 ") else 0


@lru_cache
def fields_of_routes() -> dict[str, tuple[str, ...]]:
    """The names of what each route of ours reads from a form or an address."""
    found = {}
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                reads = (*route.dependant.body_params, *route.dependant.query_params)
                names = tuple(each.alias for each in reads)
                found.update({f"{method} {route.path}": names for method in route.methods})
    return found


@lru_cache
def fields_of_templates() -> tuple[str, ...]:
    """Every name of a field in any page: some routes read their forms by themselves."""
    pages = "\n".join(each.read_text() for each in _TEMPLATES.rglob("*.html"))
    return tuple(sorted(set(re.findall(r'name="(\w+)"', pages))))


def _fields(names: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, str]]]:
    known = st.sampled_from(names) if names else _NAMES
    return st.lists(st.tuples(st.one_of(known, known, known, _NAMES), WORDS), max_size=8)


@st.composite
def requests(draw: st.DrawFn, name: str, things: Mapping[str, str], headers: Mapping[str, bytes]) -> Hostile:
    """Of one route, `GET /people/{contact_id}`: half-way sensible, with ids that exist, or not at all."""
    method, _, path = name.partition(" ")
    names = fields_of_routes().get(name) or fields_of_templates()
    for found in list(_places(path)):
        thing = things[found[1]] if draw(st.integers(0, 4)) else draw(WORDS)
        path = path.replace(found[0], quote(thing, safe="."), 1)
    query = urlencode(draw(_fields(names))) if method == "GET" or not draw(st.integers(0, 4)) else ""
    target = f"{path}?{query}" if query else path
    given = {**draw(_RAW_HEADERS), **headers}
    if method == "GET":
        return Hostile(method, target, given)
    return Hostile(
        method,
        target,
        *_sent(draw(st.integers(0, 9)), draw(_fields(names)), given, draw(st.binary(max_size=200))),
    )


def _places(path: str) -> Iterator[re.Match[str]]:
    return re.finditer(r"{(\w+)(?::\w+)?}", path)


def _sent(
    kind: int, fields: list[tuple[str, str]], headers: Mapping[str, bytes], raw: bytes
) -> tuple[dict[str, bytes], bytes]:
    """A body, mostly a proper form, and the headers that go with it."""
    match kind:
        case 0:
            return {**headers, "Content-Type": b"application/x-www-form-urlencoded"}, raw
        case 1:
            return {**headers, "Content-Type": b"multipart/form-data; boundary=x"}, raw
        case 2:
            return {**headers, "Content-Type": b"application/json"}, json.dumps(dict(fields)).encode()
        case 3:
            return {**headers, "Content-Type": b"multipart/form-data; boundary=x"}, _multipart(fields)
        case _:
            body = urlencode(fields).encode()
            return {**headers, "Content-Type": b"application/x-www-form-urlencoded"}, body


def _multipart(fields: list[tuple[str, str]]) -> bytes:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="' + quote(name).encode() + b'"'
        + (b'; filename="a.csv"' if place == 0 else b"") + b"\r\n\r\n" + value.encode() + b"\r\n"
        for place, (name, value) in enumerate(fields)
    ]  # fmt: skip
    return b"".join(parts) + b"--x--\r\n"
