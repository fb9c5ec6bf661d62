"""A station of 2.x that takes every limit, and the limits of it."""

from asyncio import create_task, sleep
from collections.abc import Callable
from datetime import UTC, datetime

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.transaction import Opening
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v1.configuration import Configuration
from custom_components.ocpp_home.csms.v1.remote import Remote
from custom_components.ocpp_home.csms.v2 import charging
from custom_components.ocpp_home.csms.v2.charging import Charging
from tests.csms.peer import Payload, Peer
from tests.csms.v1.bench import Pauses
from tests.csms.v2.served import serve

YES = {"status": "Accepted"}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Desk:
    """A station that takes every profile, and its limits."""

    def __init__(self, station: Station, peer: Peer) -> None:
        self.station, self.peer, self.pauses = station, peer, Pauses()
        call = Caller(station, peer.session)
        self.charging = Charging(station, call, self.pauses, lambda: self.pauses.now)
        commands = Commands(Remote(station, call), Configuration(station, call), charging=self.charging)
        station.connect(peer.session.version, commands)
        serve(peer, station, charging.REQUESTS)
        peer.answers |= dict.fromkeys(("SetChargingProfile", "ClearChargingProfile", "UpdateDynamicSchedule"), YES)
        peer.answers["GetChargingProfiles"] = {"status": "NoProfiles"}
        self.evse = station.evse(1)

    def charge(self) -> None:
        opening = Opening("CP1", 1, 1, "CARD", NOW, 0.0, "tx-1")
        self.evse.transaction = self.station.ledger.start(opening)

    def knows(self, **told: str) -> None:
        for name, value in told.items():
            self.station.variables.put(Variable(VariableKey("SmartChargingCtrlr", name), value))

    def written(self) -> list[Payload]:
        return [
            {"evseId": asked["evseId"]} | asked["chargingProfile"] for asked in self.peer.told("SetChargingProfile")
        ]

    def reports(self, *parts: list[Payload], evse: int = 1, source: str = "CSO") -> None:
        """Answer the next question for profiles with these parts."""

        def answer(request: Payload) -> Payload:
            async def tell() -> None:
                for place, part in enumerate(parts):
                    told = {"requestId": request["requestId"], "chargingLimitSource": source, "evseId": evse}
                    more = {"tbc": True} if place + 1 < len(parts) else {}
                    await self.peer.says("ReportChargingProfiles", told | {"chargingProfile": part} | more)

            self.telling = create_task(tell())
            return YES

        self.peer.answers["GetChargingProfiles"] = answer


async def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await sleep(0.002)
    raise AssertionError("it never came true")
