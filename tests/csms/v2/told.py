"""TransactionEvents as a station tells them, each a little later than the one before."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.csms.v2.transactions import transaction_event
from tests.csms.stage import NOW, ago

CARD = {"idToken": "CARD", "type": "ISO14443"}
ENERGY, BEGIN, END = "Energy.Active.Import.Register", "Transaction.Begin", "Transaction.End"
_ticks: Iterator[int] = count()


def measured(wh: float, at: float, context: str = "Sample.Periodic", **words: Any) -> dict[str, Any]:
    sample = {"value": wh, "measurand": ENERGY, "context": context, **words}
    return {"timestamp": ago(at), "sampledValue": [sample]}


def event(kind: str, seq: int, at: float, *values: dict[str, Any], state: str = "", **more: Any) -> dict[str, Any]:
    about = {"transactionId": more.pop("id", "t1")} | ({"chargingState": state} if state else {})
    words = ("stoppedReason", "remoteStartId", "transactionLimit")
    about |= {name: more.pop(name) for name in words if name in more}
    return {
        "eventType": kind,
        "timestamp": ago(at),
        "triggerReason": more.pop("why", "Trigger"),
        "seqNo": seq,
        "transactionInfo": about,
        **({"meterValue": list(values)} if values else {}),
        **more,
    }


def tell(station: Station, payload: dict[str, Any]) -> dict[str, Any]:
    """Each message comes a little later than the one before."""
    answer = transaction_event(station, payload, NOW + timedelta(microseconds=next(_ticks)))
    assert isinstance(answer, dict)
    return answer


def started(at: float = 600, wh: float = 1000, **more: Any) -> dict[str, Any]:
    told = {"evse": {"id": 1, "connectorId": 1}, "idToken": CARD, **more}
    return event("Started", 0, at, measured(wh, at, BEGIN), **{"state": "Charging", **told})


def ended(seq: int = 1, at: float = 60, wh: float = 1500, **more: Any) -> dict[str, Any]:
    return event("Ended", seq, at, measured(wh, at, END), **more)


def transaction(station: Station, name: str = "t1") -> Transaction:
    found = station.ledger.find("CP1", name)
    assert found is not None
    return found
