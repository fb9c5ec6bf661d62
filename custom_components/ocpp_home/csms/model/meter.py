"""Measured values of a station or an EVSE, in base units: W, Wh, A, V, var, varh, VA, Hz, %, °C, rpm."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Quantity(StrEnum):
    """The measurands of all OCPP versions by the specification's name (OCPP 1.6 ed. 2 - 7.31; OCPP 2.1 - 3.61)."""

    __hash__ = str.__hash__

    CURRENT_EXPORT = "Current.Export"
    CURRENT_IMPORT = "Current.Import"
    CURRENT_OFFERED = "Current.Offered"
    ENERGY_EXPORT = "Energy.Active.Export.Register"
    ENERGY_IMPORT = "Energy.Active.Import.Register"
    ENERGY_NET = "Energy.Active.Net"
    REACTIVE_ENERGY_EXPORT = "Energy.Reactive.Export.Register"
    REACTIVE_ENERGY_IMPORT = "Energy.Reactive.Import.Register"
    REACTIVE_ENERGY_NET = "Energy.Reactive.Net"
    APPARENT_ENERGY = "Energy.Apparent.Net"
    ENERGY_EXPORT_INTERVAL = "Energy.Active.Export.Interval"
    ENERGY_IMPORT_INTERVAL = "Energy.Active.Import.Interval"
    REACTIVE_ENERGY_EXPORT_INTERVAL = "Energy.Reactive.Export.Interval"
    REACTIVE_ENERGY_IMPORT_INTERVAL = "Energy.Reactive.Import.Interval"
    FREQUENCY = "Frequency"
    POWER = "Power.Active.Import"
    POWER_EXPORT = "Power.Active.Export"
    POWER_FACTOR = "Power.Factor"
    POWER_OFFERED = "Power.Offered"
    REACTIVE_POWER_EXPORT = "Power.Reactive.Export"
    REACTIVE_POWER_IMPORT = "Power.Reactive.Import"
    RPM = "RPM"
    SOC = "SoC"
    TEMPERATURE = "Temperature"
    VOLTAGE = "Voltage"


class Phase(StrEnum):
    """Where on the grid connection a value was measured; a value without a phase is of all phases together."""

    __hash__ = str.__hash__

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    N = "N"
    L1_N = "L1-N"
    L2_N = "L2-N"
    L3_N = "L3-N"
    L1_L2 = "L1-L2"
    L2_L3 = "L2-L3"
    L3_L1 = "L3-L1"


class Location(StrEnum):
    """Where in the installation a value was measured; without one it is the outlet."""

    __hash__ = str.__hash__

    OUTLET = "Outlet"
    INLET = "Inlet"
    BODY = "Body"
    CABLE = "Cable"
    EV = "EV"
    UPSTREAM = "Upstream"


LINES: Final = (Phase.L1, Phase.L2, Phase.L3)
LINE_TO_NEUTRAL: Final = {Phase.L1: Phase.L1_N, Phase.L2: Phase.L2_N, Phase.L3: Phase.L3_N}
ADDITIVE: Final = frozenset(
    {
        Quantity.ENERGY_IMPORT,
        Quantity.ENERGY_EXPORT,
        Quantity.POWER,
        Quantity.POWER_EXPORT,
        Quantity.POWER_OFFERED,
        Quantity.REACTIVE_POWER_IMPORT,
        Quantity.REACTIVE_POWER_EXPORT,
        Quantity.REACTIVE_ENERGY_IMPORT,
        Quantity.REACTIVE_ENERGY_EXPORT,
    }
)
"""Quantities whose value of all phases is the sum of the phases."""


@dataclass(slots=True, unsafe_hash=True)
class Reading:
    """One value in base units, as it was measured at `at` (UTC).

    Nobody changes one. It is not frozen because every frame makes ten, and a frozen one takes four times as long.
    """

    quantity: Quantity
    value: float
    at: datetime
    phase: Phase | None = None
    location: Location = Location.OUTLET
    context: str = "Sample.Periodic"
    signed: str | None = None


type Key = tuple[Quantity, Phase | None, Location]


@dataclass(slots=True)
class Meter:
    """The newest reading of each quantity, phase and location."""

    readings: dict[Key, Reading] = field(default_factory=dict)

    def update(self, readings: Iterable[Reading]) -> bool:
        """Take readings over where they are not older than what is known; tell whether anything changed."""
        changed = False
        for reading in readings:
            key = (reading.quantity, reading.phase, reading.location)
            known = self.readings.get(key)
            if known is None or known.at <= reading.at:
                self.readings[key] = reading
                changed = changed or known is None or known.value != reading.value
        return changed

    def at(self, quantity: Quantity, phase: Phase | None, location: Location = Location.OUTLET) -> float | None:
        """The value of one phase, or of all phases as the station itself reported it."""
        reading = self.readings.get((quantity, phase, location))
        return None if reading is None else reading.value

    def line(self, quantity: Quantity, phase: Phase) -> float | None:
        """The value of L1, L2 or L3; a voltage may have been reported against neutral (`L1-N`)."""
        value = self.at(quantity, phase)
        return value if value is not None else self.at(quantity, LINE_TO_NEUTRAL.get(phase))

    def total(self, quantity: Quantity, location: Location = Location.OUTLET) -> float | None:
        """The value of all phases: as reported, else the sum (power, energy), the largest (current) or the mean.

        Power that was not reported at all is derived from current and voltage (W), `estimated()` tells.
        """
        value = self.at(quantity, None, location)
        if value is not None or location is not Location.OUTLET:
            return value
        lines = [value for phase in LINES if (value := self.line(quantity, phase)) is not None]
        if not lines:
            return self._derived_power() if quantity is Quantity.POWER else None
        if quantity in ADDITIVE:
            return sum(lines)
        return max(lines) if quantity.startswith("Current.") else sum(lines) / len(lines)

    def estimated(self, quantity: Quantity) -> bool:
        """Whether `total()` is derived from other quantities because the station does not measure this one."""
        return (
            quantity is Quantity.POWER
            and not any(key[0] is Quantity.POWER for key in self.readings)
            and self._derived_power() is not None
        )

    def has(self, quantity: Quantity) -> bool:
        """Whether the station has reported the quantity, in total or for a phase."""
        return any(key[0] is quantity for key in self.readings) or self.estimated(quantity)

    def has_line(self, quantity: Quantity, phase: Phase) -> bool:
        """Whether the station has reported the quantity for L1, L2 or L3."""
        return self.line(quantity, phase) is not None

    def forget(self, *quantities: Quantity) -> None:
        """Drop what is no longer true, for example the state of charge of a car that has left."""
        for key in [key for key in self.readings if key[0] in quantities]:
            del self.readings[key]

    def _derived_power(self) -> float | None:
        products = [
            current * voltage
            for phase in LINES
            if (current := self.line(Quantity.CURRENT_IMPORT, phase)) is not None
            and (voltage := self.line(Quantity.VOLTAGE, phase)) is not None
        ]
        return sum(products) if products else None
