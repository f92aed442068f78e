"""A picture that somebody sent, for the one who answers them and only when asked for."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from textbank.accounts.cipher import Cipher
from textbank.carriers_pictures import fetch_picture
from textbank.conversations.picture_of import picture_of
from textbank.conversations.queries import begins_for_texters
from textbank.errors import NotFound
from textbank.language import N_
from textbank.web.admin.keyset import RowId
from textbank.web.parts import parts_of
from textbank.web.signed_in import visiting
from textbank.web.texter.reply_screen import BASE, must_be_mine

router = APIRouter(prefix=f"{BASE}/{{recipient_id}}/pictures")

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@router.get("/{message_id}/{position}")
async def show(
    request: Request, recipient_id: RowId, message_id: RowId, position: Annotated[int, Path(ge=0, le=20)]
) -> Response:
    """The picture itself. It is fetched with no transaction open: the carrier may be slow."""
    async with visiting(request) as work:
        await must_be_mine(work, recipient_id)
        of = (work.session, work.organization_id, recipient_id)
        kept = await picture_of(*of, message_id, position, since=await begins_for_texters(*of))
    settings = parts_of(request).settings
    picture = await fetch_picture(
        kept.url,
        api_url=kept.api_url or settings.twilio_api_url,
        account_sid=kept.account_sid,
        auth_token=Cipher(settings).decrypt(kept.auth_token),
    )
    if picture is None:
        raise NotFound(N_("This picture could not be fetched. It may be gone; try again later."))
    return Response(picture.content, media_type=picture.kind, headers=_HEADERS)
