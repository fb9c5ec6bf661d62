"""2.6, the planner: which slots before a departure, by price alone, and when one of them counts as running."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EFFICIENCY: Final = 0.85
SHORT: Final = 14 * 60.0
"""A slot with less left (s) is not begun."""
PAUSE: Final = 15 * 60.0
"""A pause shorter than this (s) is charged through."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time with a price."""

    start: float
    end: float
    price: float = 0.0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def required(missing: float, capacity: float, power: float) -> float:
    """For how long (s) one charges: missing SoC (%), capacity (Wh), greatest power (W)."""
    return missing / 100 * capacity / EFFICIENCY / power * 3600


@dataclass(frozen=True, slots=True)
class Wish:
    """So many seconds of charging, before a moment."""

    seconds: float
    target: float
    continuous: bool = False
    precondition: float = 0.0
    """So many of the seconds come last, whatever they cost."""


def plan(rates: Sequence[Slot], now: float, wish: Wish) -> list[Slot]:
    """The slots to charge in, first to last; none: nothing is needed yet."""
    seconds, target = wish.seconds, wish.target
    if seconds <= 0:
        return []
    if target - now <= seconds:
        return [Slot(now, now + seconds)]
    late = _precondition(rates, wish)
    seconds, target = seconds - sum(slot.seconds for slot in late), target - sum(slot.seconds for slot in late)
    known = max((slot.end for slot in rates), default=now)
    if known < target:
        seconds, target = seconds - (target - known), known
        if seconds <= 0:
            return late
    inside = [
        Slot(max(slot.start, now), min(slot.end, target), slot.price)
        for slot in sorted(rates, key=lambda slot: slot.start)
        if slot.end > now and slot.start < target
    ]
    if sum(slot.seconds for slot in inside) < seconds:
        return [Slot(max(now, target - seconds), target), *late]
    return [*(_continuous if wish.continuous else _cheapest)(inside, seconds), *late]


def _precondition(rates: Sequence[Slot], wish: Wish) -> list[Slot]:
    seconds = min(wish.precondition, wish.seconds)
    if seconds <= 0:
        return []
    start = wish.target - seconds
    price = next((slot.price for slot in rates if slot.start <= start < slot.end), 0.0)
    return [Slot(start, wish.target, price)]


def _cheapest(slots: Sequence[Slot], seconds: float) -> list[Slot]:
    """The cheapest first, of equal ones the later; the last taken is trimmed."""
    taken: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: (slot.price, -slot.start)):
        if seconds < 1e-3:
            break
        if slot.seconds > seconds:
            first = all(slot.start < other.start for other in taken)
            slot = (
                Slot(slot.end - seconds, slot.end, slot.price)
                if first
                else Slot(slot.start, slot.start + seconds, slot.price)
            )
        taken.append(slot)
        seconds -= slot.seconds
    return sorted(taken, key=lambda slot: slot.start)


def _continuous(slots: Sequence[Slot], seconds: float) -> list[Slot]:
    """The cheapest unbroken window that begins where a slot begins; of equal ones the later."""
    best: tuple[float, list[Slot]] | None = None
    for place in range(len(slots)):
        window, left = [], seconds
        for slot in slots[place:]:
            part = Slot(slot.start, min(slot.end, slot.start + left), slot.price)
            window.append(part)
            left -= part.seconds
            if left <= 0:
                break
        cost = sum(slot.seconds * slot.price for slot in window)
        if left <= 0 and (best is None or cost <= best[0]):
            best = cost, window
    return best[1] if best else []


class Goal:
    """A departure one plans for: it says whether to charge now, and does not change its mind within a slot."""

    def __init__(self) -> None:
        self.running = False
        self._until = 0.0

    def active(self, slots: Sequence[Slot], now: float, wish: Wish) -> bool:
        """Whether a slot of the plan is running."""
        self.running = wish.seconds > 0 and self._runs(slots, now, wish)
        return self.running

    def _runs(self, slots: Sequence[Slot], now: float, wish: Wish) -> bool:
        present = next((slot for slot in slots if slot.start <= now < slot.end), None)
        if present is not None:
            if not self.running and present.end - now < SHORT and present.end < wish.target:
                return False
            self._until = present.end
            return True
        if not self.running:
            return False
        if now >= wish.target or now < self._until:
            return True
        return any(0 <= slot.start - now < PAUSE for slot in slots)
