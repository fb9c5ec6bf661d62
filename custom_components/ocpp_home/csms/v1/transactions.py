"""StartTransaction and StopTransaction (OCPP 1.6 ed. 2 - 4.8, 4.10): nothing is lost, nothing counted twice.

Neither is ever refused for what it says: a CALLERROR makes a station try again and then throw the record away (3.7.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..dialogue import accounts, clock, moments, register, sessions
from ..dialogue.authorization import Showing, decide, tell
from ..dialogue.call import Handler
from ..dialogue.clock import Moment
from ..dialogue.fields import number, text, whole
from ..dialogue.sampled import BEGIN, END, Registers
from ..model.event import Event, Kind
from ..model.evse import Evse
from ..model.station import Station
from ..model.token import Token
from ..model.transaction import Closing, Opening, Transaction
from ..wire.frame import Payload
from . import authorization, metering
from .place import evse_of

NAMELESS: Final = frozenset({"-1", "0", ""})
"""What stations send that know no number (errata sheet 1.6 - 3.18)."""
EARLY: Final = timedelta(seconds=5)


def start_transaction(station: Station, payload: Payload, now: datetime) -> Payload:
    """Record the begin of a transaction and give it its number; whoever may not charge gets one too."""
    evse = _place(station, payload)
    token = authorization.token_of(payload)
    meter_start = number(payload, "meterStart")
    moment = _moment(station, "start", payload, now)
    late = now - moment.at > clock.LATE
    transaction = station.ledger.start(
        Opening(
            station=station.name,
            evse=evse.id,
            connector=1,
            token=token.id or None,
            started=moment.at,
            meter_start=meter_start,
            received=now,
            reservation=whole(payload, "reservationId"),
            offline=late,
            repaired=not moment.told,
        )
    )
    if transaction.received == now:
        accounts.hold(station, transaction, token, moment.at)
    verdict = decide(station, token, moment.at, Showing(evse.id, transaction, starting=True))
    if transaction.received == now and transaction.active:
        sessions.begun(station, evse, transaction, now)
        if not verdict.accepted:
            event = Event(Kind.CARD_REFUSED, moment.at, evse.id, {"transaction": transaction.id}, live=not late)
            tell(station, token, verdict, event)
    return {"transactionId": int(transaction.id), "idTagInfo": authorization.tag_info(verdict)}


def stop_transaction(station: Station, payload: Payload, now: datetime) -> Payload:
    """Record the end of a transaction, or a stop whose start is not known."""
    sent = whole(payload, "transactionId")
    stop = _Stop(station, "" if sent is None else str(sent), _closing(station, payload, now))
    transaction = stop.find()
    if transaction is None:
        evse = station.sole_evse()
        transaction = station.ledger.orphan(station.name, evse.id if evse else 0, stop.sent_id, stop.closing)
        station.count("stop without start")
    readings = metering.read(station, payload.get("transactionData"), now, _registers(transaction, stop.closing))
    sessions.close(station, transaction, stop.closing, readings, now)
    token = authorization.token_of(payload)
    if not token.id:
        return {}
    return {"idTagInfo": authorization.tag_info(decide(station, token, stop.closing.stopped))}


def _registers(transaction: Transaction, closing: Closing) -> Registers:
    """The registers that `transactionData` signs without telling them again (Signed meter values v1.0 - 3.1.4)."""
    told = {BEGIN: transaction.meter_start, END: closing.meter_stop}
    return {context: register for context, register in told.items() if register is not None}


@dataclass(frozen=True, slots=True)
class _Stop:
    """One StopTransaction, and which transaction it ends."""

    station: Station
    sent_id: str
    closing: Closing

    def find(self) -> Transaction | None:
        """The transaction that is meant: by its number, or the only open one that the stop fits."""
        found = None
        if self.sent_id not in NAMELESS:
            found = self.station.ledger.find(self.station.name, self.sent_id)
        return found or self._repeated() or self._only_open()

    def _repeated(self) -> Transaction | None:
        """A transaction that has ended with this very stop: what names no number may come twice as well."""
        told = (self.station.ledger.ended_with(self.station.name, evse, self.closing) for evse in self.station.evses)
        return next(filter(None, told), None)

    def _only_open(self) -> Transaction | None:
        fitting = [known for known in self.station.ledger.active(self.station.name) if self._fits(known)]
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, known: Transaction) -> bool:
        """Whether the stop can be the end of a transaction."""
        if len(self.station.evses) > 1 and not self._of_its_card(known):
            return False
        if known.started is not None and self.closing.stopped < known.started - EARLY:
            return False
        if self.closing.meter_stop is None or known.meter_start is None:
            return True
        return register.course_of(known, known.meter_start, self.closing.stopped).fits(self.closing.meter_stop)

    def _of_its_card(self, known: Transaction) -> bool:
        """Whether its card, or one of the same group, stops it; without a card a foreign number proves nothing."""
        if self.closing.token is None or known.token is None:
            return self.sent_id in NAMELESS
        shown = Token(self.closing.token)
        card = self.station.household.cards.of(shown)
        family = card is not None and bool(card.group) and card.group == known.card_group
        return family or shown.key == Token(known.token).key


def _place(station: Station, payload: Payload) -> Evse:
    """The EVSE of a start; one that names none gets the first, and is kept for a human to look at."""
    evse = evse_of(station, payload)
    if evse is None:
        station.ledger.quarantine(station.name, "StartTransaction", str(payload)[:2000], "no usable connectorId")
        evse = station.evse(1)
    return evse


def _closing(station: Station, payload: Payload, now: datetime) -> Closing:
    moment = _moment(station, "stop", payload, now)
    return Closing(
        stopped=moment.at,
        meter_stop=number(payload, "meterStop"),
        reason=text(payload, "reason", 50) or "Local",  # 4.10: "the Reason SHOULD be assumed 'Local'"
        token=authorization.token_of(payload).id or None,
        received=now,
        offline=now - moment.at > clock.LATE,
        repaired=not moment.told,
    )


def _moment(station: Station, kind: str, payload: Payload, now: datetime) -> Moment:
    """When a start or stop happened; the same message has the same time whenever it comes again."""
    said = payload.get("timestamp")
    moment = clock.read(station, said, now)
    if not moment.told:
        station.ledger.quarantine(station.name, "time", str(payload)[:2000], "no usable timestamp")
    content = [kind, *(text(payload, name) for name in ("timestamp", "connectorId", "transactionId", "idTag"))]
    content += [text(payload, "meterStart"), text(payload, "meterStop")]
    return Moment(moments.first(station, "|".join(content), moment.at, now).at, moment.told)


REQUESTS: Final[dict[str, Handler]] = {
    "StartTransaction": start_transaction,
    "StopTransaction": stop_transaction,
}
