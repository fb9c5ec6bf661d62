"""A payment terminal in the station, and an address to pay at on its display (OCPP 2.1 ed. 1 - C18 to C25)."""

from datetime import UTC, datetime, timedelta
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from .clock import stamp
from .dialect import Answer
from .oddities import Payload
from .transactions import ACCEPTED
from .v201_table import BOOLEAN, DECIMAL, INTEGER, MEMBERS, OPTION, READ_WRITE, STRING, WRITE_ONLY, Row

if TYPE_CHECKING:
    from .machine import Machine
    from .record import Transaction
    from .station import Station

SIGNS = "0123456789abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WISHES = "maxtime,maxenergy,maxcost"
ROWS: tuple[Row, ...] = (
    Row("PaymentCtrlr.Enabled", "true", BOOLEAN, READ_WRITE),
    Row("PaymentCtrlr.AuthorizeDirectPayment", "true", BOOLEAN, READ_WRITE),
    Row("PaymentCtrlr.AuthorizationAmount", "30.0", DECIMAL, READ_WRITE, limits=(0, None)),
    Row("PaymentCtrlr.SettlementByCSMS", "false", BOOLEAN, READ_WRITE),
    Row("PaymentCtrlr.ReceiptServerUrl", "", STRING, READ_WRITE),
    Row("PaymentCtrlr.ReceiptByCSMS", "false", BOOLEAN, READ_WRITE),
    Row("PaymentCtrlr.TerminalID", "TERM-1", STRING),
    Row("WebPaymentsCtrlr.Enabled", "false", BOOLEAN, READ_WRITE),
    Row("WebPaymentsCtrlr.URLTemplate", "", STRING, READ_WRITE),
    Row("WebPaymentsCtrlr.URLParameters", WISHES, MEMBERS, values=WISHES),
    Row("WebPaymentsCtrlr.TOTPVersion", "v1", OPTION, READ_WRITE, values="v1"),
    Row("WebPaymentsCtrlr.SharedSecret", "", STRING, WRITE_ONLY),
    Row("WebPaymentsCtrlr.ValidityTime", "60", INTEGER, READ_WRITE, "s", limits=(6, 3600)),
    Row("WebPaymentsCtrlr.Length", "6", INTEGER, READ_WRITE, limits=(6, None)),
)


def notify_web_payment_started(machine: Machine, payload: Payload) -> Payload:
    """C25.FR.22: nobody else begins at the EVSE meanwhile."""
    until = machine.clock.now() + timedelta(seconds=payload["timeout"])
    machine.shelf.setdefault("web payments", {})[payload["evseId"]] = until
    return {}


ANSWERS: dict[str, Answer] = {"NotifyWebPaymentStarted": notify_web_payment_started}


class Terminal:
    """What drivers do at the terminal and the display of a station."""

    def __init__(self, station: Station) -> None:
        assert station.hardware.terminal, "this station has no terminal"
        self.station = station

    def _text(self, name: str) -> str:
        return self.station.configuration.text(f"PaymentCtrlr.{name}")

    async def pay(self, reference: str, connector: int = 1) -> str:
        """Present a payment card, for which the bank gives a reference (C18.FR.02 to FR.06); its status."""
        station = self.station
        station.shelf.setdefault("kinds", {})[reference.casefold()] = "DirectPayment"
        status = ACCEPTED
        if self._text("AuthorizeDirectPayment") == "true":
            status = await station.present_card(reference, connector)
        else:
            station.dialect.use(station, station.connectors[connector], reference)
        transaction = station.connectors[connector].transaction
        if status == ACCEPTED and transaction is not None:
            transaction.limit["maxCost"] = float(self._text("AuthorizationAmount"))
        station.tick()
        await station.settle()
        return status

    async def check_vat(self, number: str, evse: int | None = None) -> Any:
        """The driver wants a VAT number on his receipt (C18.FR.08)."""
        body: Payload = {"vatNumber": number} | ({"evseId": evse} if evse else {})
        return await self.station.ask("VatNumberValidation", body)

    async def cancel(self, connector: int = 1) -> Any:
        """The driver does without (C20): the transaction ends, and nothing is taken from his card."""
        transaction = self.station.dialect.stop(self.station, self.station.connectors[connector], "Local")
        await self.station.settle()
        return await self._tell(transaction, "Canceled", 0.0)

    async def settle(self, transaction: Transaction, amount: float, status: str = "Settled") -> Any:
        """Take the money (C21), or fail to (C22); None where the central system does that (C21.FR.06)."""
        if self._text("SettlementByCSMS") == "true":
            return None
        return await self._tell(transaction, status, amount)

    async def _tell(self, transaction: Transaction, status: str, amount: float) -> Any:
        body: Payload = {
            "transactionId": transaction.id,
            "pspRef": transaction.id_tag,
            "status": status,
            "settlementAmount": amount,
            "settlementTime": stamp(self.station.clock.now()),
        }
        if status == "Settled" and self._text("ReceiptByCSMS") != "true":
            body |= {"receiptId": "R-1", "receiptUrl": "https://terminal.example/R-1"}  # C21.FR.04
        return await self.station.ask("NotifySettlement", body)

    def address(self, evse: int = 1, late: float = 0, **wishes: object) -> str:
        """What the QR code shows (C25.FR.01 to FR.06), by the clock on the wall and `late` seconds after it."""
        text = self.station.configuration.text
        assert text("WebPaymentsCtrlr.Enabled") == "true", "no QR code is shown"
        found = next(v for v in self.station.configuration.variables.values() if v.row.name.endswith(".SharedSecret"))
        moment = datetime.now(UTC).timestamp() + late
        validity, length = int(text("WebPaymentsCtrlr.ValidityTime")), text("WebPaymentsCtrlr.Length")
        values = {
            "chargingstationid": self.station.identity,
            "evse": str(evse),
            "totp": totp(found.value, moment, validity, length),
            "version": text("WebPaymentsCtrlr.TOTPVersion"),
        }
        url = text("WebPaymentsCtrlr.URLTemplate")
        for name, value in values.items():
            url = url.replace(f"{{{name}}}", value)
        return f"{url}?{urlencode(wishes)}" if wishes else url


def totp(secret: str, moment: float, validity: int, length: str) -> str:
    """TOTP algorithm, version 1."""
    interval = int(moment / validity)
    time = bytes((interval >> shift) & 255 for shift in range(56, -8, -8))
    hashed = hmac.new(bytes(secret, "utf-8"), time, hashlib.sha256)
    values = list(hashed.digest())
    start = values[-1] % 16
    return "".join(SIGNS[value % len(SIGNS)] for value in (values * 2)[start : start + int(length)])
