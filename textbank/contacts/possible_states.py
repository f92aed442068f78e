"""Which states somebody may live in: the ZIP code's, else the area code's, else anywhere.

Asked where a state's law wants words added to a text: who may be there gets them.
"""

import re

from textbank.contacts.area_codes import STATE_OF_AREA_CODE
from textbank.contacts.place import Place

_NORTH_AMERICAN = re.compile(r"\+1(\d{3})\d{7}")


def possible_states(place_key: str, e164: str) -> frozenset[str] | None:
    """USPS letters of all states it may be; None where it may be any."""
    state = Place.from_key(place_key).state
    if state:
        return frozenset({state})
    match = _NORTH_AMERICAN.fullmatch(e164)
    letters = STATE_OF_AREA_CODE.get(match[1]) if match else None
    return frozenset({letters}) if letters else None
