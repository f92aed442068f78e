"""A reader of QR codes that shares nothing with what makes them but the standard (ISO/IEC 18004)."""

import re

Matrix = list[list[bool]]

# ISO/IEC 18004, tables 9 and E.1, level M: blocks as (count, codewords, data codewords), alignment centres.
TABLE = {
    21: ([(1, 26, 16)], []), 25: ([(1, 44, 28)], [6, 18]), 29: ([(1, 70, 44)], [6, 22]),
    33: ([(2, 50, 32)], [6, 26]), 37: ([(2, 67, 43)], [6, 30]), 41: ([(4, 43, 27)], [6, 34]),
    45: ([(4, 49, 31)], [6, 22, 38]), 49: ([(2, 60, 38), (2, 61, 39)], [6, 24, 42]),
    53: ([(3, 58, 36), (2, 59, 37)], [6, 26, 46]),
}  # fmt: skip
# Table C.1: the fifteen bits for level M and each mask.
FORMATS = {
    "101010000010010": 0, "101000100100101": 1, "101111001111100": 2, "101101101001011": 3,
    "100010111111001": 4, "100000011001110": 5, "100111110010111": 6, "100101010100000": 7,
}  # fmt: skip
MASKS = [
    "(i + j) % 2 == 0", "i % 2 == 0", "j % 3 == 0", "(i + j) % 3 == 0", "(i // 2 + j // 3) % 2 == 0",
    "(i * j) % 2 + (i * j) % 3 == 0", "((i * j) % 2 + (i * j) % 3) % 2 == 0",
    "((i + j) % 2 + (i * j) % 3) % 2 == 0",
]  # fmt: skip
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def decoded(matrix: Matrix) -> str:
    """Rows are i and columns j, as in the standard."""
    bit = [[int(module) for module in row] for row in matrix]
    mask = mask_of(bit)
    words = words_of(bit, mask, taken_by(bit))
    lengths = [(total, data) for count, total, data in TABLE[len(bit)][0] for _ in range(count)]
    parts: list[list[int]] = [[] for _ in lengths]
    for place in range(max(data for _, data in lengths)):
        for part, (_, data) in zip(parts, lengths, strict=True):
            part.extend([words.pop(0)] if place < data else [])
    for _ in range(lengths[0][0] - lengths[0][1]):
        for part in parts:
            part.append(words.pop(0))
    for part, (total, data) in zip(parts, lengths, strict=True):
        assert len(part) == total
        assert not any(syndromes(part, total - data)), "the error correction does not fit the data"
    said = "".join(
        f"{word:08b}" for part, (_, data) in zip(parts, lengths, strict=True) for word in part[:data]
    )
    assert said[:4] == "0100"
    length = int(said[4:12], 2)
    return bytes(int(said[12 + 8 * k : 20 + 8 * k], 2) for k in range(length)).decode()


def mask_of(bit: list[list[int]]) -> str:
    """What both copies of the format say; finders and timing are looked at on the way."""
    n = len(bit)
    for top, left in ((0, 0), (0, n - 7), (n - 7, 0)):
        assert ["".join(map(str, bit[top + i][left : left + 7])) for i in range(7)] == FINDER
    assert all(bit[6][k] == bit[k][6] == (k + 1) % 2 for k in range(8, n - 8)), "timing"
    along = [bit[8][j] for j in (0, 1, 2, 3, 4, 5, 7, 8)] + [bit[i][8] for i in (7, 5, 4, 3, 2, 1, 0)]
    apart = [bit[i][8] for i in range(n - 1, n - 8, -1)] + [bit[8][j] for j in range(n - 8, n)]
    assert along == apart
    assert bit[n - 8][8] == 1, "the module that is always dark"
    return MASKS[FORMATS["".join(map(str, along))]]


def taken_by(bit: list[list[int]]) -> set[tuple[int, int]]:
    """Where no data stand."""
    n, centres = len(bit), TABLE[len(bit)][1]
    taken = {(i, j) for i in range(9) for j in range(9)}
    taken |= {(i, j) for i in range(9) for j in range(n - 8, n)}
    taken |= {(i, j) for i in range(n - 8, n) for j in range(9)}
    taken |= {(6, k) for k in range(n)} | {(k, 6) for k in range(n)}
    for a, b in {(a, b) for a in centres for b in centres} - {(6, 6), (6, n - 7), (n - 7, 6)}:
        taken |= {(a + i, b + j) for i in range(-2, 3) for j in range(-2, 3)}
        assert (bit[a][b], bit[a - 1][b]) == (1, 0)
    if n >= 45:
        taken |= {(i, j) for i in range(6) for j in range(n - 11, n - 8)}
        taken |= {(j, i) for i in range(6) for j in range(n - 11, n - 8)}
    return taken


def words_of(bit: list[list[int]], mask: str, taken: set[tuple[int, int]]) -> list[int]:
    """Upwards and downwards in pairs of columns from the right, the mask taken off."""
    stream: list[int] = []
    rows, right = list(range(len(bit) - 1, -1, -1)), len(bit) - 1
    while right > 0:
        right -= right == 6
        for i in rows:
            for j in (right, right - 1):
                if (i, j) not in taken:
                    stream.append(bit[i][j] ^ int(eval(mask, {}, {"i": i, "j": j})))  # noqa: S307
        rows.reverse()
        right -= 2
    return [int("".join(map(str, stream[k : k + 8])), 2) for k in range(0, len(stream) // 8 * 8, 8)]


def syndromes(part: list[int], count: int) -> list[int]:
    powers = [1]
    while len(powers) < 255:
        doubled = powers[-1] * 2
        powers.append(doubled ^ 0x11D if doubled > 255 else doubled)
    logs = {value: exponent for exponent, value in enumerate(powers)}
    found = []
    for root in range(count):
        total = 0
        for place, word in enumerate(reversed(part)):
            if word:
                total ^= powers[(logs[word] + root * place) % 255]
        found.append(total)
    return found


def read_picture(html: str) -> list[str]:
    """What the codes in a page say, from the shapes that are drawn."""
    found = []
    for size, path in re.findall(r'viewBox="0 0 (\d+) \d+".*?fill="#000" d="([^"]+)"', html):
        inner = int(size) - 8
        matrix = [[False] * inner for _ in range(inner)]
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
            for step in range(int(length)):
                matrix[int(y) - 4][int(x) - 4 + step] = True
        found.append(decoded(matrix))
    return found
