"""Take an uploaded file in: who may is asked first, and no connection is held while it arrives."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from textbank.accounts.roles import at_least
from textbank.accounts.sign_in import who_is
from textbank.contacts.upload import CHUNK, MOST_BYTES, too_large
from textbank.errors import InvalidInput, NotAllowed, SignInNeeded
from textbank.language import N_
from textbank.web.parts import parts_of
from textbank.web.signed_in import COOKIE

_AROUND: Final = 100_000
"""Bytes of a form around its file."""

MOST_SENT: Final = MOST_BYTES + _AROUND


async def _arrived(request: Request) -> AsyncIterator[None]:
    """Let the whole form arrive on disk, before the page's transaction is opened."""
    await _refuse_strangers(request)
    said = request.headers.get("content-length", "")
    if not said.isascii() or not said.isdigit():
        raise InvalidInput(N_("Your browser did not say how large the file is. Nothing was imported."))
    if int(said) > MOST_SENT:
        raise InvalidInput(too_large())
    try:
        form = await request.form(max_files=1, max_fields=10)
    except MultiPartException as error:
        raise InvalidInput(N_("The file did not arrive whole. Nothing was imported. Try again.")) from error
    try:
        yield
    finally:
        await form.close()


async def _refuse_strangers(request: Request) -> None:
    organization, _, token = request.cookies.get(COOKIE, "").partition(".")
    known = None
    if organization.isascii() and organization.isdigit() and len(organization) <= 18 and token:
        async with parts_of(request).transaction(int(organization)) as session:
            known = await who_is(session, int(organization), token)
    if known is None:
        raise SignInNeeded(N_("Please sign in first."))
    if not at_least(known.role, "organizer"):
        raise NotAllowed(N_("Your role does not include this page. Nothing was changed. Ask an admin."))


async def uploaded(request: Request) -> UploadFile:
    """The file of the form. Raises InvalidInput where none was chosen."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidInput(N_("Choose a file first. Nothing was imported."))
    return file


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    """Its bytes, a megabyte at a time."""
    while piece := await file.read(CHUNK):
        yield piece


Arrived = Annotated[None, Depends(_arrived, scope="function")]
