"""What a phone needs to put Textbank on its home screen."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from textbank.web.language import COOKIE, LANGUAGES, gettext_of, language_of
from textbank.web.static_files import static

router = APIRouter()

ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable-512.png", 512, "maskable"),
)


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> JSONResponse:
    """The same for everybody but for its language, so that nothing of it needs a sign-in."""
    asked = request.query_params.get("l", "")
    if asked in LANGUAGES:
        request.cookies[COOKIE] = asked
    language, _ = language_of(request), gettext_of(request)
    told = {
        "id": "/texting",
        "name": "Textbank",
        "short_name": "Textbank",
        "description": _("First texts and replies, for texters."),
        "lang": language,
        "dir": "ltr",
        "start_url": "/texting",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f5f1",
        "theme_color": "#f7f5f1",
        "icons": [
            {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Replies"), "url": "/texting/conversations"},
        ],
    }
    return JSONResponse(
        told, media_type="application/manifest+json", headers={"Cache-Control": "public, max-age=86400"}
    )
