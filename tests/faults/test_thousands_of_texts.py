"""Thousands of texts, no faults: each arrives once, each status is heard, none moves backwards."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city

# Every change of a delivery status, written down by the database itself.
WATCH = """
create table status_change (message_id bigint, was text, is_now text, was_rank int, is_rank int);
grant insert on status_change to textbank_app;
create function watch_status() returns trigger language plpgsql as $$ begin
  insert into status_change values (new.message_id, old.status, new.status, old.rank, new.rank);
  return new; end $$;
create trigger watch_status before update on delivery for each row execute function watch_status();
"""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("people", [2_500, pytest.param(10_000, marks=pytest.mark.long)])
async def test_many_people_get_one_text_each_and_no_status_moves_backwards(
    cluster: Path, people: int
) -> None:
    async with running_city(cluster, audience=people, pace=2_000) as city:
        await city.execute(WATCH)
        await city.behave(callbacks_doubled=0.05, callbacks_reversed=0.05)
        await city.launch()
        await city.until_settled(seconds=150)
        ended = await assert_nothing_lost_or_doubled(city)
        assert ended == {"delivered": people}
        counts = await city.carrier("counts")
        assert counts["created"] == people
        assert counts["most_to_one_phone"] == 1
        changes = await city.rows("select was, is_now, was_rank, is_rank from status_change")
        assert changes
        backwards = [row for row in changes if row[3] <= row[2]]
        assert backwards == []
