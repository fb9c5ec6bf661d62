"""Start, stop, unlock, restart (OCPP 1.6 ed. 2 - 5.2, 5.4, 5.11, 5.12, 5.14, 5.18)."""

from datetime import UTC, datetime

from ..dialogue import transfer as transfers
from ..dialogue.call import Caller, consent, quirks_of
from ..model.commands import Document, ResetKind
from ..model.errors import Invalid, Refused, Unsupported
from ..model.station import Station
from ..model.token import Token
from ..wire.frame import Payload


class Remote:
    """The remote control of one station."""

    def __init__(self, station: Station, call: Caller) -> None:
        """Command `station` through `call`."""
        self._station = station
        self._call = call

    async def start(self, evse: int | None, token: Token, profile: Document | None = None) -> None:
        """Ask the station to begin a transaction; that it did, StartTransaction tells."""
        quirks = quirks_of(self._station)
        if (wait := self._station.rest(evse, quirks.restart_pause, datetime.now(UTC))) > 0:
            raise Refused("Busy", f"this station needs {wait:.0f} more seconds between two transactions")
        request: Payload = {"idTag": self._tag(token, quirks.tag_length)}
        if evse is not None:
            request["connectorId"] = evse
        if profile is not None:
            request["chargingProfile"] = dict(profile)
        consent(await self._call("RemoteStartTransaction", request))

    def _tag(self, token: Token, longest: int) -> str:
        """The id tag of a start; our own may be cut, somebody's card may not, for it would be another one."""
        own = self._station.settings.token
        if token.id and token.id != own:
            if len(token.id) > longest:
                raise Invalid(f"this station takes id tags of at most {longest} characters")
            return token.id
        return own[:longest]

    async def stop(self, transaction: str) -> None:
        """Ask the station to end a transaction; also one that is not known here, for the station may know it."""
        try:
            number = int(transaction)
        except ValueError as error:
            raise Refused("Rejected", f"{transaction} is no transaction number of OCPP 1.6") from error
        consent(await self._call("RemoteStopTransaction", {"transactionId": number}))

    async def unlock(self, evse: int, connector: int = 1) -> None:
        """Release the cable; a station may end the transaction for it."""
        answer = await self._call("UnlockConnector", {"connectorId": evse})
        if answer.get("status") == "NotSupported":
            raise Unsupported("NotSupported: the connector has no lock, or there is no such connector")
        consent(answer, "Unlocked", "Accepted")  # Accepted is the word of OCPP 1.5

    async def reset(self, kind: ResetKind, evse: int | None = None) -> None:
        """Restart the station; OCPP 1.6 cannot restart a single EVSE."""
        consent(await self._call("Reset", {"type": kind.value}))

    async def availability(self, evse: int, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of use; False when it will happen after the running transaction."""
        if quirks_of(self._station).refuses_availability:
            raise Unsupported("this station breaks when its availability is changed")
        request = {"connectorId": evse, "type": "Operative" if operative else "Inoperative"}
        status = consent(await self._call("ChangeAvailability", request), "Accepted", "Scheduled")
        # 5.2: "In the case the ChangeAvailability.req contains ConnectorId = 0, the status change applies to ... all"
        self._station.make_operative(evse, operative)
        return status == "Accepted"

    async def clear_cache(self) -> None:
        """Make the station forget who was authorized before."""
        consent(await self._call("ClearCache"))

    async def transfer(self, vendor: str, message: str | None = None, data: str | None = None) -> str | None:
        """Send a vendor's own message; gives the data of the answer."""
        return await transfers.transfer(self._call, vendor, message, data)

    async def call(self, action: str, payload: Document) -> Document:
        """Send any request as it is and give the whole answer."""
        return await self._call(action, dict(payload))
