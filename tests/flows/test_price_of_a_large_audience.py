"""The price of a large audience is reckoned from people of all of it, and says how sure it is."""

import pytest

from tests.factories.campaigning import draft, queue
from tests.factories.office import Office
from tests.factories.town import phones
from textbank.campaigns.preview import count_preview
from textbank.campaigns.sample_audience import margin_of

PEOPLE = 6_000
WORDS = (
    "Hi {first_name|friend}, the hearing about your rent is on Tuesday at 6 pm in the library. Come along."
)


async def many(office: Office) -> None:
    """Two thousand people with plain names, then four thousand of whom most have others."""
    await office.town.subscribe(*phones(1))  # whose basis all of them share here
    await office.town.execute(
        """
        with r as (
          insert into recipient (organization_id, e164, place)
          select :o, '+1415' || (2000000 + n), 'CA/America/Los_Angeles' from generate_series(1, :n) n
          returning id, e164),
        c as (
          insert into contact (organization_id, first_name)
          select :o, case when n <= 2000 then 'Ana' when n % 3 = 0 then 'Íñigo' when n % 3 = 1 then 'Bea 🌻'
            else 'Cy' end from generate_series(1, :n) n returning id)
        insert into subscription (organization_id, list_id, recipient_id, contact_id, state, basis_event_id)
        select :o, :l, r.id, c.id, 'subscribed', (select max(basis_event_id) from subscription)
        from (select id, row_number() over (order by id) as n from r) r
        join (select id, row_number() over (order by id) as n from c) c using (n)
        """,
        o=office.town.organization_id,
        l=office.town.list_id,
        n=PEOPLE,
    )
    await office.town.execute("update subscription set since = now() - interval '1 day'")


async def test_a_large_audience_costs_what_its_merged_texts_cost_not_what_the_first_ones_do(
    office: Office,
) -> None:
    town = office.town
    await many(office)
    campaign = await draft(office, words=WORDS)
    staff = await office.signed_in("organizer")
    async with town.database.transaction(town.organization_id) as session:
        await count_preview(session, town.organization_id, campaign)
    [seen] = await town.query("select reached, segments, margin, exact, cost from campaign_preview")
    assert (seen.reached, seen.exact) == (PEOPLE + 1, False)
    shown = (await staff.get(f"/campaigns/{campaign}/review")).text
    assert "an estimate from a sample, ±" in shown
    await town.execute("update campaign set state = 'running', launched_at = now()")
    await queue(office, campaign)
    [(really,)] = await town.query("select sum(segments) from outbox")
    [(plain,)] = await town.query("select min(segments) from outbox")
    assert really > 1.3 * plain * PEOPLE  # as the first two thousand alone would have it
    assert abs(seen.segments - really) / really < 2 * seen.margin < 0.1


@pytest.mark.parametrize(
    ("lengths", "reached", "margin"),
    [
        ([1] * 50, 50, None),
        ([1] * 1_200, 100_000, 3 / 1_200),
        ([1, 3] * 600, 100_000, 0.0281),
    ],
)
def test_how_sure_an_estimate_is_follows_from_how_different_the_texts_are(
    lengths: list[int], reached: int, margin: float | None
) -> None:
    found = margin_of(lengths, reached)
    assert found == margin if margin is None else found == pytest.approx(margin, abs=0.0005)
