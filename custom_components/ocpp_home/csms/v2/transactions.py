"""TransactionEvent (OCPP 2.0.1 ed. 3 - E): nothing is lost, nothing counted twice, in whatever order it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..dialogue import accounts, clock, intake, moments, sessions
from ..dialogue.authorization import Showing, tell
from ..dialogue.call import Caller, Handler
from ..dialogue.fields import text, whole
from ..dialogue.place import evse_at
from ..dialogue.sampled import BEGIN
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.meter import LINES, Location, Quantity, Reading
from ..model.station import Station
from ..model.token import Token
from ..model.transaction import Amendment, Closing, Opening, Transaction
from ..wire.frame import Payload
from . import authorization, resuming, sampled, session_limit, starts, status
from .charging import Charging
from .place import connector_number, connector_of, evse_of
from .transaction_status import progress

END: Final = "Transaction.End"
REMEMBERED: Final = 32
"""Of so many transactions it is known which messages have come."""
RUNNING: Final = 128
"""No station has so many sessions at once: two for each EVSE."""
NUMBERS: Final = 4096
"""Of so many messages of a transaction it is known that they have come, the newest."""
NAMELESS: Final = "unnamed"
"""The id of a transaction whose station tells none."""


def transaction_event(station: Station, payload: Payload, now: datetime) -> Payload:
    """Record what happened in a transaction, show what is news, and answer about its token and its cost."""
    clock.learn(station, None if _old(station, payload) else payload.get("timestamp"), now)
    event = _read(station, payload, now)
    transaction = event.transaction()
    fresh = event.follow(transaction)
    event.redeem(transaction)
    if event.kind == "Ended":
        sessions.close(station, transaction, event.closing(), event.readings, now)
    evse = station.evses.get(transaction.evse)
    if evse is not None and fresh and (event.kind == "Ended" or evse.transaction is transaction):
        event.show(evse, transaction)
        event.resume(evse)
    return event.answer(transaction, fresh=fresh)


@dataclass(frozen=True, slots=True)
class _Told:
    """One TransactionEvent."""

    station: Station
    payload: Payload
    about: Payload
    kind: str
    at: datetime
    timed: bool
    """Whether its time could be used."""
    first_told: datetime
    """When it came; of a begin, when it came first."""
    now: datetime
    offline: bool
    evse: Evse | None
    token: Token | None
    readings: Sequence[Reading]

    @property
    def begins(self) -> bool:
        """Whether it is a begin that was not told before."""
        return self.kind == "Started" and self.first_told == self.now

    def transaction(self) -> Transaction:
        """The transaction it speaks of; whatever message comes first makes it known."""
        told = text(self.about, "transactionId", 255) or NAMELESS
        known = self.station.ledger.find(self.station.name, told)
        if known is not None and self._begins_another(known):
            self._set_aside(known)
            known = None
        if known is None and self.kind == "Ended":
            self.station.count("stop without start")
            number = self.evse.id if self.evse is not None else 0
            known = self.station.ledger.orphan(self.station.name, number, told, self.closing(), named=True)
        if known is None or (known.started is None and self.kind == "Started"):
            self._make_room()
            known = self.station.ledger.start(self._opening(told))
            accounts.hold(self.station, known, self.token, self.at)
        if self.kind != "Started" or known.received != self.now:
            self._complete(known)
        return known

    def _begins_another(self, known: Transaction) -> bool:
        """Whether another session begins under the id of one that is over, which no station should do (E01.FR.08).

        A begin that was told before is that of the known one. One that comes while that runs, or after an end without
        a begin, is its own, overtaken by what came after it: that happens whenever a begin has to be sent again. Of one
        without a usable time its number tells (1.3: each message has another).
        """
        if not self.begins:
            return False
        if known.started is None or known.stopped is None:
            return False
        if not self.timed:
            return whole(self.payload, "seqNo") in self.station.heard.get(known.id, ())
        return self.at > known.stopped

    def _set_aside(self, known: Transaction) -> None:
        """Keep a session that is over apart from the one its id is of now."""
        self.station.count("id of a transaction used again")
        self.station.heard.pop(known.id, None)
        self.station.ledger.rename(known, f"{known.id} until {clock.stamp(known.stopped or self.at)}")

    def _make_room(self) -> None:
        """Presume that the oldest sessions are over where more run than any station can have."""
        running = self.station.ledger.active(self.station.name)
        for old in running[: max(0, len(running) + 1 - RUNNING)]:
            self.station.count("lost stop")
            end = old.meter_last_at or old.started or self.at
            self.station.ledger.stop(old, Closing(stopped=end, meter_stop=old.meter_last, reason=sessions.LOST))

    def follow(self, transaction: Transaction) -> bool:
        """Make the transaction the EVSE's, and record what was measured; tell whether the message is new."""
        evse = self.station.evses.get(transaction.evse)
        if evse is not None and evse.transaction is not transaction and (transaction.active or self.begins):
            self._leave(transaction)
            sessions.begun(self.station, evse, transaction, self.now)
        if self.kind != "Ended" and self.readings:
            if evse is None:
                self.station.ledger.read(transaction, self.readings)
            elif intake.take(self.station, evse, transaction, self.readings, self.now):
                self.station.changed(evse)
        return self._counted(transaction)

    def _leave(self, transaction: Transaction) -> None:
        """A transaction is of one EVSE: where it was thought to be before, it is no more."""
        for evse in self.station.evses.values():
            if evse.transaction is transaction:
                evse.transaction = None
                self.station.changed(evse)

    def show(self, evse: Evse, transaction: Transaction) -> None:
        """Bring the status of the EVSE to what is told, unless something newer was."""
        number = whole(self.payload, "seqNo")
        if number is not None and number < max(self.station.heard.get(transaction.id, ()), default=number):
            return
        before = (evse.status, evse.plugged_hint)
        status.charging_state(evse, text(self.about, "chargingState"))
        if self.kind == "Ended" and evse.transaction is None:
            status.released(evse)
        if before != (evse.status, evse.plugged_hint):
            self.station.changed(evse)

    def redeem(self, transaction: Transaction) -> None:
        """Take over what the command has brought along that began the transaction (F07, E17.FR.15)."""
        brought = starts.redeem(self.station, whole(self.about, "remoteStartId"))
        if limit := brought.get(session_limit.LIMIT):
            session_limit.wish(self.station, transaction, session_limit.recalled(limit))
        profile = brought.get(resuming.PROFILE)
        if isinstance(profile, Mapping):
            resuming.remember(self.station, transaction.evse, transaction.id, profile)

    def resume(self, evse: Evse) -> None:
        """Give a transaction that went on after a loss of power what its station has forgotten (E17.FR.15)."""
        charging = self.station.commands.charging if self.station.commands is not None else None
        if text(self.payload, "triggerReason") == "TxResumed" and isinstance(charging, Charging):
            charging.resume(evse)

    def limits(self, transaction: Transaction, *, fresh: bool) -> Payload:
        """Take over the limits that are told, and tell those that are wished (E16)."""
        evse = self.station.evses.get(transaction.evse)
        if fresh and session_limit.hear(self.station, transaction, self.payload) and evse is not None:
            self.station.changed(evse)
        return session_limit.tell(self.station, transaction, self.payload)

    def answer(self, transaction: Transaction, *, fresh: bool) -> Payload:
        """What is said about the token and, where it is known, the cost; I03.FR.04: to leave it out is not free."""
        answer: Payload = {}
        if self.token is not None:
            verdict = authorization.decide(self.station, self.token, self.at, self._showing(transaction))
            answer["idTokenInfo"] = authorization.token_info(verdict)
            if fresh and not verdict.accepted:
                about = {"transaction": transaction.id}
                at = Event(Kind.CARD_REFUSED, self.at, transaction.evse, about, live=not self.offline)
                tell(self.station, authorization.shown(self.token), verdict, at)
        cost = self.station.cost(transaction) if self.station.cost is not None else None
        if cost is not None and self.kind != "Started":
            answer["totalCost"] = cost
            if transaction.active:
                self.station.costs_told[transaction.id] = cost
        if self.station.version == "2.1":
            answer |= self.limits(transaction, fresh=fresh)
        return answer

    def closing(self) -> Closing:
        """The end of the transaction; E06.FR.09: without a reason it is Local."""
        return Closing(
            stopped=self.at,
            meter_stop=_register(self.readings, END),
            reason=text(self.about, "stoppedReason", 50) or "Local",
            token=authorization.shown(self.token).id or None if self.token is not None else None,
            received=self.now,
            offline=self.offline,
        )

    def _opening(self, name: str) -> Opening:
        return Opening(
            station=self.station.name,
            evse=self.evse.id if self.evse is not None else 0,
            connector=connector_number(self.payload) or 1,
            token=self._holder(),
            started=self.at,
            meter_start=_register(self.readings, BEGIN, first=True),
            id=name,
            received=self.now,
            reservation=whole(self.payload, "reservationId"),
            remote_start=whole(self.about, "remoteStartId"),
            offline=self.offline,
        )

    def _complete(self, known: Transaction) -> None:
        """Add what earlier messages did not tell: the token, the EVSE, the register at the begin."""
        begin = _register(self.readings, BEGIN, first=True, strict=known.meter_start is not None or known.orphan)
        if begin is not None and known.meter_start is not None and begin >= known.meter_start:
            begin = None
        place = self.evse if "evse" in self.payload else None
        connector = connector_number(self.payload)
        amendment = Amendment(
            started=self.at if self._earlier(known) else None,
            meter_start=begin,
            token=self._holder() if known.token is None and self.kind != "Ended" else None,
            evse=place.id if place is not None and known.evse != place.id else None,
            connector=connector if connector != known.connector else None,
            remote_start=whole(self.about, "remoteStartId"),
            reservation=whole(self.payload, "reservationId"),
            offline=True if self.begins and self.offline else None,
        )
        self.station.ledger.amend(known, amendment)  # also what tells nothing new is answered when all is on the disk
        if amendment.token is not None:
            accounts.hold(self.station, known, self.token, self.at)

    def _earlier(self, known: Transaction) -> bool:
        """Whether it happened before all that is known, by its number too: a clock that was set back orders nothing."""
        if known.started is None or self.at >= known.started:
            return False
        number = whole(self.payload, "seqNo")
        return number is None or number < min(self.station.heard.get(known.id, ()), default=number + 1)

    def _showing(self, transaction: Transaction) -> Showing:
        """What the token is shown for; whose session it is begins with it, anybody else's card is to stop it."""
        starting = self.kind != "Ended" and transaction.token == self._holder()
        return Showing(transaction.evse or None, transaction, starting=starting)

    def _holder(self) -> str | None:
        return authorization.shown(self.token).id or None if self.token is not None else None

    def _counted(self, transaction: Transaction) -> bool:
        """Note the number of the message; 1.3: seqNo is raised by one with each, so that what is missing shows."""
        number = whole(self.payload, "seqNo")
        if number is None:
            return True
        heard = self.station.heard
        seen = heard.setdefault(transaction.id, set())
        if len(heard) > REMEMBERED:
            del heard[next(iter(heard))]
        if number in seen:
            self.station.count("repeated event")
            return False
        if seen and number > max(seen) + 1:
            self.station.count("events missing")
        seen.add(number)
        if len(seen) > NUMBERS:
            seen.difference_update(sorted(seen)[: NUMBERS // 2])
        return True


def _old(station: Station, payload: Payload) -> bool:
    """Whether it was written a while ago: while the station was offline, or it has come before."""
    about = payload.get("transactionInfo")
    name = text(about, "transactionId", 255) if isinstance(about, dict) else ""
    return payload.get("offline") is True or whole(payload, "seqNo") in station.heard.get(name, ())


def _read(station: Station, payload: Payload, now: datetime) -> _Told:
    moment = clock.read(station, payload.get("timestamp"), now)
    about = payload.get("transactionInfo")
    about = about if isinstance(about, dict) else {}
    known = station.ledger.find(station.name, text(about, "transactionId", 255) or NAMELESS)
    evse = evse_of(station, payload) or (evse_at(station, known.evse) if known is not None else None)
    if evse is not None:
        connector_of(evse, connector_number(payload))
    kind = text(payload, "eventType")
    told = moments.Told(moment.at, now)
    if kind == "Started":
        said = (text(about, "transactionId", 255), text(payload, "timestamp"), text(payload, "seqNo"))
        told = moments.first(station, "|".join((kind, *said)), moment.at, now)
    return _Told(
        station=station,
        payload=payload,
        about=about,
        kind=kind if kind in {"Started", "Ended"} else "Updated",
        at=told.at,
        timed=moment.told,
        first_told=told.received,
        now=now,
        offline=payload.get("offline") is True or now - told.at > clock.LATE,
        evse=evse,
        token=authorization.token_of(payload),
        readings=sampled.readings(station, payload.get("meterValue"), now),
    )


def _register(readings: Sequence[Reading], context: str, *, first: bool = False, strict: bool = False) -> float | None:
    """The energy register among readings: that of the context, else (unless strict) the first or the newest of any."""
    registers = [reading for reading in readings if _is_register(reading)]
    fitting = [reading for reading in registers if reading.context == context]
    if not fitting and not strict:
        fitting = registers
    plain = [reading.value for reading in fitting if reading.phase is None]
    if plain:
        return plain[0 if first else -1]
    lines = {reading.phase: reading.value for reading in fitting if reading.phase in LINES}
    return sum(lines.values()) if lines else None


def _is_register(reading: Reading) -> bool:
    return reading.quantity is Quantity.ENERGY_IMPORT and reading.location is Location.OUTLET


async def reconcile(station: Station, call: Caller, now: datetime) -> None:
    """Ask for the transactions that are still open here; those that run no more and will not be told of have ended."""
    for transaction in station.ledger.active(station.name):
        found = await progress(call, transaction.id)
        if found.over and transaction.active:
            sessions.lost(station, station.evse(transaction.evse or 1), transaction, now, now)
    if (durable := station.ledger.commit()) is not None:
        await durable


REQUESTS: Final[dict[str, Handler]] = {"TransactionEvent": transaction_event}
