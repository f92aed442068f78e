"""While a blast leaves through real workers, the counters that its page shows keep moving."""

from pathlib import Path

import pytest

from tests.factories.audit import assert_nothing_lost_or_doubled
from tests.factories.build_city import running_city

# Every refresh of the kept counters, written down by the database itself.
WATCH = """
create table counted (at timestamptz default clock_timestamp(), audience bigint, with_us bigint, sum bigint,
  seconds float);
grant insert on counted to textbank_app;
create function watch_counters() returns trigger language plpgsql as $$ begin
  insert into counted (audience, with_us, seconds, sum) values (new.audience, new.with_us, new.seconds,
    new.with_us + new.at_carrier + new.delivered + new.failed + new.not_sent);
  return new; end $$;
create trigger watch_counters before insert or update on campaign_progress
  for each row execute function watch_counters();
"""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("people", [5_000, pytest.param(20_000, marks=pytest.mark.long)])
async def test_the_counters_move_all_the_time_while_thousands_of_texts_leave(
    cluster: Path, people: int
) -> None:
    async with running_city(cluster, audience=people, pace=1_000) as city:
        await city.execute(WATCH)
        await city.launch(queued_here=1)
        await city.until_settled(seconds=200)
        await assert_nothing_lost_or_doubled(city)
        [span] = await city.rows(
            "select count(*) as refreshes, count(distinct with_us) as moves, "
            "extract(epoch from max(at) - min(at)) as seconds, avg(seconds) as one_takes "
            "from counted where audience > 0 and with_us > 0"
        )
        # On the whole every two seconds, or as soon as the rule lets a count that took long be repeated.
        every = max(2.0, 10 * span["one_takes"] + 1.0)
        assert span["refreshes"] >= float(span["seconds"]) / every - 1
        assert span["moves"] >= 3
        assert await city.rows("select 1 from counted where sum <> audience") == []
