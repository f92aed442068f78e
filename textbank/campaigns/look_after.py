"""What campaigns need done beside sending: counting, ending what was stopped, putting new words in."""

from textbank import across, clock
from textbank.campaigns.count_progress import count_progress
from textbank.campaigns.edit_words import rewrite_waiting
from textbank.campaigns.preview import count_preview
from textbank.campaigns.stop_the_rest import end_stopped
from textbank.database import Database

FOR_SECONDS = 15.0


async def look_after_campaigns(database: Database) -> None:
    """Do everything that is due, in short transactions, for up to fifteen seconds."""
    ends = clock.monotonic() + FOR_SECONDS
    for organization_id, campaign_id, chore in await across.campaign_chores(database):
        if clock.monotonic() > ends:
            return
        await _do(database, organization_id, campaign_id, chore, ends)


async def _do(database: Database, organization_id: int, campaign_id: int, chore: str, ends: float) -> None:
    more = 1
    while more and clock.monotonic() < ends:
        async with database.transaction(organization_id) as session:
            if chore == "stop":
                more = await end_stopped(session, organization_id, campaign_id)
            elif chore == "rewrite":
                more = await rewrite_waiting(session, organization_id, campaign_id)
            else:
                count = count_preview if chore == "preview" else count_progress
                await count(session, organization_id, campaign_id)
                more = 0
