"""The carriers' day, as fragments of SQL: midnight to midnight Pacific, with `b` a row of `brand`.

Caps live in PostgreSQL, so that nothing that happens to Valkey, a worker or a night forgets one. A new day
needs nobody to reset anything: counts carry the date that they are of.
"""

TODAY = "(clock_timestamp() at time zone 'America/Los_Angeles')::date"
TOMORROW_AT = f"(({TODAY} + 1)::timestamp at time zone 'America/Los_Angeles')"

USED = f"case when b.used_on = {TODAY} then b.used else 0 end"
ELSEWHERE = f"case when b.elsewhere_on = {TODAY} then b.elsewhere else 0 end"

ROOM = (
    f"case when b.full_on = {TODAY} then 0 when b.day_cap is null then 'infinity'::float8 "
    f"else greatest(0, (b.day_cap - {USED} - {ELSEWHERE}) / b.day_share) end"
)
"""Segments that a brand may still start today, whoever they go to."""
