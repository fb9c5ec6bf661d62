"""TriggerMessage (OCPP 2.0.1 ed. 3 - F06, OCPP 2.1 ed. 1 - F06)."""

from typing import Final

from ..dialogue.call import Caller, Handler, consent, quirks_of
from ..model.errors import Invalid, Refused, Unanswered, Unsupported
from ..model.station import Station
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}

STATUS: Final = "StatusNotification"
SIGN: Final = "SignCertificate"
"""What comes of the triggers SignChargingStationCertificate, SignV2GCertificate and their like."""
OF_EVSES: Final = frozenset({"MeterValues", "TransactionEvent", STATUS})


class Trigger:
    """Asks one station to say something it would say anyway."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Ask `station` through `call`."""
        self._station = station
        self._call = call
        self.expected: set[str] = set()
        """The messages that the station has agreed to send."""

    async def trigger(self, message: str, evse: int | None = None, connector: int | None = None) -> None:
        """Ask for a message by its name; F06.FR.13: statuses are asked for connector by connector."""
        if message in quirks_of(self._station).untriggered:
            raise Invalid(f"{message} is never asked of this station: it would go silent")
        if message != STATUS or connector is not None:
            await self._ask(message, evse, connector)
            return
        for part in [self._station.evse(evse)] if evse else list(self._station.evses.values()):
            for number in list(part.connectors):
                await self._ask(message, part.id, number)

    async def refresh(self) -> None:
        """Ask for the status of everything and the meter values of what charges; one may be refused, not both."""
        refused: list[Refused | Unsupported | Unanswered] = []
        charging = any(evse.transaction is not None for evse in self._station.evses.values())
        messages = (STATUS, "TransactionEvent" if charging else "MeterValues")
        for message in messages:
            try:
                await self.trigger(message)
            except (Refused, Unanswered, Unsupported) as error:
                refused.append(error)
        if len(refused) == len(messages):
            raise refused[0]

    async def _ask(self, message: str, evse: int | None, connector: int | None) -> None:
        request: Payload = {"requestedMessage": message}
        if evse and message in OF_EVSES:
            request["evse"] = {"id": evse} | ({"connectorId": connector} if connector is not None else {})
        await _send(self._call, request, message)
        self.expected.add(SIGN if message.startswith("Sign") else message)


class CustomTrigger:
    """Asks one station for what only its vendor has a name for."""

    def __init__(self, call: Caller) -> None:
        """Ask through `call`."""
        self._call = call

    async def custom(self, name: str, evse: int | None = None) -> None:
        """OCPP 2.1 - F06.FR.20: a trigger that CustomizationCtrlr.CustomTriggers names."""
        request: Payload = {"requestedMessage": "CustomTrigger", "customTrigger": name}
        await _send(self._call, request | ({"evse": {"id": evse}} if evse else {}), name)


async def _send(call: Caller, request: Payload, message: str) -> None:
    answer = await call("TriggerMessage", request)
    if answer.get("status") == "NotImplemented":
        raise Unsupported(f"NotImplemented: {message}")
    consent(answer)
