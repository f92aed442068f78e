"""QR codes are read back by a decoder that shares nothing with what made them but the standard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.qr_reader import decoded, read_picture
from textbank.errors import InvalidInput
from textbank.web.qr import encode, error_correction, qr_svg


def test_the_standards_own_example_of_error_correction() -> None:
    data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17]
    assert error_correction(data, 10) == [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]


@pytest.mark.parametrize("length", [1, 14, 15, 26, 42, 62, 84, 106, 122, 152, 180])
def test_each_size_is_read_back(length: int) -> None:
    text = ("SMSTO:+14155550100:JOIN " * 8)[:length]
    assert decoded(encode(text)) == text


@given(st.text(max_size=45))
def test_any_text_is_read_back(text: str) -> None:
    assert decoded(encode(text)) == text


def test_too_much_is_refused_and_the_picture_is_of_the_same_modules() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        encode("x" * 181)
    picture = str(qr_svg("SMSTO:+14155550100:JOIN", 'Code for "JOIN"'))
    assert 'aria-label="Code for &#34;JOIN&#34;"' in picture
    assert 'viewBox="0 0 33 33"' in picture
    assert read_picture(picture) == ["SMSTO:+14155550100:JOIN"]
