"""What was found of yesterday, in words and amounts for the owner; nothing where nothing was charged."""

from collections.abc import Callable, Mapping

from ..csms.control.audit import Audit
from .place import Place


def money(amount: Callable[[Audit], float]) -> Callable[[Place], float | None]:
    """An amount of money of the audit."""
    return lambda place: None if place.yesterday is None else round(amount(place.yesterday), 3)


def parts(place: Place) -> Mapping[str, object]:
    """Why it did not cost less."""
    found = place.yesterday
    if found is None:
        return {}
    parts = {"latency": found.latency, "minimum": found.minimum, "forecast": found.forecast, "owner": found.owner}
    return {name: round(part, 3) for name, part in parts.items()}


def amounts(place: Place) -> Mapping[str, object]:
    """How much was charged (kWh), and how much of it was sun (%)."""
    found = place.yesterday
    return {} if found is None else {"energy": round(found.energy / 1000, 2), "sun": round(100 * found.share)}
