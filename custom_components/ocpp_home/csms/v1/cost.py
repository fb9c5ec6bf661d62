"""What a session costs, told over DataTransfer (OCA application note "OCPP & California Pricing Requirements" 3.1).

Core messages of 1.6 know no money. Stations which have the key CustomDisplayCostAndPrice take these three.
"""

from datetime import UTC, datetime
import json
from typing import Final

from ..dialogue.call import Caller
from ..dialogue.clock import stamp
from ..dialogue.transfer import transfer
from ..model.errors import Invalid
from ..model.evse import Status
from ..model.price import MICRO, Price, Pricing, worded
from ..model.transaction import Json, Transaction

VENDOR: Final = "org.openchargealliance.costmsg"
ABLE: Final = "CustomDisplayCostAndPrice"
DEFAULT: Final = "DefaultPrice"
IDLE: Final = frozenset({Status.SUSPENDED_EV, Status.FINISHING})
"""The car has had enough, and time goes by."""


class Costs:
    """The costs at one station."""

    final = True

    def __init__(self, call: Caller) -> None:
        """Tell them through `call`."""
        self._call = call
        self._station = call.station

    @property
    def shown(self) -> bool:
        """Whether the station says that it shows costs."""
        return self._station.variables.flag(ABLE) is True

    async def cost(self, transaction: str, total: float) -> None:
        """Tell the driver what a running session costs so far, or what one that has ended costs in all."""
        known = self._station.ledger.find(self._station.name, transaction)
        if known is None:
            raise Invalid(f"there is no transaction {transaction}")
        if known.active:
            await self._send("RunningCost", self._running(known, total))
        else:
            text = "" if self._price is None else worded(self._price)
            await self._send("FinalCost", {"transactionId": int(known.id), "cost": total, "priceText": text})

    async def greet(self, token: str, price: Price) -> None:
        """Tell whoever has shown a card what a kWh costs."""
        await self._send("SetUserPrice", {"idToken": token, "priceText": worded(price)})

    async def prepare(self, pricing: Pricing) -> None:
        """Set the price that is shown to everybody, unless the station has it."""
        price = pricing.price
        if not pricing.post or price is None or price.per_kwh is None:
            return
        content = {"priceText": worded(price), "priceTextOffline": worded(price), "chargingPrice": _per_kwh(price)}
        text = json.dumps(content, separators=(",", ":"))
        if self._station.variables.text(DEFAULT) != text:
            await self._station.require().configuration.write(DEFAULT, text)

    @property
    def _price(self) -> Price | None:
        """The price that holds now, where it is known."""
        price = self._station.household.pricing.price
        return None if price is None or price.per_kwh is None else price

    def _running(self, known: Transaction, total: float) -> dict[str, Json]:
        evse, price = self._station.evses.get(known.evse), self._price
        meter = known.meter_last if known.meter_last is not None else known.meter_start
        return {
            "transactionId": int(known.id),
            "timestamp": stamp(known.meter_last_at or known.started or datetime.now(UTC)),
            "meterValue": round(meter or 0),
            "cost": total,
            "state": "Idle" if evse is not None and evse.status in IDLE else "Charging",
            "chargingPrice": {} if price is None else _per_kwh(price),
        }

    async def _send(self, message: str, data: dict[str, Json]) -> None:
        await transfer(self._call, VENDOR, message, json.dumps(data, separators=(",", ":")))


def _per_kwh(price: Price) -> dict[str, Json]:
    return {"kWhPrice": (price.per_kwh or 0) / MICRO}
