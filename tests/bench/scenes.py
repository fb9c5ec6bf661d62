"""What the stations of the bench say: ten values with each message, in the words of each version."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from websockets.typing import Subprotocol

type Payload = dict[str, Any]
type Said = tuple[str, Payload]

MEASURANDS: Final = (
    ("Power.Active.Import", None, "W", 7400),
    ("Energy.Active.Import.Register", None, "Wh", 1_000_000),
    ("Current.Import", "L1", "A", 10),
    ("Current.Import", "L2", "A", 11),
    ("Current.Import", "L3", "A", 12),
    ("Voltage", "L1-N", "V", 230),
    ("Voltage", "L2-N", "V", 231),
    ("Voltage", "L3-N", "V", 232),
    ("Current.Offered", None, "A", 16),
    ("SoC", None, "Percent", 35),
)
SESSION: Final = 20
"""So many events are one transaction: Started, Updated with the values of a moment each, Ended."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Stations of one version: what they say once connected, and from then on by run and number."""

    title: str
    version: str
    greeting: tuple[Said, ...]
    say: Callable[[str, int], Said]

    @property
    def subprotocol(self) -> Subprotocol:
        """What they offer."""
        return Subprotocol(f"ocpp{self.version}")


def now() -> str:
    """The time as stations write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def values(number: int) -> list[tuple[str, str | None, str, int]]:
    """Ten values, half of which differ from those of the message before."""
    return [
        (measurand, phase, unit, base + (number % 50 if index % 2 else 0))
        for index, (measurand, phase, unit, base) in enumerate(MEASURANDS)
    ]


def meter_values(number: int) -> Payload:
    """A MeterValues request of 1.6."""
    sampled = [
        {"value": str(value), "measurand": measurand, "unit": unit, "context": "Sample.Periodic"}
        | ({} if phase is None else {"phase": phase})
        for measurand, phase, unit, value in values(number)
    ]
    return {"connectorId": 1, "meterValue": [{"timestamp": now(), "sampledValue": sampled}]}


def transaction_event(run: str, number: int) -> Payload:
    """One of the events of a transaction of 2.x, each with ten values; another run has other transactions."""
    place = number % SESSION
    kind, trigger, context = {
        0: ("Started", "Authorized", "Transaction.Begin"),
        SESSION - 1: ("Ended", "StopAuthorized", "Transaction.End"),
    }.get(place, ("Updated", "MeterValuePeriodic", "Sample.Periodic"))
    sampled = [
        {"value": value, "measurand": measurand, "unitOfMeasure": {"unit": unit}, "context": context}
        | ({} if phase is None else {"phase": phase})
        for measurand, phase, unit, value in values(number)
    ]
    at = now()
    return {
        "eventType": kind,
        "timestamp": at,
        "triggerReason": trigger,
        "seqNo": place,
        "transactionInfo": {"transactionId": f"{run}-{number // SESSION}", "chargingState": "Charging"},
        "evse": {"id": 1, "connectorId": 1},
        "meterValue": [{"timestamp": at, "sampledValue": sampled}],
    }


def _first() -> Scene:
    boot = "BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "Bench"}
    status = "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
    return Scene("MeterValues, 1.6", "1.6", (boot, status), lambda _, number: ("MeterValues", meter_values(number)))


def _second(version: str) -> Scene:
    identity = {"vendorName": "Bench", "model": "Bench"}
    boot = "BootNotification", {"reason": "PowerUp", "chargingStation": identity}
    place = {"evseId": 1, "connectorId": 1}
    status = "StatusNotification", {"timestamp": now(), "connectorStatus": "Occupied", **place}
    return Scene(
        f"TransactionEvent, {version}",
        version,
        (boot, status),
        lambda run, number: ("TransactionEvent", transaction_event(run, number)),
    )


SCENES: Final = (_first(), _second("2.0.1"), _second("2.1"))
