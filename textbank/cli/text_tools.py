"""`textbank classify` and `textbank segments`: what the rules make of a text, one JSON object a line.

Texts come as arguments, or as JSON strings, one per line, on standard input. Answers are written as they
are found, so that a million lines can be piped through.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import typer

Texts = Annotated[
    list[str] | None,
    typer.Argument(help="Texts to read. None: JSON strings, one per line, from standard input."),
]


def classify(texts: Texts = None) -> None:
    """Say what inbound texts ask for: stop, help, start, wrong_number, review or none."""
    from textbank.sms.classify import classify as classify_text

    def classified(text: str) -> dict[str, object]:
        found = classify_text(text)
        return {"text": text, "class": found.kind, "rule": found.rule}

    _answer_each(texts, classified)


def segments(texts: Texts = None) -> None:
    """Count the segments that texts are billed as, and say in which encoding they travel."""
    from textbank.sms.segments import count

    def counted(text: str) -> dict[str, object]:
        found = count(text)
        return {"text": text, "encoding": found.encoding, "segments": found.segments}

    _answer_each(texts, counted)


def _answer_each(texts: list[str] | None, answer: Callable[[str], dict[str, object]]) -> None:
    """Print an answer a text. A bad line is reported with its number, and the others still come out."""
    bad = 0
    for number, text in _lines(sys.stdin.buffer) if not texts else enumerate(texts, 1):
        if text is None:
            bad += 1
            typer.echo(f"line {number}: not a JSON string; skipped, the other lines are read", err=True)
            continue
        line = json.dumps(answer(text), ensure_ascii=False)
        # A lone surrogate is a text that JSON can carry and UTF-8 cannot: escaped, not fatal.
        typer.echo(line if line.isascii() else line.encode("utf-8", "backslashreplace").decode())
    if bad:
        raise typer.Exit(code=1)


def _lines(source: Iterable[bytes]) -> Iterator[tuple[int, str | None]]:
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)
        except ValueError:  # not JSON, or not UTF-8
            text = None
        yield number, text if isinstance(text, str) else None
