"""How a station hangs in the house: behind which fuse, and which of its phases leads to which line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..csms.control.rotation import Order

MAIN: Final = "main"
"""The circuit of the main fuse."""
CONF_CIRCUIT: Final = "circuit"
CONF_ROTATION: Final = "rotation"
UNKNOWN: Final = "unknown"
ROTATIONS: Final = {
    UNKNOWN: (),
    "l1": (0, 1, 2),
    "l2": (1, 2, 0),
    "l3": (2, 0, 1),
    "l1_l3": (0, 2, 1),
    "l2_l1": (1, 0, 2),
    "l3_l2": (2, 1, 0),
}
"""To which lines of the house the first, second and third phase lead, by the first, and the second if it goes back."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Of one station."""

    circuit: str = MAIN
    lines: tuple[int, ...] = ()
    """Empty: nobody knows."""
    count: int = 3
    """With how many phases it is connected."""

    @classmethod
    def of(cls, data: Mapping[str, Any], count: int, house: int, seen: Order | None = None) -> Wiring:
        """What a station's subentry says, in a house of so many phases; what it leaves open is as it was `seen`."""
        circuit = str(data.get(CONF_CIRCUIT) or MAIN)
        if house == 1:
            return cls(circuit, (0,), 1)
        lines = ROTATIONS.get(str(data.get(CONF_ROTATION, UNKNOWN)), ()) or seen or ()
        return cls(circuit, lines[:count], count)

    def phases(self, *, switching: bool, single: bool) -> tuple[int, ...]:
        """With how many phases a car can charge here."""
        if self.count == 1 or single:
            return (1,)
        return (1, 3) if switching else (3,)
