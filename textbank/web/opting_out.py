"""An opt-out by a page holds from its answer on, as one by text does."""

from fastapi import Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from textbank.database import follow_commit
from textbank.errors import Unavailable
from textbank.language import N_
from textbank.messaging.wait_out_permits import wait_out_permits
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work


def answer_when_it_holds(request: Request, work: Work, recipient_id: int) -> None:
    """After the commit and before the answer, wait for what was permitted just before it.

    Where that cannot be known, the page says so and not that it is done: the opt-out is kept, and pressing
    again waits again.
    """
    database, organization_id = parts_of(request).database, work.organization_id

    async def wait() -> None:
        try:
            await wait_out_permits(database, organization_id, recipient_id)
        except (Unavailable, DBAPIError, PoolTimeout, OSError) as error:
            raise Unavailable(
                N_(
                    "The opt-out is recorded, and nothing new is sent to this number. But one text may "
                    "still be under way. Go back and press again to make sure; that does no harm."
                )
            ) from error

    follow_commit(work.session, wait)
