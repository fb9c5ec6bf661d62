"""Costs and tariffs (OCPP 2.0.1 ed. 3 - I02; OCPP 2.1 - I07 to I11)."""

from collections.abc import Sequence
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Caller, Handler, consent
from ..dialogue.fields import text
from ..model.blocks import TariffAssignment, Words
from ..model.errors import Invalid, Refused
from ..wire.frame import Payload

REQUESTS: Final[dict[str, Handler]] = {}


class Costs:
    """The costs at one station."""

    def __init__(self, call: Caller) -> None:
        """Tell them through `call`."""
        self._call = call

    async def cost(self, transaction: str, total: float) -> None:
        """Tell the driver what the transaction costs so far (I02.FR.01), in the currency of the station."""
        await self._call("CostUpdated", {"transactionId": transaction, "totalCost": total})


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
