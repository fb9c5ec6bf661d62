"""Whether a station gets the certificate it asks for, and the certificate itself."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from ..model.serial import named
from ..model.trust import CHARGING_STATION, Application, Unsigned
from . import csr
from .authority import Authority

MOST: Final = 20
PERIOD: Final = timedelta(days=1)
"""So many certificates a station is signed in so much time."""
VOUCHED: Final = timedelta(minutes=10)
"""So long after the owner has vouched for a station one request of it is signed though it has proved nothing."""
NOT_PROVED: Final = "not_proved"
OF_ANOTHER: Final = "of_another"
TOO_MANY: Final = "too_many"


class Signer:
    """Signs what the stations of a home ask for with the authority of that home."""

    def __init__(
        self,
        authority: Authority,
        keep: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Sign with `authority`; `keep` stores it, and what it has signed, before a station gets any of that."""
        self.others: Callable[[str], Collection[str]] = lambda station: ()
        """What all stations but one are called, and their serial numbers: nobody gets a certificate in such a name."""
        self._authority, self._keep, self._clock = authority, keep, clock
        self._signed: dict[str, list[datetime]] = {}
        self._vouched: dict[str, datetime] = {}

    def vouch(self, station: str) -> None:
        """The owner says that who is connected as `station` is it: it may be one whose certificate has ended."""
        self._vouched[station.casefold()] = self._clock()

    def objection(self, application: Application) -> str | None:
        """Why no certificate is signed, one of `csr.OBJECTIONS` or of those above; None where one will be.

        Whoever has proved nothing could have another's certificate signed for himself. What a station shows to cars
        names the station to them, not to us, so nothing of ours is looked for in it.
        """
        if not application.proved and not self._is_vouched(application.station):
            return NOT_PROVED
        if len(self._lately(application.station)) >= MOST:
            return TOO_MANY
        try:
            request = csr.read(application.csr)
        except csr.Unusable as error:
            return str(error)
        if any(named(other, request.common_name) for other in self.others(application.station)):
            return OF_ANOTHER
        if application.kind != CHARGING_STATION:
            return request.objection("")
        return request.objection(self._authority.organisation, {application.serial or application.station})

    async def sign(self, application: Application) -> str:
        """The certificate (PEM); raises Unsigned."""
        if (objection := self.objection(application)) is not None:
            raise Unsigned(objection)
        station, now = application.station, self._clock()
        self._signed[station] = [*self._lately(station), now]
        chain = self._authority.sign(csr.read(application.csr), station, now, application.kind)
        self._vouched.pop(station.casefold(), None)
        await self._keep()
        return chain

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        """The kinds of the certificates of a station of which the newest ends before a moment."""
        return self._authority.ending(station, by)

    def _is_vouched(self, station: str) -> bool:
        at = self._vouched.get(station.casefold())
        return at is not None and self._clock() - at < VOUCHED

    def _lately(self, station: str) -> list[datetime]:
        now = self._clock()
        return [at for at in self._signed.get(station, ()) if now - at < PERIOD]
