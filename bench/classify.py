"""How long it takes to understand a text, over texts that nobody had seen when the rules were written."""

import json
import time
from pathlib import Path

from bench.figures import tell
from textbank.sms.classify import classify

_TEXTS = Path("tests/unit/sms")
_ROUNDS = 5


async def main() -> None:
    """One figure for each kind of text: ordinary ones, and those that ask for something."""
    for kind, file in (("ordinary", "unseen_ordinary.json"), ("labelled", "unseen_labelled.json")):
        rows = json.loads((_TEXTS / file).read_text())
        texts = [row if isinstance(row, str) else row["text"] for row in rows]
        started = time.thread_time()
        for _ in range(_ROUNDS):
            for text in texts:
                classify(text)
        each = (time.thread_time() - started) / _ROUNDS / len(texts)
        tell("classify_us", each * 1e6, "µs", texts=kind, count=len(texts))
