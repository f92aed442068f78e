"""Chance, seeded: which of the set misfortunes strikes this time."""

import random

from textbank.simulator.configuration import Behaviour, CreateFault
from textbank.simulator.magic_numbers import MAGIC


class Dice:
    """Draws for one carrier."""

    def __init__(self, behaviour: Behaviour, seed: int) -> None:
        self.behaviour = behaviour
        # Misfortune needs to be repeatable, not unpredictable.
        self._random = random.Random(seed)  # noqa: S311
        self._struck: set[str] = set()

    def chance(self, share: float) -> bool:
        """True for this share of the calls."""
        return share > 0 and self._random.random() < share

    def create_fault(self, to: str) -> CreateFault | None:
        """What goes wrong with this create, if anything: the number's own fault first, then the set ones."""
        magic = MAGIC.get(to)
        if magic is not None and magic.fault is not None and to not in self._struck:
            if magic.once:
                self._struck.add(to)
            return magic.fault
        for fault, left in self.behaviour.create_fault_next.items():
            if left > 0:
                self.behaviour.create_fault_next[fault] = left - 1
                return fault
        for fault, share in self.behaviour.create_fault_share.items():
            if self.chance(share):
                return fault
        return None

    def forget(self) -> None:
        """Let what happens once happen once more."""
        self._struck.clear()
