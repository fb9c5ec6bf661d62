"""Start, stop, unlock, restart (OCPP 1.6 ed. 2 - 5.2, 5.4, 5.11, 5.12, 5.14, 5.18)."""

from typing import ClassVar

from ..dialogue.call import consent, quirks_of
from ..dialogue.remote import Controls
from ..model.commands import Document, ResetKind
from ..model.errors import Invalid, Refused, Unsupported
from ..model.token import Token
from ..wire.frame import Payload


class Remote(Controls):
    """The remote control of one station."""

    cards_later: ClassVar[bool] = False  # 4.8: a transaction begins with an idTag

    async def start(self, evse: int | None, token: Token, profile: Document | None = None) -> None:
        """Ask the station to begin a transaction; that it did, StartTransaction tells."""
        quirks = quirks_of(self._station)
        self.startable(evse)
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
        """Restart the station; OCPP 1.6 cannot restart a single EVSE, nor resume a transaction afterwards."""
        if evse is not None:
            raise Unsupported("OCPP 1.6 restarts stations as a whole only")
        if kind is ResetKind.RESUME:
            raise Unsupported("OCPP 1.6 resumes no transactions after a reset")
        consent(await self._call("Reset", {"type": kind.value}))

    async def availability(self, evse: int, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of use; False when it will happen after the running transaction."""
        self.switchable()
        request = {"connectorId": evse, "type": "Operative" if operative else "Inoperative"}
        status = consent(await self._call("ChangeAvailability", request), "Accepted", "Scheduled")
        # 5.2: "In the case the ChangeAvailability.req contains ConnectorId = 0, the status change applies to ... all"
        self._station.make_operative(evse, operative)
        return status == "Accepted"
