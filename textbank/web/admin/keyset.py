"""Where a page of a list begins, as it stands in an address."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from fastapi import Form, Path, Query

from textbank.contacts.list_people import Place

_MOST = 2**62
RowId = Annotated[int, Path(ge=0, le=_MOST)]
"""An id in a path; one that no row could have is a page that does not exist."""
FormId = Annotated[int, Form(ge=0, le=_MOST)]
After = Annotated[int, Query(ge=0, le=_MOST)]
Before = Annotated[int | None, Query(ge=0, le=_MOST)]


def chosen_id(given: str) -> int | None:
    """What a select of ours sent; None for its empty choice, and for what no row could have."""
    # PostgreSQL's bigint has at most 19 digits.
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def written(place: Place) -> str:
    """A place for an address."""
    return urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def read(given: str) -> Place | None:
    """A place from an address; None if there is none, or somebody made it up."""
    if not given:
        return None
    try:
        name, first, id_ = json.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, TypeError):
        return None
    if isinstance(name, str) and isinstance(first, str) and isinstance(id_, int) and abs(id_) < 2**62:
        return name.replace("\0", ""), first.replace("\0", ""), id_
    return None
