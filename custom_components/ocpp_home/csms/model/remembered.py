"""What is remembered of an EVSE over a restart."""

from typing import Final

from .evse import Evse
from .findings import Findings
from .limit import Limits
from .plan import Left
from .transaction import Ledger, Transaction

WISHES: Final = {"user": "wish", "pause": "pause"}
"""Whose wishes outlive a restart, and under which name: they are the owner's own."""


def recalled(ledger: Ledger, station: str, number: int, maximum: float) -> Evse:
    """An EVSE as it was known last; `maximum` is what its hardware allows (A)."""

    def told(name: str) -> object:
        return ledger.recall(station, f"{name}/{number}")

    left = Left.recall(ledger.recall(station, f"left/{number}"))
    evse = Evse(number, limits=Limits(maximum=maximum), left=left)
    evse.previous = ledger.latest(station, number)
    evse.transaction = running(ledger, station, number, evse.previous)
    evse.register.restore(ledger.recall(station, f"register/{number}"))
    evse.relative = told("relative") is True
    for source, name in WISHES.items():
        if isinstance(wish := told(name), int | float):
            evse.limits.wish(source, wish)
    return evse


def running(ledger: Ledger, station: str, number: int, previous: Transaction | None) -> Transaction | None:
    """What runs on an EVSE: the session that began last, unless a later one is over already."""
    last = next((known for known in reversed(ledger.active(station)) if known.evse == number), None)
    return None if last is None or (previous is not None and last.superseded(previous)) else last


def findings(ledger: Ledger, station: str, number: int, firmware: str) -> Findings | None:
    """What a probe has found out, unless the station has another firmware since."""
    return Findings.recall(ledger.recall(station, f"probe/{number}"), firmware)
