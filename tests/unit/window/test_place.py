"""Where somebody may be: the best evidence wins, and weak evidence never narrows too far."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
import zipcodes
from hypothesis import given
from hypothesis import strategies as st

from textbank.contacts.place import (
    UNKNOWN,
    Place,
    five_digits,
    is_better,
    place_of,
    zip_of_address,
    zip_places,
)
from textbank.contacts.zones import ANYWHERE, MORE_ZONES_OF_AREA_CODE, STANDS_FOR, ZIP_CORRECTIONS

EXISTING = available_timezones()
NEW_YORKER = "+12125550142"


@pytest.mark.parametrize(
    ("zip_code", "state", "zone"),
    [
        ("85001", "AZ", "America/Phoenix"),
        ("86515", "AZ", "America/Denver"),  # Window Rock: the Navajo Nation keeps daylight saving time
        ("46204", "IN", "America/Indiana/Indianapolis"),
        ("46402", "IN", "America/Chicago"),  # Gary
        ("32501", "FL", "America/Chicago"),  # Pensacola
        ("79901", "TX", "America/Denver"),  # El Paso
        ("89883", "NV", "America/Denver"),  # West Wendover
        ("99546", "AK", "America/Adak"),
        ("99634", "AK", "America/Anchorage"),  # Napakiak
        ("96813", "HI", "Pacific/Honolulu"),
        ("00901", "PR", "America/Puerto_Rico"),
        ("96910", "GU", "Pacific/Guam"),
        ("96799", "AS", "Pacific/Pago_Pago"),
        ("10001-1234", "NY", "America/New_York"),
        (" 7030 ", "NJ", "America/New_York"),  # a spreadsheet took the zero
    ],
)
def test_a_zip_code_beats_the_area_code(zip_code: str, state: str, zone: str) -> None:
    assert place_of(zip_code, NEW_YORKER) == Place((zone,), state, "zip")


def test_what_they_told_us_beats_the_area_code_and_the_zip_code_of_their_home_beats_both() -> None:
    told = place_of(None, NEW_YORKER, told="85001")
    assert told == Place(("America/Phoenix",), "AZ", "told")
    assert place_of("96813", NEW_YORKER, told="85001").evidence == "zip"
    assert place_of("no zip", NEW_YORKER, told="not told").evidence == "area_code"
    by_number, home = place_of(None, NEW_YORKER), place_of("96813", NEW_YORKER)
    assert is_better(told, by_number)
    assert is_better(home, told)
    assert not is_better(told, home)
    assert not is_better(by_number, told)
    assert is_better(by_number, UNKNOWN)
    assert is_better(place_of("85001", ""), home)  # as good, and newer
    assert not is_better(home, home)


@pytest.mark.parametrize(
    ("address", "zip_code"),
    [
        ("12 Elm St, Tucson, AZ 85701", "85701"),
        ("12 Elm St\nTucson AZ 85701-1234", "85701"),
        ("PO Box 12345, Honolulu, HI 96813, USA", "96813"),
        ("00901", "00901"),
        ("12345 Elm St", None),
        ("12 Elm St, Apt 85701B", None),
        ("Flat 2, London SW1A 1AA", None),
        ("", None),
    ],
)
def test_an_address_tells_the_zip_code_that_it_ends_in(address: str, zip_code: str | None) -> None:
    assert zip_of_address(address) == zip_code


def test_where_people_keep_the_neighbours_clock_both_are_possible() -> None:
    assert place_of("36867", NEW_YORKER).zones == ("America/Chicago", "America/New_York")


def test_a_military_zip_code_means_the_clock_of_its_country() -> None:
    assert "Europe/Berlin" in place_of("09096", NEW_YORKER).zones
    assert place_of("96205", NEW_YORKER).zones == ("Asia/Seoul",)


@pytest.mark.parametrize("zip_code", [None, "", "abc", "00000", "99999", "123456", "１０００１", "85001x"])
def test_without_a_usable_zip_code_the_area_code_decides(zip_code: str | None) -> None:
    assert place_of(zip_code, NEW_YORKER) == Place(("America/New_York",), "NY", "area_code")


@pytest.mark.parametrize(
    ("number", "state", "zones"),
    [
        ("+14805550100", "AZ", ("America/Phoenix",)),
        ("+18505550100", "FL", ("America/Chicago", "America/New_York")),  # the panhandle of Florida
        ("+19065550100", "MI", ("America/Chicago", "America/New_York")),  # Upper Peninsula
        ("+12705550100", "KY", ("America/Chicago", "America/New_York")),  # western Kentucky
        ("+15745550100", "IN", ("America/Chicago", "America/New_York")),  # northern Indiana
        ("+16055550100", "SD", ("America/Chicago", "America/Denver")),  # South Dakota
        ("+12085550100", "ID", ("America/Denver", "America/Los_Angeles")),  # Idaho
        ("+19075550100", "AK", ("America/Adak", "America/Anchorage")),
        ("+18085550100", "HI", ("Pacific/Honolulu",)),
        ("+17875550100", "PR", ("America/Puerto_Rico",)),
        ("+16715550100", "GU", ("Pacific/Guam",)),
        ("+14165550100", None, ("America/Toronto",)),
        ("+442079460000", None, ("Europe/London",)),
    ],
)
def test_an_area_code_means_every_zone_it_reaches(
    number: str, state: str | None, zones: tuple[str, ...]
) -> None:
    assert place_of(None, number) == Place(zones, state, "area_code")


@pytest.mark.parametrize("number", ["+18005550100", "+15005550006", "+19995550100", "729725", "", "hello"])
def test_a_number_that_tells_nothing_may_be_anywhere(number: str) -> None:
    assert place_of(None, number) == UNKNOWN


@given(st.text(max_size=12), st.text(alphabet="+0123456789 -", max_size=16))
def test_nothing_that_is_typed_raises(zip_code: str, number: str) -> None:
    place = place_of(zip_code, number)
    assert place.zones
    assert Place.from_key(place.key) == place


@given(st.integers(min_value=2_000_000_000, max_value=9_999_999_999))
def test_every_north_american_number_has_zones_that_exist_and_a_key_that_leads_back(number: int) -> None:
    place = place_of(None, f"+1{number}")
    assert set(place.zones) <= EXISTING
    assert Place.from_key(place.key) == place


@given(st.text(max_size=40))
def test_a_key_that_cannot_be_read_means_anywhere_rather_than_an_error(key: str) -> None:
    assert Place.from_key(key).zones


def test_the_keys_are_what_is_stored() -> None:
    assert place_of("85001", "").key == "AZ/America/Phoenix"
    assert place_of(None, "+18505550100").key == "FL?/America/Chicago|America/New_York"
    assert place_of(None, "+18505550100", told="85001").key == "AZ~/America/Phoenix"
    assert place_of(None, "+442079460000").key == "/Europe/London"
    old = Place.from_key("/America/Chicago")  # as area codes were stored before their states were
    assert (old.state, old.evidence) == (None, "area_code")
    assert Place.from_key("") == UNKNOWN
    assert Place.from_key("XX/Mars/Olympus_Mons") == UNKNOWN
    assert Place.from_key(UNKNOWN.key) == UNKNOWN


def test_every_zip_code_with_a_place_has_a_key_that_leads_back_and_few_keys_exist() -> None:
    keys = Counter()
    for zip_code, place in zip_places():
        assert five_digits(zip_code) == zip_code
        keys[place.key] += 1
    assert keys.total() > 42_000
    assert len(keys) < 200
    assert all(Place.from_key(key).key == key for key in keys)


def test_zones_that_stand_for_others_show_the_same_time_every_hour_for_years() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 5 * 8766, 3)]
    for zone, other in STANDS_FOR.items():
        here, there = ZoneInfo(zone), ZoneInfo(other)
        assert all(
            here.utcoffset(m.astimezone(here)) == there.utcoffset(m.astimezone(there)) for m in moments
        )


def test_the_corrections_are_still_needed() -> None:
    for zip_code, zones in ZIP_CORRECTIONS.items():
        assert set(zones) <= EXISTING
        assert (zipcodes.matching(zip_code)[0]["timezone"],) != zones


def test_the_table_of_area_codes_is_what_the_zip_codes_say() -> None:
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for entry in zipcodes.list_all():
        zone = STANDS_FOR.get(entry["timezone"], entry["timezone"])
        if zone in EXISTING:
            for code in entry["area_codes"]:
                found[code][entry["state"], zone] += 1
    for code, seen in found.items():
        states: Counter[str] = Counter()
        for (state, _), count in seen.items():
            states[state] += count
        home = states.most_common(1)[0][0]
        known = {STANDS_FOR.get(zone, zone) for zone in place_of(None, f"+1{code}5550100").zones}
        if known & {"America/Toronto", "America/Vancouver", "America/Edmonton", "America/Regina"} or (
            known & {"America/Winnipeg", "America/Halifax"}
        ):
            continue  # Canadian codes, which border towns are listed with
        missing = {zone for (state, zone) in seen if state == home} - known
        assert not missing, (code, home, missing)
    assert all(set(zones) <= set(ANYWHERE) for zones in MORE_ZONES_OF_AREA_CODE.values())
