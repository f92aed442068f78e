"""Who is away, as a condition: said once, for the webhook that files a reply and for the chore that looks.

The sign of life is when a browser that is still signed in last asked for anything (`sign_in.seen_at`): a
press, a reply, a batch, and the look that an open screen takes by itself every twenty seconds. It is written
already; it moves at most every five minutes, so nobody is called away before five minutes more. A stream that
is left open in a tab that nobody looks at is none (`accounts/sign_in.py`), and who signs out is away at once.

Aliases: `w` is the member, `k` the campaign (may be missing), `v` the conversation that they hold.
"""

from typing import Final

_SINCE: Final = "now() - coalesce(k.reply_holding_minutes, 20) * interval '1 minute' - interval '5 minutes'"
SILENT: Final = f"""not exists (
    select from sign_in g where g.organization_id = w.organization_id and g.member_id = w.id
      and g.ended_at is null and g.seen_at > {_SINCE})"""

# What staff took from the inbox, and no texter may take, stays theirs however long they are out.
AWAY: Final = f"""((k.kind = 'p2p' or w.role = 'texter')
    and coalesce(v.moved_at, '-infinity') < {_SINCE} and {SILENT})"""
GONE_OR_AWAY: Final = f"(w.disabled_at is not null or w.suspended_at is not null or {AWAY})"
