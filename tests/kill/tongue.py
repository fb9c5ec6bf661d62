"""What a station that charges says, in each version of OCPP; pure functions of one transaction."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from websockets.typing import Subprotocol

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

type Payload = dict[str, Any]
type Said = tuple[str, Payload]


@dataclass(slots=True)
class Told:
    """One transaction as the station knows it."""

    station: str
    number: int
    started: datetime
    meter_start: int
    ids: set[str] = field(default_factory=set)
    """Every id it was ever known by; more than one is an error of the central system."""
    readings: dict[datetime, int] = field(default_factory=dict)
    """Registers that were acknowledged."""
    stopped: datetime | None = None
    meter_stop: int | None = None

    @property
    def id(self) -> str:
        """Its id, once it is known."""
        return next(iter(self.ids))


class Tongue(Protocol):
    """How a version says that a transaction begins, goes on and ends."""

    subprotocol: Subprotocol
    same_id: bool
    """Whether a message that is sent again keeps its message id."""

    def start(self, told: Told) -> Said: ...
    def measure(self, told: Told, at: datetime, register: int) -> Said: ...
    def stop(self, told: Told, at: datetime, register: int) -> Said: ...
    def heard(self, told: Told, answer: Payload) -> None: ...


class First:
    """OCPP 1.6 ed. 2 - 3.7.1: what was not answered is sent again, with a new message id."""

    subprotocol, same_id = Subprotocol("ocpp1.6"), False

    def start(self, told: Told) -> Said:
        """StartTransaction."""
        begun = {"connectorId": 1, "idTag": told.station, "meterStart": told.meter_start}
        return "StartTransaction", begun | {"timestamp": _text(told.started)}

    def measure(self, told: Told, at: datetime, register: int) -> Said:
        """MeterValues."""
        value = {"timestamp": _text(at), "sampledValue": [{"value": str(register)}]}
        return "MeterValues", {"connectorId": 1, "transactionId": int(told.id), "meterValue": [value]}

    def stop(self, told: Told, at: datetime, register: int) -> Said:
        """StopTransaction."""
        stop = {"transactionId": int(told.id), "meterStop": register, "timestamp": _text(at), "reason": "Local"}
        return "StopTransaction", stop

    def heard(self, told: Told, answer: Payload) -> None:
        """The central system gives the number."""
        if "transactionId" in answer:
            told.ids.add(str(answer["transactionId"]))


class Second:
    """OCPP 2.0.1 and 2.1, of which only the latter may keep the message id (OCPP 2.1 ed. 1 part 4 - 4.1.4)."""

    def __init__(self, version: str) -> None:
        self.subprotocol, self.same_id = Subprotocol(f"ocpp{version}"), version == "2.1"

    def start(self, told: Told) -> Said:
        """TransactionEvent Started; the station gives the id."""
        told.ids.add(f"{told.station}-{told.number}")
        token = {"idToken": {"idToken": told.station, "type": "ISO14443"}}
        return self._event(told, "Started", told.started, told.meter_start, {"seqNo": 0, **token})

    def measure(self, told: Told, at: datetime, register: int) -> Said:
        """TransactionEvent Updated."""
        return self._event(told, "Updated", at, register, {"seqNo": 1 + len(told.readings)})

    def stop(self, told: Told, at: datetime, register: int) -> Said:
        """TransactionEvent Ended."""
        return self._event(told, "Ended", at, register, {"seqNo": 1 + len(told.readings)})

    def heard(self, told: Told, answer: Payload) -> None:
        """Nothing is given."""

    def _event(self, told: Told, kind: str, at: datetime, register: int, more: Payload) -> Said:
        context = {"Started": "Transaction.Begin", "Ended": "Transaction.End"}.get(kind, "Sample.Periodic")
        trigger = {"Started": "Authorized", "Ended": "StopAuthorized"}.get(kind, "MeterValuePeriodic")
        return "TransactionEvent", {
            "eventType": kind,
            "timestamp": _text(at),
            "triggerReason": trigger,
            "transactionInfo": {"transactionId": told.id},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [{"timestamp": _text(at), "sampledValue": [{"value": register, "context": context}]}],
            **more,
        }


TONGUES: dict[str, Tongue] = {"1.6": First(), "2.0.1": Second("2.0.1"), "2.1": Second("2.1")}


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
