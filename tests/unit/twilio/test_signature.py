"""Only Twilio's own requests pass, whatever fields Twilio adds, and during a change of token too."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from textbank.twilio.signature import is_valid, parameters

TOKEN = "12345"
CALL = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
FIRST = "https://mycompany.com/myapp.php?foo=1&bar=2"
INBOUND = [
    ("ToCountry", "US"),
    ("SmsMessageSid", "SM00000000000000000000000000000001"),
    ("NumMedia", "0"),
    ("SmsSid", "SM00000000000000000000000000000001"),
    ("SmsStatus", "received"),
    ("Body", " Café & pizza? 👍🏽\n+1 "),
    ("To", "+15005550006"),
    ("MessageSid", "SM00000000000000000000000000000001"),
    ("From", "+14155551212"),
    ("AccountSid", "AC00000000000000000000000000000001"),
    ("FromCity", ""),
    ("ApiVersion", "2010-04-01"),
]
VECTORS = [
    (FIRST, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    (FIRST, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("http://mycompany.com:80/myapp.php?foo=1&bar=2", CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ("http://mycompany.com/myapp.php?foo=1&bar=2", CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("https://mycompany.com:1234/myapp.php?foo=1&bar=2", CALL, "CYn1h0gLBdNxDGkKJg6hYohgeD8="),
    ("https://mycompany.com:1234/myapp.php?foo=1&bar=2", CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("http://mycompany.com/myapp.php?foo=1&bar=2", CALL, "OyGYPqTF6ztdbRNCvuQO/oPvqQ4="),
    (
        FIRST,
        [
            ("Sid", "CA123"),
            ("SidAccount", "AC123"),
            ("Digits", "5678"),
            ("Digits", "1234"),
            ("Digits", "1234"),
        ],
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
    (
        "https://example.com/myapp.php?foo=1&bar=2",
        [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ],
        "L/OH5YylLD5NRKLltdqwSvS0BnU=",
    ),
    ("https://example.org/webhooks/twilio/inbound?org=7", INBOUND, "fR0xLDGgM76Bg6hORr0WFy+IzYU="),
]


@pytest.mark.parametrize(("url", "fields", "signature"), VECTORS)
def test_what_twilio_signed_is_valid(url: str, fields: list[tuple[str, str]], signature: str) -> None:
    body = urlencode(fields).encode()
    assert is_valid(url, parameters(body), signature, [TOKEN])
    assert not is_valid(url, parameters(body), signature, ["another"])
    assert not is_valid(url, parameters(body + b"&New=1"), signature, [TOKEN])


def test_a_json_body_is_vouched_for_by_its_hash() -> None:
    url = f"{FIRST}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    signature = "a9nBmqA0ju/hNViExpshrM61xv4="
    assert is_valid(url, '{"property": "value", "boolean": true}', signature, [TOKEN])
    assert not is_valid(url, '{"property": "value", "boolean": false}', signature, [TOKEN])


def test_a_json_body_without_a_hash_is_refused() -> None:
    unsigned_body = RequestValidator(TOKEN).compute_signature(FIRST, {})
    assert not is_valid(FIRST, "{}", unsigned_body, [TOKEN])


def test_the_token_before_still_counts_and_an_empty_one_never() -> None:
    signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_valid(FIRST, MultiDict(CALL), signature, ["new", TOKEN])
    unset = RequestValidator("").compute_signature(FIRST, MultiDict(CALL))
    assert not is_valid(FIRST, MultiDict(CALL), unset, ["new", ""])
    assert not is_valid(FIRST, MultiDict(CALL), signature, [])


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.text(max_size=12)).map(
            lambda pair: tuple(part.encode("utf-8", "replace").decode() for part in pair)
        ),
        max_size=12,
    )
)
def test_every_form_survives_the_way_through_a_body(fields: list[tuple[str, str]]) -> None:
    signature = RequestValidator(TOKEN).compute_signature(FIRST, MultiDict(fields))
    assert is_valid(FIRST, parameters(urlencode(fields).encode()), signature, [TOKEN])


@given(st.binary(max_size=200), st.text(max_size=40))
def test_garbage_is_refused_and_breaks_nothing(body: bytes, signature: str) -> None:
    assert not is_valid(FIRST, parameters(body), signature, [TOKEN])


def test_a_body_of_endless_fields_is_not_read() -> None:
    with pytest.raises(ValueError, match="fields"):
        parameters(b"a=1&" * 2000)
