"""An opt-out by a page holds from its answer on, as one by text does."""

from fastapi import Request

from textbank.database import after_commit
from textbank.messaging.wait_out_permits import wait_out_permits
from textbank.web.parts import parts_of
from textbank.web.signed_in import Work


def answer_when_it_holds(request: Request, work: Work, recipient_id: int) -> None:
    """After the commit and before the answer, wait for what was permitted just before it."""
    database, organization_id = parts_of(request).database, work.organization_id
    after_commit(work.session, lambda: wait_out_permits(database, organization_id, recipient_id))
