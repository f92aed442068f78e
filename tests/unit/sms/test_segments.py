"""Segments are money and pace: counted as the carrier counts them."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.sms import segments
from textbank.sms.segments import Segments, count, smart_encode

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "segment_vectors.json").read_text())[
    "vectors"
]
# How many spaces Twilio makes of a tab or a no-break space is not documented: not pinned.
UNDOCUMENTED = {"smart: nbsp + zwsp + narrow nbsp", "smart: tab"}
PLAIN = [vector for vector in VECTORS if not vector["smart_encoding"]]
SMART = [vector for vector in VECTORS if vector["smart_encoding"] and vector["name"] not in UNDOCUMENTED]


@pytest.mark.parametrize("vector", PLAIN, ids=lambda vector: vector["name"])
def test_a_text_is_counted_as_twilios_calculator_counts_it(vector: dict[str, Any]) -> None:
    assert count(vector["text"]) == Segments(
        vector["encoding"], vector["segments"], tuple(vector["units_per_segment"])
    )


@pytest.mark.parametrize("vector", SMART, ids=lambda vector: vector["name"])
def test_smart_encoding_replaces_what_twilio_replaces(vector: dict[str, Any]) -> None:
    encoded = smart_encode(vector["text"])
    assert encoded == vector["text_after_smart_encoding"]
    assert count(encoded) == Segments(
        vector["encoding"], vector["segments"], tuple(vector["units_per_segment"])
    )


@pytest.mark.parametrize("text", ["a\u00a0b", "a\tb", "a\u202fb", "a\u2003b"])
def test_odd_spaces_become_one_plain_space(text: str) -> None:
    assert smart_encode(text) == "a b"


@given(st.text(max_size=400))
def test_smart_encoding_twice_is_smart_encoding_once(text: str) -> None:
    assert smart_encode(smart_encode(text)) == smart_encode(text)


@given(st.text(alphabet=st.sampled_from("ab €[]é👍🇺🇸👨‍👩‍👧\u0301í\r\n"), max_size=500))
def test_no_unit_is_lost_and_no_segment_overflows(text: str) -> None:
    counted = count(text)
    whole = len(text.encode("utf-16-le")) // 2
    if counted.encoding == "GSM-7":
        whole = len(text) + sum(character in "^{}\\[]~|€\f" for character in text)
    largest = {("GSM-7", True): 160, ("GSM-7", False): 153, ("UCS-2", True): 70, ("UCS-2", False): 67}
    assert sum(counted.units_per_segment) == whole
    assert len(counted.units_per_segment) == counted.segments
    assert max(counted.units_per_segment) <= largest[counted.encoding, counted.segments == 1]
    assert counted.segments == 1 or all(counted.units_per_segment)


@given(st.text(alphabet=st.sampled_from("ab €é👍í"), max_size=300), st.text(max_size=20))
def test_a_longer_text_never_costs_less(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments


def test_the_gsm_alphabet_is_whole() -> None:
    assert len(set(segments._BASIC)) == 127, "128 places, of which one is the escape"
    assert len(set(segments._EXTENSION)) == 10


@given(st.text(alphabet=st.sampled_from("aáÁ’—…中€"), max_size=300))
def test_the_shorter_road_for_accents_gives_the_same_cuts(text: str) -> None:
    if count(text).encoding == "UCS-2":
        slow = segments._packed(segments._cluster_units(text), len(text), single=70, part=67)
        assert count(text).units_per_segment == slow


def test_a_pile_of_accents_longer_than_a_segment_is_divided() -> None:
    assert count("e" + "\u0301" * 100) == Segments("UCS-2", 2, (67, 34))


def test_an_ordinary_text_is_counted_in_a_few_microseconds() -> None:
    text = "Hi Sam, it's Lee with Yes on 12! Can you make it on Saturday? Reply STOP to opt out"
    started = time.thread_time()
    for _ in range(10_000):
        count(text)
    assert time.thread_time() - started < 0.1
