"""Row-level security, what each role may do, and a ledger that refuses update and delete.

Revision ID: 0002
Revises: 0001

A new table of an organization's data needs `isolate` in the migration that makes it; a test walks the
catalogue and fails where it is missing.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "textbank_app"
SYSTEM = "textbank_system"

WRITTEN_ONCE = ("consent_event", "consent_link", "audit_event")
ERASABLE = ("consent_payload", "consent_unsealed")
CHANGEABLE = (
    "api_token",
    "carrier_account",
    "sender",
    "recipient",
    "contact",
    "contact_number",
    "contact_list",
    "subscription",
    "suppression",
    "pending_start",
    "keyword",
    "script",
    "campaign",
    "audience_member",
    "message",
    "outbox_group",
    "sending_window",
    "outbox",
    "attempt",
    "delivery",
    "carrier_message",
    "conversation",
)
SHARED = ("installation", "part_heartbeat")
CURRENT = "nullif(current_setting('app.organization_id', true), '')::bigint"


def isolate(table: str, column: str = "organization_id") -> None:
    """Show the app role the current organization's rows only, and let it write no others."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy one_organization on {table} using ({column} = {CURRENT}) "
        f"with check ({column} = {CURRENT})"
    )


def upgrade() -> None:
    op.execute(
        "create function refuse_change() returns trigger language plpgsql as "
        "$$ begin raise exception 'the table % is written once: rows are never changed or removed', "
        "tg_table_name using errcode = 'insufficient_privilege'; end $$"
    )
    for table in (*WRITTEN_ONCE, *ERASABLE, *CHANGEABLE):
        isolate(table)
        op.execute(f"grant select on {table} to {APP}, {SYSTEM}")
    isolate("organization", "id")
    op.execute(f"grant select, insert, update on organization to {APP}")
    op.execute(f"grant select, insert on organization to {SYSTEM}")
    for table in WRITTEN_ONCE:
        op.execute(f"grant insert on {table} to {APP}")
        op.execute(
            f"create trigger written_once before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    for table in ERASABLE:
        op.execute(f"grant insert, delete on {table} to {APP}")
    for table in CHANGEABLE:
        op.execute(f"grant insert, update, delete on {table} to {APP}")
    for table in SHARED:
        op.execute(f"grant select on {table} to {APP}, {SYSTEM}")
    op.execute(f"grant insert, update on part_heartbeat to {SYSTEM}")
    # The heartbeat of hearing is one statement over every account (`across.py`).
    op.execute(f"grant update (heard_at, held_since, gap_ended_at) on carrier_account to {SYSTEM}")
    op.execute(f"grant usage on all sequences in schema public to {APP}, {SYSTEM}")


def downgrade() -> None:
    for table in (*WRITTEN_ONCE, *ERASABLE, *CHANGEABLE, "organization"):
        op.execute(f"drop policy one_organization on {table}")
        op.execute(f"alter table {table} disable row level security")
        op.execute(f"revoke all on {table} from {APP}, {SYSTEM}")
    for table in WRITTEN_ONCE:
        op.execute(f"drop trigger written_once on {table}")
    op.execute("drop function refuse_change()")
