"""Errors as answers: what we raise on purpose carries its status; a database that is away is a 503."""

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from textbank.database import connection_broke
from textbank.errors import TextbankError

log = logging.getLogger(__name__)


def register(app: FastAPI) -> None:
    """Answer errors plainly. Whatever else goes wrong stays a 500, which a carrier retries as well."""

    @app.exception_handler(TextbankError)
    async def on_purpose(_: Request, error: TextbankError) -> JSONResponse:
        return JSONResponse({"error": error.message}, status_code=error.status)

    async def away(_: Request, error: Exception) -> JSONResponse:
        broke = not isinstance(error, DBAPIError) or connection_broke(error)
        log.warning("the database did not take a request: %s", type(error).__name__)
        told = "The database did not answer." if broke else "The database refused this."
        return JSONResponse(
            {"error": f"{told} Nothing was kept; please try again."}, status_code=503 if broke else 500
        )

    for kind in (DBAPIError, PoolTimeout, OSError, TimeoutError):
        app.add_exception_handler(kind, away)
