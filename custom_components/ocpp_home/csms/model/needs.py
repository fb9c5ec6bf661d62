"""What a car has told it needs (OCPP 2.0.1 ed. 3 - K15): energy in Wh, currents in A per phase, power in W."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of a car at the moment `at` (UTC); what it did not tell is None."""

    transfer: str
    """How it wants its energy: `AC_three_phase`, `DC`, `DC_BPT` ..."""
    at: datetime
    departure: datetime | None = None
    energy: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    power: float | None = None
    """The most it can take."""
    state_of_charge: float | None = None
    full: float | None = None
    """The state of charge at which it has enough (%)."""
    capacity: float | None = None
    tuples: int | None = None
    """So many periods of a schedule it understands."""
