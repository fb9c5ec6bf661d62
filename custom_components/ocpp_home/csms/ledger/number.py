"""The transaction numbers of OCPP 1.6, which the central system hands out (OCPP 1.6 ed. 2 - 6.46)."""

from collections.abc import Callable
import secrets
from typing import Final

SMALLEST: Final = 1 << 20
LARGEST: Final = (1 << 31) - 1
"""`transactionId` is an `integer`; the SOAP variant and most stations hold it in 32 signed bits."""


type Draw = Callable[[int], int]
"""Draws a number below another one."""


def issue(taken: Callable[[str], bool], draw: Draw = secrets.randbelow) -> str:
    """A number that is not taken, as text: unguessable, positive, never small.

    Small numbers, 0 and -1 are what stations send when they know no number (errata sheet 1.6 - 3.18), so they never
    stand for a transaction. Drawn at random instead of counted up, a number cannot be guessed by another station, and
    a ledger restored from an old backup does not give out again what was given out since: the station may still hold
    such a number, and the chance that it meets one of n later transactions is n in 2 147 000 000.
    """
    while taken(number := str(SMALLEST + draw(LARGEST - SMALLEST + 1))):
        pass
    return number


def ours(text: str) -> bool:
    """Whether the text could be a number of this ledger."""
    return text.isascii() and text.isdecimal() and len(text) <= 10 and SMALLEST <= int(text) <= LARGEST


def is_number(text: str) -> bool:
    """Whether the text is an integer, as every transaction id of OCPP 1.6 is."""
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal()
