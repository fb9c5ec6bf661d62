"""Priority charging (OCPP 2.1 - K21, K22)."""

from datetime import datetime
from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import text
from ..model.station import Station
from ..wire.frame import Payload


def notify_priority_charging(station: Station, payload: Payload, now: datetime) -> Payload:
    """Note whether a transaction charges with priority (K21.FR.09, K22.FR.06)."""
    _note(station, text(payload, "transactionId", 36), active=payload.get("activated") is True)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"NotifyPriorityCharging": notify_priority_charging}


class Priority(Block):
    """The priority of the transactions of one station."""

    async def use(self, transaction: str, *, active: bool) -> None:
        """Begin or end it; without a profile of purpose PriorityCharging the station refuses (K21.FR.01)."""
        consent(await self._call("UsePriorityCharging", {"transactionId": transaction, "activate": active}))
        _note(self._station, transaction, active=active)


def _note(station: Station, transaction: str, *, active: bool) -> None:
    for evse in station.evses.values():
        if evse.transaction is not None and evse.transaction.id == transaction and evse.priority != active:
            evse.priority = active
            station.changed(evse)
