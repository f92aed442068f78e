"""numbers of erased people, remembered as hashes; forms of lists on the web

Revision ID: 0022
Revises: 0021

The key is made here, once, and nothing of ours ever changes it: another key would forget every erased
number (docs/decisions/0019). It is kept as the two padded blocks of HMAC (RFC 2104), so that a hash is two
calls of SHA-256. No log-in of the product can read it; `number_digest` answers for it.
"""

import sqlalchemy as sa
from alembic import op

from textbank.migrations.isolate import APP, isolate_changeable

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_KEY = """
do $$
declare
  key bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
  inside bytea := key;
  outside bytea := key;
begin
  for i in 0..63 loop
    inside := set_byte(inside, i, get_byte(key, i) # 54);
    outside := set_byte(outside, i, get_byte(key, i) # 92);
  end loop;
  insert into number_key (inner_block, outer_block) values (inside, outside);
end $$
"""
# Works with its owner's rights, so it names everything in full and trusts no search path.
_DIGEST = """
create function number_digest(organization bigint, number text) returns bytea
language plpgsql stable security definer as $$
declare
  inside bytea;
  outside bytea;
begin
  select inner_block, outer_block into inside, outside from public.number_key;
  return pg_catalog.sha256(outside operator(pg_catalog.||) pg_catalog.sha256(
    inside operator(pg_catalog.||)
    pg_catalog.convert_to(pg_catalog.format('%s %s', organization, number), 'UTF8')));
end $$
"""
# Before the row is there, so that whoever made it reads at once that it must not be texted. Whether the
# organization has erased anybody is asked once in a transaction: an import makes thousands of rows in one.
# (Erasing and importing take turns, see `consent/erase_person.py`.)
_MEET = """
create function meet_erased_number() returns trigger language plpgsql as $$
declare
  known text := current_setting('app.erased_numbers', true);
begin
  if known = new.organization_id || ' none' then return new; end if;
  if known is distinct from new.organization_id || ' some' then
    if not exists (select from erased_number where organization_id = new.organization_id) then
      perform set_config('app.erased_numbers', new.organization_id || ' none', true);
      return new;
    end if;
    perform set_config('app.erased_numbers', new.organization_id || ' some', true);
  end if;
  if exists (select from erased_number where organization_id = new.organization_id
      and digest = number_digest(new.organization_id, new.e164)) then
    new.suppressed_at := clock_timestamp();
  end if;
  return new;
end $$
"""
# The same as `consent/opt_out.py` writes; the payload's text is canonical JSON, the digest is over it.
_RECORD = """
create function record_erased_number() returns trigger language plpgsql as $$
declare
  erased record;
  event bigint;
  salt bytea := uuid_send(gen_random_uuid());
  said text := '{"cause":"erased","rule":"hash of an erased number"}';
begin
  select * into erased from erased_number where organization_id = new.organization_id
    and digest = number_digest(new.organization_id, new.e164);
  if not found then return null; end if;
  insert into consent_event (organization_id, recipient_id, kind, digest)
  values (new.organization_id, new.id, 'opt_out', sha256(salt || convert_to(said, 'UTF8')))
  returning id into event;
  insert into consent_payload (organization_id, event_id, salt, payload)
  values (new.organization_id, event, salt, said::jsonb);
  insert into consent_unsealed (organization_id, event_id) values (new.organization_id, event);
  insert into suppression (organization_id, recipient_id, cause, carrier_time, event_id)
  values (new.organization_id, new.id, 'erased', erased.carrier_time, event);
  return null;
end $$
"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "number_key",
        sa.Column("single", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("inner_block", sa.LargeBinary(), nullable=False),
        sa.Column("outer_block", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_number_key")),
        sa.CheckConstraint("single", name=op.f("ck_number_key_only_one")),
    )
    op.execute(_KEY)
    op.execute(
        "create trigger written_once before update or delete or truncate on number_key "
        "for each statement execute function refuse_change()"
    )
    op.create_table(
        "erased_number",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("carrier_time", moment, nullable=False),
        sa.Column("erased_at", moment, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "digest", name=op.f("pk_erased_number")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_erased_number_organization_id")
        ),
    )
    isolate_changeable("erased_number")
    op.execute(_DIGEST)
    op.execute("revoke execute on function number_digest from public")
    op.execute(f"grant execute on function number_digest to {APP}")
    op.execute(_MEET)
    op.execute(_RECORD)
    op.execute(
        "create trigger meet_erased_number before insert on recipient "
        "for each row execute function meet_erased_number()"
    )
    op.execute(
        "create trigger record_erased_number after insert on recipient for each row "
        "when (new.suppressed_at is not null) execute function record_erased_number()"
    )
    op.create_table(
        "web_form",
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("changed_at", moment, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "list_id", name=op.f("pk_web_form")),
        sa.ForeignKeyConstraint(
            ["organization_id", "list_id"],
            ["contact_list.organization_id", "contact_list.id"],
            name=op.f("fk_web_form_organization_id_list_id"),
        ),
    )
    isolate_changeable("web_form")


def downgrade() -> None:
    op.drop_table("web_form")
    op.execute("drop trigger record_erased_number on recipient")
    op.execute("drop trigger meet_erased_number on recipient")
    op.execute("drop function record_erased_number")
    op.execute("drop function meet_erased_number")
    op.execute("drop function number_digest")
    op.drop_table("erased_number")
    op.drop_table("number_key")
