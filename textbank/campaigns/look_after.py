"""What campaigns need done beside sending: counting, ending what was stopped or is too late, new words,
beginning what is due."""

import logging
import random

from textbank import across, clock
from textbank.campaigns.count_progress import count_progress
from textbank.campaigns.edit_words import rewrite_waiting
from textbank.campaigns.end_expired import end_expired
from textbank.campaigns.preview import count_preview
from textbank.campaigns.schedule import begin_scheduled
from textbank.campaigns.stop_the_rest import end_stopped
from textbank.campaigns.watch import pause_what_goes_wrong
from textbank.campaigns.watch_numbers import rest_what_goes_wrong
from textbank.database import Database

FOR_SECONDS = 15.0

log = logging.getLogger(__name__)


async def look_after_campaigns(database: Database) -> None:
    """Do everything that is due, in short transactions, for up to fifteen seconds.

    Each chore gets its share of the time that is left, in another order each time, and one that fails is
    logged and left for the next round: no campaign, and no organization, waits because of another one's.
    """
    ends = clock.monotonic() + FOR_SECONDS
    chores = await across.campaign_chores(database)
    random.shuffle(chores)
    for done, (organization_id, campaign_id, chore) in enumerate(chores):
        now = clock.monotonic()
        if now > ends:
            return
        share = (ends - now) / (len(chores) - done)
        try:
            await _do(database, organization_id, campaign_id, chore, now + share)
        except Exception:
            log.exception("organization %s, campaign %s: %s failed", organization_id, campaign_id, chore)


async def _do(database: Database, organization_id: int, campaign_id: int, chore: str, ends: float) -> None:
    """Do a chore until it is done or its time is over, but at least one step of it."""
    more = 1
    while more:
        async with database.transaction(organization_id) as session:
            if chore == "stop":
                more = await end_stopped(session, organization_id, campaign_id)
            elif chore == "expire":
                more = await end_expired(session, organization_id, campaign_id)
            elif chore == "rewrite":
                more = await rewrite_waiting(session, organization_id, campaign_id)
            elif chore == "begin":
                await begin_scheduled(session, organization_id, campaign_id)
                more = 0
            else:
                count = count_preview if chore == "preview" else count_progress
                await count(session, organization_id, campaign_id)
                if chore == "progress":
                    await rest_what_goes_wrong(session, organization_id, campaign_id)
                    await pause_what_goes_wrong(session, organization_id, campaign_id)
                more = 0
        if clock.monotonic() >= ends:
            return
