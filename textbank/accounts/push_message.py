"""Web push: one message sealed for one browser (RFC 8291), and a letter that says who sends it (RFC 8292).

Pure. The push service in between can read neither. Written here because every library that is kept brings an
HTTP client of its own, past our rule of public addresses (docs/decisions/0028).
"""

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RECORD_SIZE: Final = 4096
_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16
_LETTER_LASTS: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where one browser is reached, and what only it can open."""

    endpoint: str
    p256dh: bytes
    auth: bytes


def key_of(secret: str) -> ec.EllipticCurvePrivateKey:
    """The installation's key, made from its own secret (64 hex digits): nothing of it is ever stored."""
    return ec.derive_private_key(int(secret, 16) % (_ORDER - 1) + 1, CURVE)


def public_key_of(key: ec.EllipticCurvePrivateKey) -> str:
    """What browsers are told: only messages signed with this key are for them."""
    return unpadded(_point(key))


def unpadded(raw: bytes) -> str:
    """Base64 as in URLs, without its padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_unpadded(text: str) -> bytes:
    """Back again. Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def are_keys(p256dh: bytes, auth: bytes) -> bool:
    """Whether a browser's keys can be used: a point of the curve, and 16 bytes."""
    if len(p256dh) != _POINT_BYTES or len(auth) != _AUTH_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    except ValueError:
        return False
    return True


def seal(
    message: bytes,
    browser: Browser,
    *,
    salt: bytes | None = None,
    once: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of the request: `aes128gcm` in one record. `salt` and `once` are fresh but in a test."""
    salt = salt or os.urandom(16)
    once = once or ec.generate_private_key(CURVE)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.p256dh)
    ours = _point(once)
    shared = once.exchange(ec.ECDH(), theirs)
    secret = _derive(shared, browser.auth, b"WebPush: info\0" + browser.p256dh + ours, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    # The byte 2 ends the last record.
    sealed = AESGCM(key).encrypt(nonce, message + b"\x02", None)
    return salt + struct.pack("!IB", _RECORD_SIZE, len(ours)) + ours + sealed


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, *, contact: str, now: datetime) -> str:
    """The `Authorization` header for one push service: it can tell who we are, and nobody else can be us."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _LETTER_LASTS).timestamp()),
        "sub": contact,
    }
    letter = ".".join(
        unpadded(json.dumps(each).encode()) for each in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    r, s = decode_dss_signature(key.sign(letter.encode(), ec.ECDSA(hashes.SHA256())))
    signature = unpadded(r.to_bytes(32) + s.to_bytes(32))
    return f"vapid t={letter}.{signature}, k={public_key_of(key)}"


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
