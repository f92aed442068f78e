"""A listed text is recognized as one of a campaign's, whatever stood in for its fields."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.campaigns.made_from import made_from
from textbank.campaigns.words import LONGEST

SCRIPT = "Hi {first_name|friend}, can you come on Saturday? More: https://x.example/{zip_code|all}"


@pytest.mark.parametrize(
    "listed",
    [
        "Hi Ann, can you come on Saturday? More: https://x.example/85001",
        "Hi friend, can you come on Saturday? More: https://x.example/all",
        "Riverside: Hi Ann, can you come on Saturday? More: https://t.co/aB3 Reply STOP to opt out.",
        "Hi  Zoë , can you come on Saturday? More:",
    ],
)
def test_a_text_of_the_script_is_recognized(listed: str) -> None:
    assert made_from(SCRIPT, listed)


@pytest.mark.parametrize("listed", ["See you on Saturday!", "Hi Ann, can you call me?", ""])
def test_another_text_is_not(listed: str) -> None:
    assert not made_from(SCRIPT, listed)


def test_plain_braces_and_a_question_mark_alone_between_fields_do_not_hinder() -> None:
    assert made_from("{first_name|you}? {{urgent}}", "Ann? {urgent}")


@given(st.lists(st.text("ab", max_size=4), min_size=1, max_size=11), st.text("abc", max_size=40))
def test_the_plain_parts_follow_each_other_with_anything_between(parts: list[str], listed: str) -> None:
    expected = re.search(".*".join(parts), listed) is not None
    assert made_from("{first_name|you}".join(parts), listed) == expected


@pytest.mark.parametrize("part", ["", " ", "a", "come on", "a a a a a a a a a a a a a a a a a a a"])
@pytest.mark.parametrize("word", ["a ", "come on ", "b"])
@pytest.mark.timeout(20)
def test_the_longest_text_with_ten_fields_and_another_end_is_told_apart_at_once(part: str, word: str) -> None:
    script = f"{part}{{zip_code|all}}" * 10 + "YES."
    assert len(script) <= LONGEST
    assert not made_from(script, f"{part} {word * 1_600}"[:1_600])


@pytest.mark.timeout(20)
def test_an_ordinary_text_with_the_same_start_and_another_end_is_told_apart_at_once() -> None:
    script = (
        "Hi {first_name|friend}, this is {texter} from {organization}. "
        "Can you join us in {city|town} on {day|Monday}? Reply YES."
    )
    listed = (
        "Hi Ana, this is Bo from Riverside Tenants Union. Can you join us in Springfield on Saturday? "
        "Answer yes or no, and tell us how many people you will bring along please!"
    )
    assert not made_from(script, listed)
