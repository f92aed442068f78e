"""What is changed in a restored copy before anybody works with it (docs/decisions/0010).

The copy knows nothing of what happened after it, and phones and the carrier do.
"""

import json
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from textbank.language import N_

# Nothing leaves until the carrier's list since the copy was read (`inbound/settle_restored.py`). The gap in
# hearing ends now at the earliest, and again when the web process hears: the list is read some seconds after
# that, when it shows all of it. However young the copy is, nobody has heard since.
_HOLD = sa.text(
    "update carrier_account set restored_copy_of = least(restored_copy_of, cast(:made_at as timestamptz)), "
    "held_since = least(held_since, cast(:made_at as timestamptz)), gap_ended_at = clock_timestamp(), "
    "heard_at = least(heard_at, cast(:made_at as timestamptz)) - interval '1 minute', settling_until = null"
)
# Whether somebody paused or stopped it since, or changed their mind about it, nobody can know: so a person
# decides again.
_PAUSE = sa.text(
    "update campaign set state = 'paused', paused_because = 'restored_copy' where state = 'running'"
)
# It may have begun since: then the carrier's list tells who got it, as of any other draft.
_UNSCHEDULE = sa.text(
    "update campaign set state = 'draft', begins_at = null, not_begun = :why where state = 'scheduled'"
)
RESTORED = N_(
    "The database was restored from a copy, and nobody can know whether it began since. Look at it again, "
    "then launch it."
)
# Whom somebody signed out, disabled or took an invite from since the copy is known nowhere, so what would let
# them in without a password ends for all.
_SIGN_OUT = sa.text("update sign_in set ended_at = now() where ended_at is null")
_REVOKE = sa.text(
    "update invite set revoked_at = now() where revoked_at is null and expires_at > now() "
    "and used < head_count"
)
_TELL_NOBODY = sa.text("delete from push_subscription")
# Callbacks, pages and phones still name ids that were given after the copy: none is given a second time.
_NEVER_AGAIN = sa.text(
    """
    select setval(format('%I.%I', schemaname, sequencename)::regclass,
      coalesce(last_value, start_value) + 100000000)
    from pg_sequences where schemaname = 'public'
    """
)
# Workers and the making of this very copy were under way in it.
_NOBODY_WORKS = (
    sa.text(
        "update outbox set claim_token = null, claimed_at = null "
        "where claim_token is not null and attempt_id is null"
    ),
    sa.text("update backup_copy set started_at = null"),
    sa.text("delete from part_heartbeat"),
)
_NOTE = sa.text(
    "insert into audit_event (organization_id, actor, action, details) "
    "select id, 'command line', 'database.restored', cast(:details as jsonb) from organization"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What was going on in a copy and is not any more."""

    paused: int
    """Campaigns that were running."""
    revoked: int
    """Invites that were open."""


async def put_hold(connection: AsyncConnection, made_at: datetime) -> Held:
    """Make a restored copy safe to start."""
    await connection.execute(_HOLD, {"made_at": made_at})
    paused = (await connection.execute(_PAUSE)).rowcount
    await connection.execute(_UNSCHEDULE, {"why": RESTORED})
    await connection.execute(_SIGN_OUT)
    await connection.execute(_TELL_NOBODY)
    revoked = (await connection.execute(_REVOKE)).rowcount
    await connection.execute(_NEVER_AGAIN)
    for statement in _NOBODY_WORKS:
        await connection.execute(statement)
    await connection.execute(_NOTE, {"details": json.dumps({"copy_of": made_at.isoformat()})})
    return Held(paused, revoked)
