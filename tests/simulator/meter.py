"""A connector's electricity meter: integer arithmetic, so that two books can be compared to the watt-hour."""

from dataclasses import dataclass, field

MICROJOULE_PER_WH = 3_600_000_000
LINE_VOLTAGE = 230.0  # OCPP 1.6 ed. 2 - 7.12: "not the measured voltage, but the set voltage for the area"


@dataclass(slots=True)
class Meter:
    """Integrates the currents that flow; `register` never falls."""

    start: int = 0
    voltage: float = LINE_VOLTAGE
    currents: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _microjoule: list[int] = field(default_factory=lambda: [0, 0, 0])

    def integrate(self, seconds: float) -> None:
        """Let the present currents flow for `seconds`."""
        for phase, current in enumerate(self.currents):
            milliwatt = round(current * self.voltage * 1000)
            self._microjoule[phase] += milliwatt * round(seconds * 1000)

    @property
    def register(self) -> int:
        """Lifetime import in Wh."""
        return self.start + sum(self._microjoule) // MICROJOULE_PER_WH

    @property
    def registers(self) -> tuple[int, int, int]:
        """Import since this meter was built, per phase, in Wh."""
        one, two, three = (phase // MICROJOULE_PER_WH for phase in self._microjoule)
        return one, two, three

    @property
    def powers(self) -> tuple[float, float, float]:
        """Power per phase in W."""
        one, two, three = (current * self.voltage for current in self.currents)
        return one, two, three

    @property
    def power(self) -> float:
        """Power of all phases in W."""
        return sum(self.powers)
