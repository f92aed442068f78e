"""QR codes (ISO/IEC 18004) as SVG: bytes, error correction level M, versions 1 to 9, which hold 180 bytes.

That is all that a link or a keyword on a poster needs, so no library is: see docs/decisions/0020. A test
reads what is made here back with a decoder of its own.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from textbank.errors import InvalidInput

# By version: codewords of error correction in a block, and the data codewords of each block.
_BLOCKS: Final[dict[int, tuple[int, tuple[int, ...]]]] = {
    1: (10, (16,)),
    2: (16, (28,)),
    3: (26, (44,)),
    4: (18, (32,) * 2),
    5: (24, (43,) * 2),
    6: (16, (27,) * 4),
    7: (18, (31,) * 4),
    8: (22, (38, 38, 39, 39)),
    9: (22, (36, 36, 36, 37, 37)),
}
_ALIGNED: Final[dict[int, tuple[int, ...]]] = {
    1: (), 2: (6, 18), 3: (6, 22), 4: (6, 26), 5: (6, 30), 6: (6, 34), 7: (6, 22, 38), 8: (6, 24, 42),
    9: (6, 26, 46),
}  # fmt: skip
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda x, y: (x + y) % 2 == 0,
    lambda _, y: y % 2 == 0,
    lambda x, _: x % 3 == 0,
    lambda x, y: (x + y) % 3 == 0,
    lambda x, y: (x // 3 + y // 2) % 2 == 0,
    lambda x, y: x * y % 2 + x * y % 3 == 0,
    lambda x, y: (x * y % 2 + x * y % 3) % 2 == 0,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2 == 0,
)
_QUIET: Final = 4
_FORMAT_MASK: Final = 0x5412
_FINDER_LIKE: Final = ((1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0), (0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1))

Matrix = list[list[bool]]
"""Rows from the top, dark modules true."""


@lru_cache(maxsize=256)
def qr_svg(text: str, label: str) -> Markup:
    """A picture, dark on white whatever the page's colours are, with its quiet zone. `label`: for ears."""
    matrix = encode(text)
    size = len(matrix) + 2 * _QUIET
    path = "".join(
        f"M{x + _QUIET} {y + _QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for x, length in _runs(row)
    )
    return Markup(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>'
    ).format(escape(label), size, size, size, size, path)


def encode(text: str) -> Matrix:
    """The code's modules. Raises InvalidInput for more than it holds."""
    data = text.encode()
    version = next((v for v, (_, blocks) in _BLOCKS.items() if len(data) + 2 <= sum(blocks)), None)
    if version is None:
        raise InvalidInput("This is too long for a code on paper: 180 bytes at most. Nothing was made.")
    fixed = _fixed(version)
    bits = [bit for word in _codewords(data, version) for bit in _bits(word, 8)]
    made = [_masked(version, fixed, bits, mask) for mask in range(len(_MASKS))]
    return min(made, key=_penalty)


def error_correction(data: list[int], count: int) -> list[int]:
    """The Reed-Solomon codewords of a block: the remainder of its polynomial in GF(256)."""
    divisor = [0] * (count - 1) + [1]
    root = 1
    for _ in range(count):
        for i in range(count):
            divisor[i] = _times(divisor[i], root) ^ (divisor[i + 1] if i + 1 < count else 0)
        root = _times(root, 2)
    rest = [0] * count
    for word in data:
        factor = word ^ rest.pop(0)
        rest.append(0)
        for i, each in enumerate(divisor):
            rest[i] ^= _times(each, factor)
    return rest


def _times(a: int, b: int) -> int:
    product = 0
    for i in range(7, -1, -1):
        product = (product << 1) ^ (product >> 7) * 0x11D
        product ^= (b >> i & 1) * a
    return product


def _codewords(data: bytes, version: int) -> Iterator[int]:
    count, blocks = _BLOCKS[version]
    bits = [0, 1, 0, 0, *_bits(len(data), 8)] + [bit for byte in data for bit in _bits(byte, 8)] + [0] * 4
    words = [int("".join(map(str, bits[i : i + 8])), 2) for i in range(0, len(bits), 8)]
    words += [(0xEC, 0x11)[i % 2] for i in range(sum(blocks) - len(words))]
    parts, at = [], 0
    for length in blocks:
        parts.append(words[at : at + length])
        at += length
    corrections = [error_correction(part, count) for part in parts]
    for i in range(max(blocks)):
        yield from (part[i] for part in parts if i < len(part))
    for i in range(count):
        yield from (correction[i] for correction in corrections)


def _fixed(version: int) -> dict[tuple[int, int], bool]:
    """Finders, timing, alignment, version and the place of the format: (x, y) → dark."""
    size = 4 * version + 17
    fixed = {(i, 6): i % 2 == 0 for i in range(size)} | {(6, i): i % 2 == 0 for i in range(size)}
    for corner in ((3, 3), (size - 4, 3), (3, size - 4)):
        fixed |= _square(corner, 4, light=(2, 4), size=size)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for centre in {(a, b) for a in _ALIGNED[version] for b in _ALIGNED[version]} - corners:
        fixed |= _square(centre, 2, light=(1,), size=size)
    fixed |= dict.fromkeys(((x, y) for x, y, _ in _format_places(size)), False)
    fixed[8, size - 8] = True
    if version >= 7:
        code = version << 12 | _remainder(version, 12, 0x1F25)
        for i in range(18):
            a, b = size - 11 + i % 3, i // 3
            fixed[a, b] = fixed[b, a] = bool(code >> i & 1)
    return fixed


def _square(
    centre: tuple[int, int], reach: int, *, light: tuple[int, ...], size: int
) -> dict[tuple[int, int], bool]:
    """Rings around a centre, as far as they lie within the code."""
    return {
        (centre[0] + dx, centre[1] + dy): max(abs(dx), abs(dy)) not in light
        for dx in range(-reach, reach + 1)
        for dy in range(-reach, reach + 1)
        if 0 <= centre[0] + dx < size and 0 <= centre[1] + dy < size
    }


def _format_places(size: int) -> list[tuple[int, int, int]]:
    """Where each bit of the format stands, twice: (x, y, bit)."""
    first = [(8, i, i) for i in range(6)] + [(8, 7, 6), (8, 8, 7), (7, 8, 8)]
    first += [(14 - i, 8, i) for i in range(9, 15)]
    return first + [(size - 1 - i, 8, i) for i in range(8)] + [(8, size - 15 + i, i) for i in range(8, 15)]


def _masked(version: int, fixed: dict[tuple[int, int], bool], bits: list[int], mask: int) -> Matrix:
    size = 4 * version + 17
    matrix = [[fixed.get((x, y), False) for x in range(size)] for y in range(size)]
    left = iter(bits)
    for x, y in _zigzag(size):
        if (x, y) not in fixed:
            matrix[y][x] = bool(next(left, 0)) ^ _MASKS[mask](x, y)
    # Level M is 00, so the format's data is the mask alone.
    code = (mask << 10 | _remainder(mask, 10, 0x537)) ^ _FORMAT_MASK
    for x, y, bit in _format_places(size):
        matrix[y][x] = bool(code >> bit & 1)
    return matrix


def _zigzag(size: int) -> Iterator[tuple[int, int]]:
    columns = [*range(size - 1, 6, -2), 5, 3, 1]
    for turn, right in enumerate(columns):
        for i in range(size):
            for x in (right, right - 1):
                yield x, (size - 1 - i if turn % 2 == 0 else i)


def _remainder(value: int, length: int, generator: int) -> int:
    rest = value
    for _ in range(length):
        rest = (rest << 1) ^ (rest >> (length - 1)) * generator
    return rest


def _penalty(matrix: Matrix) -> int:
    size = len(matrix)
    lines = [*matrix, *map(list, zip(*matrix, strict=True))]
    points = sum(length - 2 for line in lines for length in _lengths(line) if length >= 5)
    for y in range(size - 1):
        for x in range(size - 1):
            square = {matrix[y][x], matrix[y][x + 1], matrix[y + 1][x], matrix[y + 1][x + 1]}
            points += 3 * (len(square) == 1)
    for line in lines:
        points += 40 * sum(tuple(line[i : i + 11]) in _FINDER_LIKE for i in range(size - 10))
    dark = sum(map(sum, matrix)) * 100 / size**2
    return points + 10 * int(abs(dark - 50) / 5)


def _lengths(line: list[bool]) -> Iterator[int]:
    start = 0
    for i in range(1, len(line) + 1):
        if i == len(line) or line[i] != line[start]:
            yield i - start
            start = i


def _runs(row: list[bool]) -> Iterator[tuple[int, int]]:
    at = 0
    for length in _lengths(row):
        if row[at]:
            yield at, length
        at += length


def _bits(value: int, count: int) -> list[int]:
    return [value >> i & 1 for i in range(count - 1, -1, -1)]
