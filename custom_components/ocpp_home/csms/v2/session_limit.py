"""What a session may come to (OCPP 2.1 ed. 1 - E16, F07): it travels with answers to TransactionEvent."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from math import isfinite
from typing import Final

from ..dialogue.call import Caller
from ..dialogue.fields import number, text, whole
from ..dialogue.files import request_id
from ..model.commands import Document
from ..model.errors import Invalid, OcppError, Unsupported
from ..model.session_limit import NO_LIMIT, SessionLimit, SessionLimits
from ..model.station import Station
from ..model.token import Token
from ..model.transaction import Json, Transaction
from ..wire.frame import Payload
from . import prepaid, starts
from .remote import Remote

NAMES: Final = {"maxCost": "cost", "maxEnergy": "energy", "maxTime": "time", "maxSoC": "soc"}
"""OCPP 2.1 ed. 1 - 2.110 TransactionLimitType."""
SUPPORTED: Final = {word.casefold(): name for word, name in NAMES.items()} | {"maxlength": "time"}
"""OCPP 2.1 ed. 1 - 2.8.1 TxSupportedLimits, which lists the time as `maxLength`."""
REACHED: Final = {
    "costlimitreached": "cost",
    "energylimitreached": "energy",
    "timelimitreached": "time",
    "soclimitreached": "soc",
}
"""OCPP 2.1 ed. 1 - 3.104 TriggerReasonEnumType."""
REMEMBERED: Final = 32
"""Of so many sessions the limits are known."""
LIMIT: Final = "limit"
"""Under this name a start brings its limits along."""


class Sessions:
    """The limits of the sessions of one station."""

    def __init__(self, station: Station, call: Caller, remote: Remote) -> None:
        """Limit the sessions of `station`, which `remote` starts."""
        self._station = station
        self._call = call
        self._remote = remote

    @property
    def supported(self) -> frozenset[str]:
        """The limits the station holds to."""
        return supported(self._station)

    async def limit(self, transaction: str, limit: SessionLimit) -> None:
        """State the limits of a running session; the message whose answer tells them is asked for (E16.FR.02)."""
        station = self._station
        known = station.ledger.find(station.name, transaction)
        if known is None or not known.active:
            raise Invalid(f"no session {transaction} is running")
        _check(station, limit, known)
        wish(station, known, limit)
        with suppress(OcppError):  # it comes with the next message
            evse: Payload = {"evse": {"id": known.evse}} if known.evse else {}
            await self._call("TriggerMessage", {"requestedMessage": "TransactionEvent"} | evse)

    async def start(self, evse: int | None, token: Token, limit: SessionLimit, profile: Document | None = None) -> None:
        """Ask the station to begin a session; its limits are told when it has begun (F07.FR.01, F07.FR.02)."""
        _check(self._station, limit, None)
        number = request_id(self._station)
        starts.expect(self._station, number, {LIMIT: limit.given})
        try:
            await self._remote.begin(number, evse, token, profile)
        except OcppError:
            starts.redeem(self._station, number)
            raise


def wish(station: Station, transaction: Transaction, limit: SessionLimit) -> None:
    """Note what the owner wishes a session to come to."""
    limits_of(station, transaction).wished = limit
    _keep(station, transaction)
    if (evse := station.evses.get(transaction.evse)) is not None:
        station.changed(evse)


def recalled(given: Json) -> SessionLimit:
    """Limits as they were remembered."""
    return _limit(given, {part.name: part.name for part in fields(SessionLimit)})


def supported(station: Station) -> frozenset[str]:
    """The limits a station says it holds to; one that says nothing holds to none."""
    words = station.variables.words("SupportedLimits", "TxCtrlr")
    return frozenset(name for word in words if (name := SUPPORTED.get(word.casefold())))


def limits_of(station: Station, transaction: Transaction) -> SessionLimits:
    """The limits of a transaction, as they were before a restart."""
    limits = station.session_limits.get(transaction.id)
    if limits is None:
        limits = station.session_limits[transaction.id] = _restored(station, transaction)
        if len(station.session_limits) > REMEMBERED:
            del station.session_limits[next(iter(station.session_limits))]
    return limits


def hear(station: Station, transaction: Transaction, payload: Payload) -> bool:
    """Take over what a message says of the limits; tell whether that is news (E16.FR.01, E16.FR.03)."""
    if not transaction.active:
        station.session_limits.pop(transaction.id, None)
        _keep(station, transaction)
        return False
    about = payload.get("transactionInfo")
    about = about if isinstance(about, dict) else {}
    limits = limits_of(station, transaction)
    before = (limits.reported, limits.reached)
    limits.reported = limits.reported.with_(_limit(about.get("transactionLimit"), NAMES))
    if reached := REACHED.get(text(payload, "triggerReason").casefold()):
        limits.reached = reached
    elif text(about, "chargingState") == "Charging":
        limits.reached = None
    _keep(station, transaction)
    return before != (limits.reported, limits.reached)


def tell(station: Station, transaction: Transaction, payload: Payload) -> Payload:
    """What the answer to a message says of the limits: once what has changed, and again what may have been lost."""
    if not transaction.active:
        return {}
    limits, message = limits_of(station, transaction), whole(payload, "seqNo")
    _hold_to_budget(station, transaction, limits)
    due = limits.due(supported(station))
    if message is not None and message == limits.answered:
        due = limits.sent.with_(due)
    if due == NO_LIMIT:
        return {}
    limits.sent, limits.answered = limits.sent.with_(due), message
    _keep(station, transaction)
    return {"transactionLimit": {word: due.given[name] for word, name in NAMES.items() if name in due.given}}


def _hold_to_budget(station: Station, transaction: Transaction, limits: SessionLimits) -> None:
    """C17.FR.03: limit a session to what is left on its card, where nobody has wished otherwise."""
    if transaction.token is None or transaction.started is None:
        return
    budget = prepaid.left(station, Token(transaction.token), transaction.started)
    if budget.cost is not None and not _priced(station, transaction):
        budget = replace(budget, cost=None)  # E16.FR.11
    limits.wished = budget.with_(limits.wished)


def _check(station: Station, limit: SessionLimit, transaction: Transaction | None) -> None:
    """Raise Unsupported or Invalid for what the station would not, or could not, hold to."""
    given = limit.given
    if unable := sorted(given.keys() - supported(station)):
        raise Unsupported(f"the station does not limit a session by {', '.join(unable)}")  # E16.FR.12
    if not all(isfinite(value) and value >= 0 for value in given.values()) or given.get("soc", 0) > 100:
        raise Invalid("a limit is a number from 0, of the state of charge up to 100")
    if "cost" in given and not _priced(station, transaction):
        raise Invalid("nobody tells what the session costs")  # E16.FR.11


def _priced(station: Station, transaction: Transaction | None) -> bool:
    """Whether the cost is known here, or the station reckons it itself."""
    if transaction is None:
        told = station.household.currency is not None
    else:
        told = station.cost is not None and station.cost(transaction) is not None
    return told or station.variables.flag("Enabled", "TariffCostCtrlr", instance="Tariff") is True


def _limit(told: object, names: Mapping[str, str]) -> SessionLimit:
    if not isinstance(told, Mapping):
        return NO_LIMIT
    found = {name: value for word, name in names.items() if (value := number(dict(told), word)) is not None}
    return SessionLimit(
        cost=found.get("cost"),
        energy=found.get("energy"),
        time=_whole(found.get("time")),
        soc=_whole(found.get("soc")),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _keep(station: Station, transaction: Transaction) -> None:
    limits = station.session_limits.get(transaction.id)
    if limits is None or limits == SessionLimits():
        if _restored(station, transaction) != SessionLimits():
            station.keep(_key(transaction), None)
        return
    told = {name: getattr(limits, name).given for name in ("wished", "sent", "reported")}
    station.keep(_key(transaction), {"transaction": transaction.id, "answered": limits.answered} | told)


def _restored(station: Station, transaction: Transaction) -> SessionLimits:
    known = station.ledger.recall(station.name, _key(transaction))
    if not isinstance(known, Mapping) or known.get("transaction") != transaction.id:
        return SessionLimits()
    wished, sent, reported = (recalled(known.get(name)) for name in ("wished", "sent", "reported"))
    return SessionLimits(wished, sent, whole(dict(known), "answered"), reported)


def _key(transaction: Transaction) -> str:
    return f"session_limit/{transaction.evse}"
