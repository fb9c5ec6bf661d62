"""Costs and tariffs (OCPP 2.0.1 ed. 3 - I02; OCPP 2.1 - I07 to I11)."""

from collections.abc import Sequence
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Caller, Handler, consent
from ..dialogue.fields import text
from ..model.blocks import TariffAssignment, Words
from ..model.errors import Invalid, Refused
from ..model.price import MICRO, Price, Pricing, worded
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}
CONTROLLER: Final = "TariffCostCtrlr"
TARIFF: Final = "home"
"""How the ids of our own tariffs begin."""


class Costs:
    """The costs at one station."""

    final = False
    """I03.FR.02: the answer to the end of a transaction tells it."""

    def __init__(self, call: Caller) -> None:
        """Tell them through `call`."""
        self._call = call

    @property
    def shown(self) -> bool:
        """Whether the station shows costs, and those we tell.

        2.0.1 - 2.10.4: Enabled[Cost] switches that on. 2.1 - 2.12.5: there it has the station reckon by itself, and
        without it that is for the central system.
        """
        variables = self._call.station.variables
        enabled, able = (variables.flag(name, CONTROLLER, instance="Cost") for name in ("Enabled", "Available"))
        if self._call.station.version != "2.1":
            return enabled is not False and True in (enabled, able)
        reckons = enabled is True and self._tariffs
        return not reckons and (True in (enabled, able) or variables.flag("Available", "DisplayMessageCtrlr") is True)

    async def cost(self, transaction: str, total: float) -> None:
        """Tell the driver what the transaction costs so far (I02.FR.01), in the currency of the station."""
        await self._call("CostUpdated", {"transactionId": transaction, "totalCost": total})

    async def greet(self, token: str, price: Price) -> None:
        """There is no message for it; what the station has been prepared with is what it shows."""

    async def prepare(self, pricing: Pricing) -> None:
        """Set the currency, and the price as a tariff (2.1) or as the text that is shown to everybody."""
        price = pricing.price
        if price is None:
            return
        await self._write("Currency", price.currency)
        if not pricing.post or price.per_kwh is None:
            return
        if self._tariffs:
            await self._install(price)
        else:
            await self._write("TariffFallbackMessage", worded(price))

    @property
    def _tariffs(self) -> bool:
        """I07.FR.01: without Enabled[Tariff] a station takes no tariffs, and before 2.1 none at all."""
        station = self._call.station
        enabled = station.variables.flag("Enabled", CONTROLLER, instance="Tariff") is True
        return station.version == "2.1" and enabled

    async def _install(self, price: Price) -> None:
        """Make it everybody's tariff. Its id is its content (I08.FR.08), and none is sent twice (I07.FR.04)."""
        tariffs, name = Tariffs(self._call), f"{TARIFF}-{price.currency}-{price.per_kwh}"
        if name not in {known.tariff for known in await tariffs.installed()}:
            energy = {"prices": [{"priceKwh": (price.per_kwh or 0) / MICRO}]}
            await tariffs.set_default(0, {"tariffId": name, "currency": price.currency, "energy": energy})

    async def _write(self, name: str, value: str) -> None:
        """Write a variable of the controller, where the station has it and it says something else."""
        station = self._call.station
        known = station.variables.get(name, CONTROLLER)
        if known is not None and not known.readonly and known.value != value:
            await station.require().configuration.write(f"{CONTROLLER}.{name}", value)


class Tariffs:
    """The tariffs of one station."""

    def __init__(self, call: Caller) -> None:
        """Ask through `call`."""
        self._call = call

    async def set_default(self, evse: int, tariff: Words) -> None:
        """Install the tariff for everybody who has none of his own; 0 is every EVSE (I07.FR.12)."""
        await self._give("SetDefaultTariff", tariff, {"evseId": evse})

    async def installed(self, evse: int = 0) -> list[TariffAssignment]:
        """The tariffs of an EVSE, 0 for all (I09.FR.01, I09.FR.03)."""
        answer = await self._call("GetTariffs", {"evseId": evse})
        consent(answer, "Accepted", "NoTariff")
        return [_assignment(told) for told in answer.get("tariffAssignments") or ()]

    async def clear(self, tariffs: Sequence[str] = (), evse: int | None = None) -> None:
        """Remove tariffs, all without names; raises Refused with the names that stayed."""
        request: Payload = {"tariffIds": [*tariffs]} if tariffs else {}
        answer = await self._call("ClearTariffs", request if evse is None else request | {"evseId": evse})
        kept = [result for result in answer["clearTariffsResult"] if result.get("status") == "Rejected"]
        if kept:
            raise Refused("Rejected", ", ".join(text(result, "tariffId", 60) for result in kept))

    async def change(self, transaction: str, tariff: Words) -> None:
        """Give a running transaction another tariff (I11)."""
        await self._give("ChangeTransactionTariff", tariff, {"transactionId": transaction})

    async def _give(self, action: str, tariff: Words, where: Payload) -> None:
        """I08.FR.08: another tariff has another id, else what old sessions have cost could not be explained."""
        key, content = f"tariff/{tariff.get('tariffId')}", dict(tariff)
        station = self._call.station
        if station.ledger.recall(station.name, key) not in (None, content):
            raise Invalid(f"I08.FR.08: {tariff.get('tariffId')} has been another tariff, it needs another id")
        consent(await self._call(action, where | {"tariff": content}))
        station.keep(key, content)


def _assignment(told: Payload) -> TariffAssignment:
    return TariffAssignment(
        text(told, "tariffId", 60),
        text(told, "tariffKind", 20),
        tuple(told.get("evseIds") or ()),
        tuple(told.get("idTokens") or ()),
        clock.parse(told.get("validFrom")),
    )
