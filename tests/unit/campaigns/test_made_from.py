"""A listed text is recognized as one of a campaign's, whatever stood in for its fields."""

import pytest

from textbank.campaigns.made_from import made_from

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
