"""A push message is sealed as RFC 8291 says, with its own example, and signed as RFC 8292 says."""

import json
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from textbank.accounts.push_message import (
    CURVE,
    Browser,
    are_keys,
    authorization,
    from_unpadded,
    key_of,
    public_key_of,
    seal,
)

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
ONCE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PB"
    "ru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_to_the_byte() -> None:
    once = ec.derive_private_key(int.from_bytes(from_unpadded(ONCE)), CURVE)
    browser = Browser("https://push.example.net/x", from_unpadded(P256DH), from_unpadded(AUTH))
    assert seal(PLAIN, browser, salt=from_unpadded(SALT), once=once) == from_unpadded(SEALED)
    assert seal(PLAIN, browser) != seal(PLAIN, browser)


def test_the_letter_names_the_push_service_and_bears_our_signature() -> None:
    key, now = key_of("ab" * 32), datetime(2027, 3, 1, 12, tzinfo=UTC)
    header = authorization(
        key, "https://push.example.net:8443/a/b?c", contact="https://texts.example.org", now=now
    )
    scheme, t, k = header.replace(",", "").split(" ")
    letter, _, signature = t.removeprefix("t=").rpartition(".")
    assert scheme == "vapid"
    assert k.removeprefix("k=") == public_key_of(key)
    head, claims = (json.loads(from_unpadded(part)) for part in letter.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == "https://push.example.net:8443"
    assert claims["sub"] == "https://texts.example.org"
    assert 0 < claims["exp"] - now.timestamp() <= 24 * 3600
    raw = from_unpadded(signature)
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    key.public_key().verify(encode_dss_signature(r, s), letter.encode(), ec.ECDSA(hashes.SHA256()))


def test_one_secret_makes_one_key_and_another_one_another() -> None:
    assert public_key_of(key_of("ab" * 32)) == public_key_of(key_of("ab" * 32))
    assert public_key_of(key_of("ab" * 32)) != public_key_of(key_of("cd" * 32))
    assert public_key_of(key_of("00" * 32))


def test_what_is_no_key_is_known_before_it_is_used() -> None:
    p256dh, auth = from_unpadded(P256DH), from_unpadded(AUTH)
    assert are_keys(p256dh, auth)
    assert not are_keys(p256dh[:-1], auth)
    assert not are_keys(b"\x04" + b"\x01" * 64, auth)
    assert not are_keys(p256dh, auth + b"x")
