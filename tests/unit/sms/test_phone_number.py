"""What an importer, a form and a screen rely on about phone numbers."""

import random
import time

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from textbank.sms.phone_number import NotANumber, PhoneNumber, national, parse

USUAL = [
    "{a}{b}{c}",
    "({a}) {b}-{c}",
    "({a}){b}-{c}",
    "{a}-{b}-{c}",
    "{a}.{b}.{c}",
    "{a} {b} {c}",
    "1{a}{b}{c}",
    "1-{a}-{b}-{c}",
    "+1{a}{b}{c}",
    "+1 ({a}) {b}-{c}",
    " +1 {a} {b} {c} ",
]


@pytest.mark.parametrize("written", [form.format(a="415", b="555", c="0123") for form in USUAL])
def test_every_usual_way_of_writing_gives_the_same_number(written: str) -> None:
    assert parse(written) == PhoneNumber("+14155550123")


@given(st.integers(2_000_000_000, 9_999_999_999), st.sampled_from(USUAL))
@example(8005550123, "{a}{b}{c}")
@example(7875550123, "{a}{b}{c}")
@example(8765550123, "{a}{b}{c}")
@example(5005550006, "{a}{b}{c}")
@example(9005550006, "{a}{b}{c}")
@example(5233550006, "{a}{b}{c}")
@example(6002340006, "{a}{b}{c}")
def test_the_short_road_gives_the_librarys_own_answer(number: int, form: str) -> None:
    digits = str(number)
    written = form.format(a=digits[:3], b=digits[3:6], c=digits[6:])
    theirs = phonenumbers.parse(written, "US")
    ours = parse(written)
    assert isinstance(ours, PhoneNumber) == phonenumbers.is_valid_number(theirs)
    if isinstance(ours, PhoneNumber):
        assert ours.e164 == phonenumbers.format_number(theirs, phonenumbers.PhoneNumberFormat.E164)


def test_the_short_road_agrees_with_the_library_in_every_area_code() -> None:
    chosen = random.Random(7)
    for area in range(200, 1000):
        for _ in range(4):
            digits = f"{area}{chosen.randrange(10_000_000):07}"
            theirs = phonenumbers.is_valid_number(phonenumbers.parse(digits, "US"))
            assert isinstance(parse(digits), PhoneNumber) == theirs, digits


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("415555012", "has 9 digits, a US number has 10"),
        ("415-555-01234", "has 11 digits, a US number has 10"),
        ("7", "has 1 digit, a US number has 10"),
        ("ask Maria", "is not a phone number"),
        ("415-555-0123 x5", "has an extension (5), which cannot be texted"),
        ("415-555-O123", "has letters in it"),
        ("1-800-FLOWERS", "has letters in it"),
        ("123-456-7890", "begins with 123-456, which no number in North America does"),
        ("415-155-0123", "begins with 415-155, which no number in North America does"),
        ("+44 20 7946 99999999", "is not in use in the country with the code +44"),
    ],
)
def test_what_is_wrong_is_said_in_words(written: str, reason: str) -> None:
    assert parse(written) == NotANumber(reason)


def test_a_number_from_another_country_is_kept_with_its_code() -> None:
    assert parse("+44 20 7946 0018") == PhoneNumber("+442079460018")
    assert parse("020 7946 0018", region="GB") == PhoneNumber("+442079460018")


def test_a_spreadsheets_decimal_point_does_no_harm() -> None:
    assert parse("4155550123.0") == PhoneNumber("+14155550123")


@given(st.text(max_size=40))
def test_nothing_typed_can_break_it(written: str) -> None:
    answer = parse(written)
    if isinstance(answer, PhoneNumber):
        assert parse(answer.e164) == answer
    else:
        assert answer.reason


def test_numbers_are_shown_as_people_write_them() -> None:
    assert national("+14155550123") == "(415) 555-0123"
    assert national("+442079460018") == "+44 20 7946 0018"
    assert national("227263") == "227263"


def test_an_import_of_a_hundred_thousand_rows_is_not_held_up() -> None:
    numbers = [f"(415) 555-{n:04}" for n in range(10_000)]
    started = time.thread_time()
    for number in numbers:
        parse(number)
    assert time.thread_time() - started < 0.2, "2 s for 100,000, with room for a busy machine"
