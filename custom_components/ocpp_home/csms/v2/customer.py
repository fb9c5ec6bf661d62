"""What a station knows of a customer, told and forgotten (OCPP 2.0.1 ed. 3 - N09, N10)."""

from datetime import datetime
from typing import Final

from ..dialogue.call import Block, Handler, consent
from ..dialogue.files import request_id
from ..dialogue.security import hashes
from ..model.commands import CustomerReference
from ..model.errors import Invalid, Unsupported
from ..model.station import Station
from ..model.token import Token, TokenType
from ..wire.frame import Payload
from . import parts


def notify_customer_information(station: Station, payload: Payload, now: datetime) -> Payload:
    """Take a part of what a station knows of a customer."""
    parts.take(station, payload)
    return {}


REQUESTS: Final[dict[str, Handler]] = {"NotifyCustomerInformation": notify_customer_information}


class Customer(Block):
    """What one station knows of its customers."""

    async def information(self, who: CustomerReference, *, report: bool = True, clear: bool = False) -> str:
        """What the station knows of a customer, in its own words; `clear` makes it forget that."""
        number = request_id(self._station)
        request = _reference(who) | {"requestId": number, "report": report, "clear": clear}
        with self._station.reports.expect(number) as told:
            consent(await self._call("CustomerInformation", request))
            words = "".join(str(part.get("data", "")) for part in await told.whole(parts.PATIENCE))
        if clear and who.token is not None:
            await self._unlist(who.token)
        return words

    async def _unlist(self, token: Token) -> None:
        """N10.FR.02: "The CSMS SHALL update the Local Authorization List", which the station does not clear itself."""
        local_list = self._station.require().local_list
        if local_list is None:
            return
        try:
            if version := await local_list.version():
                await local_list.send(version + 1, {token.id: None}, full=False)
        except Unsupported:
            return


def _reference(who: CustomerReference) -> Payload:
    """N09.FR.04, N10.FR.08: exactly one reference; N09.FR.08, N10.FR.09: hashes as they were reported."""
    given: Payload = {}
    if who.token is not None:
        kind = TokenType.CENTRAL if who.token.type is TokenType.UNKNOWN else who.token.type
        given["idToken"] = {"idToken": who.token.id, "type": kind.value}
    if who.certificate is not None:
        given["customerCertificate"] = hashes(who.certificate)
    if who.identifier is not None:
        given["customerIdentifier"] = who.identifier
    if len(given) != 1:
        raise Invalid("a customer is named by a token, a certificate or an identifier, and by one of them only")
    return given
