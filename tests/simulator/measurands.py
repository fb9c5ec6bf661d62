"""What the station can measure, and how 1.6 writes it (OCPP 1.6 ed. 2 - 7.31, 7.34, 7.43, 7.45)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .meter import LINE_VOLTAGE
from .oddities import Payload

if TYPE_CHECKING:
    from .connector import Connector

type Values = dict[str, float]  # phase ("" for the sum) to value

REGISTER = "Energy.Active.Import.Register"
LINES = ("L1", "L2", "L3")
NEUTRALS = ("L1-N", "L2-N", "L3-N")


@dataclass(frozen=True, slots=True)
class Measurand:
    """A measured quantity: its unit, its digits and how it is read off a connector."""

    unit: str
    digits: int
    read: Callable[[Connector], Values]
    location: str = "Outlet"


def _currents(connector: Connector) -> Values:
    return dict(zip(LINES[: connector.phases], connector.meter.currents, strict=False))


def _powers(connector: Connector) -> Values:
    return {"": connector.meter.power} | dict(zip(LINES[: connector.phases], connector.meter.powers, strict=False))


def _voltages(connector: Connector) -> Values:
    return dict.fromkeys(NEUTRALS[: connector.phases], connector.meter.voltage)


def _offered_power(connector: Connector) -> Values:
    return {"": connector.offered.amps * connector.offered.phases * LINE_VOLTAGE}


def _soc(connector: Connector) -> Values:
    return {"": connector.car.soc * 100} if connector.car else {}


MEASURANDS: dict[str, Measurand] = {
    REGISTER: Measurand("Wh", 0, lambda c: {"": c.meter.register}),
    "Power.Active.Import": Measurand("W", 1, _powers),
    "Current.Import": Measurand("A", 2, _currents),
    "Current.Offered": Measurand("A", 1, lambda c: {"": c.offered.amps}),
    "Power.Offered": Measurand("W", 1, _offered_power),
    "Voltage": Measurand("V", 1, _voltages),
    "Power.Factor": Measurand("", 2, lambda c: {"": 1.0}),
    "Frequency": Measurand("", 1, lambda c: {"": 50.0}, "Inlet"),
    "Temperature": Measurand("Celsius", 1, lambda c: {"": 25.0 + c.meter.power / 1000}, "Body"),
    "SoC": Measurand("Percent", 0, _soc, "EV"),
}


def known(name: str) -> bool:
    """Whether it is a measurand of this station, bare or with a phase (`Voltage.L1-N`)."""
    return _split(name)[0] in MEASURANDS


def sampled_values(names: Iterable[str], connector: Connector, context: str) -> list[Payload]:
    """The sampledValue list for these measurands."""
    return [value for name in names for value in _sampled(name, connector, context)]


def _sampled(name: str, connector: Connector, context: str) -> Iterator[Payload]:
    oddities = connector.oddities
    measurand, wanted = _split(name)
    if measurand not in MEASURANDS or (oddities.only and measurand not in oddities.only):
        return
    row = MEASURANDS[measurand]
    values = row.read(connector)
    if measurand == REGISTER:
        values = {"": connector.shown_register()}
    for phase, value in values.items():
        if (wanted and phase != wanted) or (oddities.phases_only and not phase and len(values) > 1):
            continue
        sample = {
            "value": f"{value:.{row.digits}f}",
            "context": context,
            "measurand": measurand,
            "location": row.location,
        }
        yield sample | ({"unit": row.unit} if row.unit else {}) | ({"phase": phase} if phase else {})


def _split(name: str) -> tuple[str, str]:
    head, _, tail = name.rpartition(".")
    return (head, tail) if tail in (*LINES, *NEUTRALS) else (name, "")
