"""What a migration says of each new table: whose rows are seen, and what each role may do with them."""

from alembic import op

APP = "textbank_app"
SYSTEM = "textbank_system"
_CURRENT = "nullif(current_setting('app.organization_id', true), '')::bigint"


def isolate_changeable(table: str) -> None:
    """A table of an organization's data that the product adds to, changes and deletes from."""
    _isolate(table)
    op.execute(f"grant insert, update, delete on {table} to {APP}")
    op.execute(f"grant usage on all sequences in schema public to {APP}, {SYSTEM}")


def isolate_written_once(table: str) -> None:
    """A table whose rows are never changed or removed: the database refuses it of everybody."""
    _isolate(table)
    op.execute(f"grant insert on {table} to {APP}")
    op.execute(
        f"create trigger written_once before update or delete or truncate on {table} "
        "for each statement execute function refuse_change()"
    )
    op.execute(f"grant usage on all sequences in schema public to {APP}, {SYSTEM}")


def _isolate(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy one_organization on {table} using (organization_id = {_CURRENT}) "
        f"with check (organization_id = {_CURRENT})"
    )
    op.execute(f"grant select on {table} to {APP}, {SYSTEM}")
