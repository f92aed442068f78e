"""How close two words are."""

from hypothesis import given
from hypothesis import strategies as st

from textbank.keywords.match import is_one_slip, near, normal_word

WORD = st.text(alphabet="ABCDE", min_size=1, max_size=8)


def distance(one: str, other: str) -> int:
    """Edits and swaps of neighbours, by the textbook table."""
    table = {(i, -1): i + 1 for i in range(-1, len(one))} | {(-1, j): j + 1 for j in range(-1, len(other))}
    for i in range(len(one)):
        for j in range(len(other)):
            same = int(one[i] != other[j])
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + same)
            if i and j and one[i] == other[j - 1] and one[i - 1] == other[j]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one) - 1, len(other) - 1]


@given(WORD, WORD)
def test_one_slip_is_what_the_textbook_says(one: str, other: str) -> None:
    if one != other:
        assert is_one_slip(one, other) == (distance(one, other) == 1)


@given(WORD, st.lists(WORD, max_size=5))
def test_a_word_is_never_near_itself(word: str, others: list[str]) -> None:
    assert word not in near(word, [*others, word])


@given(st.text(max_size=30))
def test_the_normal_form_of_a_normal_form_is_itself(word: str) -> None:
    assert normal_word(normal_word(word)) == normal_word(word)
