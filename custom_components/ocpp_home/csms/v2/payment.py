"""Paying at the station, and swapping batteries (OCPP 2.1 - C18, C21, C25, S).

What a payment terminal tells is passed on as an event; a VAT number is never vouched for.
"""

from datetime import UTC, datetime
from typing import Final

from ..dialogue import clock
from ..dialogue.call import Block, Handler, consent
from ..dialogue.fields import number, text, whole
from ..dialogue.files import request_id
from ..model.blocks import Visit
from ..model.errors import Refused
from ..model.event import Event, Kind
from ..model.station import Station
from ..model.token import Token
from ..wire.frame import Payload
from . import web_payment
from .authorization import decide, id_token, shown, token_of

BATTERIES: Final = 20
"""So many batteries of a swap are told by their numbers."""
TERMINAL: Final = "PaymentCtrlr"
"""The payment terminal of a station."""


def notify_settlement(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell that a payment was settled, or was not (C21.FR.02); C21.FR.03: say where its receipt is found."""
    data = {
        "status": text(payload, "status", 20),
        "amount": number(payload, "settlementAmount"),
        "reference": text(payload, "pspRef"),
        "transaction": text(payload, "transactionId", 36) or None,
        "receipt": text(payload, "receiptUrl", 2000) or None,
    }
    station.emit(Event(Kind.SETTLEMENT, clock.read(station, payload.get("settlementTime"), now).at, data=data))
    server = station.variables.text("ReceiptServerUrl", TERMINAL)
    ours = payload.get("status") == "Settled" and station.variables.flag("ReceiptByCSMS", TERMINAL) is True
    return {"receiptUrl": server} if ours and server else {}


def vat_number_validation(station: Station, payload: Payload, now: datetime) -> Payload:
    """Say that a VAT number is not known to be valid (C18.FR.09), of the same EVSE (C18.FR.10)."""
    answer: Payload = {"vatNumber": str(payload["vatNumber"])[:20], "status": "Rejected"}
    return answer | ({"evseId": payload["evseId"]} if "evseId" in payload else {})


def battery_swap(station: Station, payload: Payload, now: datetime) -> Payload:
    """Tell that batteries were put in or taken out, or that nobody took them."""
    batteries = payload.get("batteryData") or []
    token = token_of(payload)
    data = {
        "type": text(payload, "eventType", 20),
        "request": whole(payload, "requestId"),
        "token": None if token is None else shown(token).id,
        "batteries": ", ".join(text(battery, "serialNumber", 50) for battery in batteries[:BATTERIES]),
    }
    place = whole(batteries[0], "evseId") if batteries else None
    station.emit(Event(Kind.BATTERY, now, place or 0, data))
    return {}


REQUESTS: Final[dict[str, Handler]] = {
    "BatterySwap": battery_swap,
    "NotifySettlement": notify_settlement,
    "VatNumberValidation": vat_number_validation,
}


class Payments(Block):
    """Paying at one station, and swapping its batteries."""

    async def offer_web_payment(self, template: str) -> None:
        """Let the station show an address to pay at (C25.FR.01)."""
        await web_payment.offer(self._station, template)

    def visit(self, url: str) -> Visit:
        """What an address tells that the station shows at this moment (C25.FR.07, C25.FR.09)."""
        return web_payment.visit(self._station, url, datetime.now(UTC))

    async def web_payment_started(self, evse: int, timeout: int) -> None:
        """Tell that somebody is paying for an EVSE elsewhere; for `timeout` s it should wait for him (C25.FR.21)."""
        await self._call("NotifyWebPaymentStarted", {"evseId": evse, "timeout": timeout})

    async def swap_battery(self, token: Token) -> int:
        """Ask for a battery to be swapped; gives the number under which the swap is told (S02.FR.02).

        S02.FR.03: it is not asked for somebody who may not charge.
        """
        verdict = decide(self._station, token, datetime.now(UTC))
        if not verdict.accepted:
            raise Refused(verdict.decision.value, "this card may not charge here")
        request = request_id(self._station)
        consent(await self._call("RequestBatterySwap", {"idToken": id_token(token), "requestId": request}))
        return request
