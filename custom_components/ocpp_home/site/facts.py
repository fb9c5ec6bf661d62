"""What is remembered of the house itself, in the ledger beside what is remembered of its stations."""

from typing import Final

from ..csms.model.transaction import Json, Ledger

HOUSE: Final = ""
"""No station has an empty name."""


class Facts:
    """Small facts that outlive a restart."""

    def __init__(self, ledger: Ledger) -> None:
        """Of the house of this ledger."""
        self._ledger = ledger

    def recall(self, name: str) -> Json:
        """A fact, or None."""
        return self._ledger.recall(HOUSE, name)

    def keep(self, name: str, value: Json) -> None:
        """Remember a fact (None forgets it)."""
        self._ledger.remember(HOUSE, name, value)

    def number(self, name: str, usual: float) -> float:
        """A number that is remembered, or the usual one."""
        told = self.recall(name)
        return float(told) if isinstance(told, int | float) else usual
