"""Start, stop, unlock, restart (OCPP 2.0.1 ed. 3 - B11, B12, C11, F, G03, G04, P01)."""

from datetime import UTC, datetime
from typing import ClassVar, Final

from ..dialogue.call import consent, quirks_of
from ..dialogue.files import request_id
from ..dialogue.remote import Controls
from ..model.commands import Document, ResetKind
from ..model.errors import Unsupported
from ..model.token import Token, TokenType
from ..wire.frame import Payload
from . import authorization, paid, resuming
from .transaction_status import Progress, progress

RESETS: Final = {
    ResetKind.SOFT: "OnIdle",
    ResetKind.HARD: "Immediate",
    ResetKind.RESUME: "ImmediateAndResume",
}


class Remote(Controls):
    """The remote control of one station."""

    cards_later: ClassVar[bool] = True  # E02: cable plugin first

    async def start(self, evse: int | None, token: Token, profile: Document | None = None) -> None:
        """Ask the station to begin a transaction; that it did, TransactionEvent tells."""
        await self.begin(request_id(self._station), evse, token, profile)

    async def begin(self, number: int, evse: int | None, token: Token, profile: Document | None = None) -> None:
        """Ask for a start under a number, which the transaction will bear as its `remoteStartId`."""
        quirks = quirks_of(self._station)
        self.startable(evse)
        if not token.id and token.type is not TokenType.NO_AUTHORIZATION:
            token = Token(self._station.settings.token[: quirks.tag_length])
        request: Payload = {
            "remoteStartId": number,
            "idToken": authorization.id_token(token),
        }
        group = authorization.decide(self._station, token, datetime.now(UTC)).group
        if group:
            request["groupIdToken"] = authorization.group_token(group)
        if evse is not None:
            request["evseId"] = evse
        if profile is not None:
            request["chargingProfile"] = dict(profile)
            resuming.expect(self._station, number, profile)
        paid.expect(self._station, number, token)
        consent(await self._call("RequestStartTransaction", request))

    async def stop(self, transaction: str) -> None:
        """Ask the station to end a transaction; also one that is not known here, for the station may know it."""
        consent(await self._call("RequestStopTransaction", {"transactionId": transaction}))

    async def progress(self, transaction: str | None = None) -> Progress:
        """How far the station is with a transaction; without one, whether it has anything to tell of any."""
        return await progress(self._call, transaction)

    async def unlock(self, evse: int, connector: int = 1) -> None:
        """Release the cable; F05: refused while an authorized transaction runs."""
        consent(await self._call("UnlockConnector", {"evseId": evse, "connectorId": connector}), "Unlocked")

    async def reset(self, kind: ResetKind, evse: int | None = None) -> None:
        """Restart the station or one EVSE; `Scheduled` is consent, it happens after the transaction."""
        if kind is ResetKind.RESUME and self._station.version != "2.1":
            raise Unsupported("transactions are resumed after a reset since OCPP 2.1")
        request: Payload = {"type": RESETS[kind]}
        if evse is not None:
            request["evseId"] = evse
        consent(await self._call("Reset", request), "Accepted", "Scheduled")

    async def availability(self, evse: int, operative: bool, connector: int | None = None) -> bool:
        """Take the station (0), an EVSE or a connector in or out of use; False when a transaction must end before."""
        self.switchable()
        request: Payload = {"operationalStatus": "Operative" if operative else "Inoperative"}
        if evse:
            request["evse"] = {"id": evse} | ({"connectorId": connector} if connector is not None else {})
        status = consent(await self._call("ChangeAvailability", request), "Accepted", "Scheduled")
        if connector is None:
            self._station.make_operative(evse, operative)
        return status == "Accepted"
