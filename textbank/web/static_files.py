"""Style sheets, scripts and icons, served from memory under an address that changes with their content.

All sources in `static/css/` become one `textbank.css`. The version in the address covers every file, so that
a script may import its neighbour by a relative path and a browser may keep all of them for good.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

router = APIRouter()

STATIC = Path(__file__).resolve().parent / "static"
STYLE_SHEET = "textbank.css"
_STYLES_FIRST = ("tokens.css", "base.css", "forms.css", "components.css", "layout.css")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
}
_WORTH_COMPRESSING = 512
_FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFile:
    """One file as it is sent, with and without compression."""

    body: bytes
    compressed: bytes
    media_type: str


@dataclass(frozen=True)
class StaticFiles:
    """All files of this release, and the version that stands in their addresses."""

    version: str
    files: dict[str, StaticFile]


@lru_cache(maxsize=1)
def static_files() -> StaticFiles:
    """Read once, at first use. A changed file shows after a restart."""
    bodies = {STYLE_SHEET: _style_sheet()}
    for path in sorted(STATIC.rglob("*")):
        name = path.relative_to(STATIC).as_posix()
        if path.is_file() and path.suffix in _TYPES and not name.startswith("css/"):
            bodies[name] = path.read_bytes()
    content = hashlib.sha256()
    for name, body in sorted(bodies.items()):
        content.update(name.encode() + b"\0" + body + b"\0")
    files = {name: _file(name, body) for name, body in bodies.items()}
    return StaticFiles(version=content.hexdigest()[:12], files=files)


def static(path: str) -> str:
    """The address of a file below `static/`: `static("textbank.css")`."""
    return f"/static/{static_files().version}/{path}"


@router.api_route("/static/{version}/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
async def static_file(request: Request, version: str, path: str) -> Response:
    """A file of this release; one of another version is answered with what we have, but not kept."""
    known = static_files()
    found = known.files.get(path)
    if found is None:
        return Response("There is no such file.\n", status_code=404, media_type="text/plain")
    headers = {
        "Cache-Control": _FOR_GOOD if version == known.version else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    body = found.body
    if found.compressed and "gzip" in request.headers.get("accept-encoding", ""):
        body = found.compressed
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=found.media_type)


def _style_sheet() -> bytes:
    """Tokens first, then what uses them; the style sheets of single pages come last, by name."""
    folder = STATIC / "css"
    later = sorted(path.name for path in folder.glob("*.css") if path.name not in _STYLES_FIRST)
    return b"\n".join((folder / name).read_bytes() for name in (*_STYLES_FIRST, *later))


def _file(name: str, body: bytes) -> StaticFile:
    # mtime=0: the same content gives the same bytes in every process.
    compressed = gzip.compress(body, 9, mtime=0) if len(body) >= _WORTH_COMPRESSING else b""
    if len(compressed) >= len(body):
        compressed = b""
    return StaticFile(body=body, compressed=compressed, media_type=_TYPES[Path(name).suffix])
