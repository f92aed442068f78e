"""Where a group pays for it, the shares of the networks that count segments come from its own audience."""

import pytest

from tests.factories.campaigning import draft, press_launch
from tests.factories.office import Office
from tests.factories.town import phones
from textbank import across
from textbank.campaigns.look_up_carriers import look_up_carriers, network_of, share_of

MANY = 200


async def look_up(office: Office) -> None:
    town = office.town
    for organization_id in await across.with_carriers_to_look_up(town.database):
        await look_up_carriers(town.database, organization_id, town.carriers)


async def shares(office: Office) -> tuple[float, float]:
    [row] = await office.town.query("select b.day_share, k.minute_share from brand b, registered_campaign k")
    return row.day_share, row.minute_share


async def test_nothing_is_looked_up_unless_an_admin_says_so_and_then_each_number_once(office: Office) -> None:
    town = office.town
    await town.subscribe(*phones(MANY))
    staff = await office.signed_in("admin")
    assert (await staff.post("/settings/senders/limits", day_cap="2000", per_minute="75")).status == 303
    campaign = await draft(office)
    assert (await press_launch(staff, campaign)).status == 303
    await look_up(office)
    assert await shares(office) == (1.0, 1.0)
    assert await town.query("select 1 from number_lookup") == []
    assert (await staff.post("/settings/senders/lookups", on="true")).status == 303
    assert "Numbers are looked up" in (await staff.get("/settings/senders")).text
    await look_up(office)
    [(looked_up,)] = await town.query("select count(*) from number_lookup")
    assert looked_up == MANY
    day, minute = await shares(office)
    assert 0.4 < day < 0.5  # four of ten of the simulated phones, and a margin
    assert 0.3 < minute < 0.4
    # A second campaign to the same people costs nothing.
    before = await town.query("select recipient_id, looked_up_at from number_lookup order by 1")
    again = await draft(office)
    assert (await press_launch(staff, again)).status == 303
    await look_up(office)
    assert await town.query("select recipient_id, looked_up_at from number_lookup order by 1") == before
    assert await town.query("select 1 from campaign where looked_up_at is null") == []
    assert (await staff.post("/settings/senders/lookups")).status == 303
    assert "No number is looked up." in (await staff.get("/settings/senders")).text
    assert "T-Mobile" in (await staff.get("/settings/audit")).text


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("T-Mobile USA, Inc.", "t_mobile"),
        ("Sprint Spectrum, L.P.", "t_mobile"),
        ("AT&T Wireless", "att"),
        ("Verizon Wireless", "other"),
        ("", ""),
    ],
)
def test_networks_are_known_by_their_names(name: str, network: str) -> None:
    assert network_of(name) == network


def test_a_share_is_set_a_margin_too_high_and_never_above_one() -> None:
    assert share_of("att", ["att", "other"] * 50) == pytest.approx(0.598, abs=0.001)
    assert share_of("att", ["att"] * 50) == 1.0
    assert share_of("att", ["other"] * 50) == 0.01
