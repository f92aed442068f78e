"""Check the part of the chain that one number's events are: every link by itself, and the words in it.

A link is right if its head follows from the head before it and from the event; the words are right if they
give the digest that the head covers. That the chain is whole from its first link, `verify` says.
"""

from collections.abc import Sequence
from typing import Any

from textbank.consent.ledger import digest_of
from textbank.consent.seal import GENESIS, next_head


def faults_of_links(rows: Sequence[Any]) -> list[tuple[int, str]]:
    """What is wrong, by event. Rows have id, recipient_id, kind, recorded_at, digest, position, head,
    before (the head of the link before it), salt and payload."""
    faults: list[tuple[int, str]] = []
    for row in rows:
        if row.position is not None:
            before = GENESIS if row.position == 1 else row.before
            said = (row.id, row.recipient_id, row.kind, row.recorded_at, row.digest)
            if before is None or next_head(before, row.position, *said) != row.head:
                faults.append((row.id, "the link does not follow from the one before it"))
        if row.payload is not None and digest_of(row.salt, row.payload) != row.digest:
            faults.append((row.id, "the words are not the ones that were recorded"))
    return faults
