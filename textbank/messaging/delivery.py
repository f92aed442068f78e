"""How every statement that knows something newer writes a text's delivery status: forward only."""

from typing import Final

from textbank.sms.status import ADVANCES_SQL

MOVES_FORWARD: Final = f"""on conflict (organization_id, message_id) do update
        set rank = excluded.rank, status = excluded.status, error_code = excluded.error_code,
            updated_at = clock_timestamp()
        where {ADVANCES_SQL}"""  # noqa: S608 - our own constant
"""The end of an `insert into delivery (organization_id, message_id, rank, status, …)`."""
