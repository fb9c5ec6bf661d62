"""The central system: accepts stations, picks their dialect, and keeps them across connections."""

from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from .book import SharedBook
from .dialogue import security
from .dialogue.call import quirks_of
from .dialogue.connection import Pauses
from .gate import Gate, Rejection
from .guest import Stranger, Waiting
from .model.household import Household
from .model.price import Pricing
from .model.station import Settings, Station
from .model.transaction import Ledger
from .security.proof import Standing
from .v1.dialect import Dialect as FirstDialect
from .v2.dialect import Dialect as SecondDialect
from .wire.door import Request
from .wire.frame import VERSIONS, Version
from .wire.server import Admission, Server
from .wire.session import Receiver, Session
from .wire.tls import Entrance

DIALECTS: Final[dict[str, Callable[[Station, Session, Pauses], Receiver]]] = {
    "1.6": FirstDialect,
    "2.0.1": SecondDialect,
    "2.1": SecondDialect,
}
PING_INTERVAL: Final = 30.0
"""A connection that is silent for so long (s) is asked for a sign of life."""
PEACE: Final = 3600.0
"""What nobody has tried for so long (s) is no longer told: to use another's identity, to come in without a proof."""
CONTESTED: Final = "identity_contested"
TURNED_AWAY: Final = "wrong_credentials"


class Central:
    """All stations, known and strange, on one listening port."""

    def __init__(self, ledger: Ledger, *, versions: tuple[Version, ...] = VERSIONS) -> None:
        """Serve the given OCPP versions, the preferred first, and record in `ledger`."""
        self.versions = versions
        self.waiting = Waiting()
        self.pauses = Pauses()
        self.peace = PEACE
        self._ledger = ledger
        self._stations: dict[str, Station] = {}
        self.book = SharedBook(self._stations)
        self.household = Household(book=self.book)
        """Who may charge at any of the stations: `household.admit(cards, policy)` changes it, and drops nobody."""
        self.household.subscribe(self._note_holders)
        self.household.subscribe(self._reconsider)
        self.gate = Gate()
        """Judges who dials in as one of the stations."""
        self._truces: dict[tuple[str, str], TimerHandle] = {}
        self._server = Server(self, versions)
        self._listening = False

    @property
    def stations(self) -> Mapping[str, Station]:
        """The known stations by casefolded name."""
        return self._stations

    @property
    def strangers(self) -> Mapping[str, Stranger]:
        """Who dials in and is not known, by casefolded name."""
        return self.waiting.strangers

    @property
    def on_stranger(self) -> Callable[[Stranger], None] | None:
        """Called when a stranger appears, and again when it has said what it is."""
        return self.waiting.told

    @on_stranger.setter
    def on_stranger(self, told: Callable[[Stranger], None] | None) -> None:
        self.waiting.told = told

    @property
    def on_intruder(self) -> Callable[[Rejection], None] | None:
        """Called when somebody does not prove to be the station he says he is, seldom for each identity."""
        return self.gate.on_intruder

    @on_intruder.setter
    def on_intruder(self, told: Callable[[Rejection], None] | None) -> None:
        self.gate.on_intruder = told

    @property
    def port(self) -> int | None:
        """The port that is listened on, None while stopped."""
        return self._server.port if self._listening else None

    async def start(self, host: str | list[str] | None, port: int, entrance: Entrance | None = None) -> None:
        """Listen on an address (None: on all), on one more port while running; raises OSError when that is taken."""
        await self._server.start(host or "", port, entrance)
        self._listening = True

    async def stop(self) -> None:
        """Close all connections politely and free the port."""
        self._listening = False
        for key, kind in tuple(self._truces):
            self._settle(key, kind)
        await self._server.stop()

    def add(self, name: str, settings: Settings) -> Station:
        """Take a station in; if it waits it is served at once on the connection it has."""
        key = name.casefold()
        station = self._stations.get(key)
        if station is None:
            station = self._stations[key] = Station(name, self._ledger, settings, self.household)
            self.book.watch(station)
            security.remember(station)
        stranger = self.waiting.leave(key)
        if stranger is not None and stranger.session is not None:
            if stranger.identity is not None:
                station.identify(stranger.identity)
            if self._prove_again(stranger.session, station):
                stranger.session.serve(self.open(stranger.session))
        return station

    def require(self, name: str, standing: Standing) -> None:
        """Ask this of a station, known or to be added, from now on.

        A connection that has proved something else has to prove this, by what it showed when it came, or ends. What
        it showed may be more than was asked for then, and just what is coming.
        """
        key = name.casefold()
        self.gate.require(key, standing)
        session, station = self.session(name), self._stations.get(key)
        if session is None or station is None or _satisfies(session.strength, standing):
            return
        if self._prove_again(session, station):
            station.proved, station.certified = session.strength, session.certified
            station.changed(station)

    def _prove_again(self, session: Session, station: Station) -> bool:
        """Judge a connection anew by what it showed when it came; one that proves nothing is closed."""
        proof = self.gate.prove(session.request, station.identity.serial, datetime.now(UTC))
        if proof.profile is None:
            session.close(1008, "the identity is not proved")
            return False
        session.strength, session.certified = proof.profile, proof.certified
        return True

    def update(self, name: str, settings: Settings) -> None:
        """Change what the owner wants of a station; its connection stays."""
        station = self._stations[name.casefold()]
        station.settings = settings
        for evse in station.evses.values():
            evse.limits.maximum = settings.maximum
        station.changed(station)

    def charge(self, pricing: Pricing) -> None:
        """From now on energy costs this; whoever shows what a session costs looks again."""
        if pricing == self.household.pricing:
            return
        self.household.pricing = pricing
        self._reconsider()
        for station in self._stations.values():
            for evse in station.evses.values():
                if evse.transaction is not None:
                    station.changed(evse)

    def _note_holders(self) -> None:
        """Remember whose the cards are from now on, for the sessions that stations tell of later."""
        self._ledger.hand_over({card.token: card.holder for card in self.household.cards}, datetime.now(UTC))

    def _reconsider(self) -> None:
        """Let everybody who watches a station see that another policy or price holds there."""
        for station in self._stations.values():
            station.changed(station)

    def remove(self, name: str) -> None:
        """Let a station go; what is recorded of it stays."""
        self._settle(name.casefold(), CONTESTED)
        self._settle(name.casefold(), TURNED_AWAY)
        self.gate.forget(name.casefold())
        self._stations.pop(name.casefold(), None)
        session = self.session(name)
        if session is not None:
            session.close(1000, "removed")

    def session(self, name: str) -> Session | None:
        """The connection of a station, or None."""
        return self._server.sessions.get(name.casefold())

    def admit(self, request: Request) -> Admission:
        """Decide about a connection before anything of it is stored."""
        key = request.identity.casefold()
        station = self._stations.get(key)
        if station is None:
            return Admission(versions=self.versions) if self.waiting.place(key) else Admission(status=404)
        verdict = self.gate.judge(request, station.identity.serial, datetime.now(UTC))
        proof = verdict.proof
        if proof.profile is None:
            if self._news(key, TURNED_AWAY) is not None:
                station.notice("wrong_credentials", address=request.peer, reason=proof.objection)
            return Admission(status=verdict.status, reason="the identity is not proved")
        if proof.profile:
            self._settle(key, TURNED_AWAY, request.peer)
        settings = station.settings
        return Admission(
            versions=settings.versions or self._versions(station),
            compression=settings.compression,
            ping_interval=PING_INTERVAL if settings.pings else None,
            strength=proof.profile,
            certified=proof.certified,
        )

    def _versions(self, station: Station) -> tuple[Version, ...]:
        """The versions for a station whose owner leaves them open: what it has proved to speak, or is known to."""
        told = self._ledger.recall(station.name, "versions")
        first = quirks_of(station).version
        proved = [version for version in self.versions if isinstance(told, list) and version in told]
        return tuple(proved) or tuple(sorted(self.versions, key=lambda version: version != first))

    def open(self, session: Session) -> Receiver:
        """Give a connection to whoever serves it."""
        key = session.identity.casefold()
        station = self._stations.get(key)
        if station is None:
            return self.waiting.welcome(key, session)
        station.proved, station.certified = session.strength, session.certified
        return DIALECTS[session.version](station, session, self.pauses)

    def contested(self, key: str, peer: str) -> None:
        """Tell the owner that somebody else uses the identity of a station, until nobody has for a while."""
        if (station := self._news(key, CONTESTED)) is not None:
            station.notice("identity_contested", address=peer)

    def _news(self, key: str, kind: str) -> Station | None:
        """The station whose owner does not know yet what somebody tries; he does until nobody has for a while."""
        station = self._stations.get(key)
        if station is None:
            return None
        if (key, kind) in self._truces:
            self._truces[key, kind].cancel()
        self._truces[key, kind] = get_running_loop().call_later(self.peace, self._settle, key, kind)
        return None if (kind, 0) in station.notices else station

    def _settle(self, key: str, kind: str, address: str | None = None) -> None:
        """Tell it no longer; with an `address` only where it was that which tried."""
        station = self._stations.get(key)
        notice = None if station is None else station.notices.get((kind, 0))
        if notice is not None and address not in {None, notice.data.get("address")}:
            return
        if (truce := self._truces.pop((key, kind), None)) is not None:
            truce.cancel()
        if station is not None:
            station.settle(kind)


def _satisfies(strength: int, standing: Standing) -> bool:
    """Whether nothing more is asked for than has been proved; of what is coming more may have been shown already."""
    return strength in {standing.profile, standing.coming} and strength >= (standing.coming or strength)
