"""A phone's camera held before a page: what a decoder that others wrote reads in a screenshot."""

import struct
import zlib

import zxingcpp

_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def read_codes(png: bytes) -> list[str]:
    """The words of all codes in the picture."""
    width, height, grey = grey_of(png)
    picture = memoryview(grey).cast("B", shape=[height, width])
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def grey_of(png: bytes) -> tuple[int, int, bytes]:
    """The pixels of a PNG by their green, which is enough for black and white."""
    parts, at = [], 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        parts.append((kind, png[at + 8 : at + 8 + length]))
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", dict(parts)[b"IHDR"][:10])
    assert depth == 8
    step = _CHANNELS[colour]
    rows = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    above, grey = bytes(width * step), bytearray()
    for row in range(height):
        start = row * (width * step + 1)
        above = _unfiltered(rows[start], rows[start + 1 : start + 1 + width * step], above, step)
        grey += above[min(1, step - 1) :: step]
    return width, height, bytes(grey)


def _unfiltered(kind: int, row: bytes, above: bytes, step: int) -> bytes:
    """PNG (ISO/IEC 15948), section 9.2."""
    made = bytearray(row)
    for i, value in enumerate(row):
        left, up = (made[i - step] if i >= step else 0), above[i]
        corner = above[i - step] if i >= step else 0
        if kind == 4:
            guess = left + up - corner
            near = min((left, up, corner), key=lambda one: abs(guess - one))
        else:
            near = (0, left, up, (left + up) // 2)[kind]
        made[i] = (value + near) & 255
    return bytes(made)
