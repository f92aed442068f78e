"""What the promises are proved with besides a whole town: one organization's desk."""

import pytest_asyncio

from tests.promises.desk import Desk
from textbank.database import Database


@pytest_asyncio.fixture
async def desk(database: Database) -> Desk:
    """One organization with a list and a sender, on the test's own database; no carrier, no web."""
    return await Desk.found(database)
