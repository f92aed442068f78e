"""How often a campaign is counted depends on how long that takes, and on whether anything leaves."""

import pytest

from tests.factories.town import Town
from textbank import across


@pytest.mark.parametrize(
    ("rate", "took", "ago", "is_due"),
    [
        (3, 1.0, 8.0, False),
        (3, 1.0, 10.0, True),
        (3, 0.01, 0.3, False),
        (3, 0.01, 0.7, True),
        (0, 1.0, 30.0, False),
        (0, 1.0, 51.0, True),
        (0, 0.01, 4.0, False),
        (0, 0.01, 6.0, True),
    ],
)
async def test_a_tenth_of_the_time_while_texts_leave_and_a_fiftieth_while_none_do(
    town: Town, rate: float, took: float, ago: float, is_due: bool
) -> None:
    await town.subscribe("+15105550101")
    campaign = await town.launch()
    await town.execute("update campaign set launched_at = now() - interval '2 minutes'")
    await town.execute(
        "update campaign_progress set rate = :rate, seconds = :took, "
        "computed_at = now() - make_interval(secs => :ago)",
        rate=rate,
        took=took,
        ago=ago,
    )
    due = await across.campaign_chores(town.database)
    assert ((town.organization_id, campaign, "progress") in due) == is_due


async def test_what_was_just_launched_is_counted_at_once_though_nothing_has_left(town: Town) -> None:
    await town.subscribe("+15105550101")
    campaign = await town.launch()
    await town.execute("update campaign_progress set seconds = 0.01, computed_at = now() - interval '0.7 s'")
    due = await across.campaign_chores(town.database)
    assert (town.organization_id, campaign, "progress") in due
