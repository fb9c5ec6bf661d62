"""The modes people know, as what they are: a value of a kWh, and whether charging may stop.

A mode bounds the value. Off, it is nothing; with the sun only, hardly more than the grid gives for a kWh; fast, it is
without limit. Values and prices are per kWh.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

EAGER: Final = 0.1
"""With the sun only, a kWh is worth what the grid gives and this share of what it takes more: so little that hardly any
is bought, so much that the car starts within minutes."""
WILLING: Final = 0.5
"""The same for who likes to have the sun, and buys what is missing to the least a car takes."""
SPREAD: Final = 0.02
"""What the grid takes is counted as at least so much more than what it gives, or nobody would wait for the sun."""
FIRST: Final = 1000.0
"""Who is in a hurry goes before all who are not."""


class Mode(StrEnum):
    """How an EVSE charges."""

    OFF = "off"
    SOLAR = "solar"
    SOLAR_PLUS = "solar_plus"
    """With the sun, and with a part from the grid where the sun does not suffice alone."""
    SOLAR_MINIMUM = "solar_minimum"
    """With the sun, and always with the least a car takes."""
    CHEAP = "cheap"
    """With the sun, and with the grid while it costs no more than a limit."""
    PLAN = "plan"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner wishes of an EVSE."""

    mode: Mode = Mode.SOLAR
    limit: float = -inf
    """Up to which price it charges from the grid (cheap)."""
    planned: float | None = None
    """What the day plan says a kWh is worth now; None: there is no plan, the sun decides."""
    boost: bool = False
    """As fast as it can, for this session."""
    low: bool = False
    """The battery has less than it shall always have."""
    priority: float = 0.0


@dataclass(frozen=True, slots=True)
class Bid:
    """What an EVSE offers for energy: the value, the steadiness and the priority of its demand."""

    value: float
    steady: bool = False
    priority: float = 0.0


def bid(wish: Wish, price: float, feed_in: float) -> Bid:
    """What the wish comes to at these prices."""
    if wish.mode is Mode.OFF:
        return Bid(-inf, priority=wish.priority)
    if wish.boost or wish.low:
        return Bid(inf, priority=wish.priority + FIRST)
    value = VALUES[wish.mode](wish, price, given(price, feed_in))
    return Bid(value, steady=wish.mode is Mode.SOLAR_MINIMUM, priority=wish.priority)


def given(price: float, feed_in: float) -> float:
    """What the grid is counted to give for a kWh: less than it takes, even where it is told otherwise."""
    return min(feed_in, price - SPREAD)


def _solar(_: Wish, price: float, feed_in: float) -> float:
    return feed_in + EAGER * (price - feed_in)


def _solar_plus(wish: Wish, price: float, feed_in: float) -> float:
    """As planned, but never so much that all is bought."""
    if wish.planned is None:
        return feed_in + WILLING * (price - feed_in)
    most = price - EAGER * (price - feed_in)
    return min(max(wish.planned, _solar(wish, price, feed_in)), most)


def _cheap(wish: Wish, price: float, feed_in: float) -> float:
    return max(wish.limit, _solar(wish, price, feed_in))


def _plan(wish: Wish, price: float, feed_in: float) -> float:
    return _solar(wish, price, feed_in) if wish.planned is None else wish.planned


def _fast(_: Wish, __: float, ___: float) -> float:
    return inf


VALUES: Final[dict[Mode, Callable[[Wish, float, float], float]]] = {
    Mode.SOLAR: _solar,
    Mode.SOLAR_PLUS: _solar_plus,
    Mode.SOLAR_MINIMUM: _solar,
    Mode.CHEAP: _cheap,
    Mode.PLAN: _plan,
    Mode.FAST: _fast,
}
