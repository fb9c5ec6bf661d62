"""Actions about what is recorded: sessions are listed, and handed on as files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType
import voluptuous as vol

from ..const import DOMAIN
from ..csms.model.account import Account, Query
from ..csms.model.meter import Reading
from ..csms.model.price import amount
from ..csms.record.session import Period, Session
from ..csms.record.totals import Total
from ..export import FORMATS, costs, names_of, offer
from ..sessions import last_month
from ..words import masked
from .household import HouseholdAction, hubs
from .row import TIME, Fields, several, stamp
from .target import Aim, aims

if TYPE_CHECKING:
    from ..hub import Hub

FLAGS: Final = ("offline", "repaired", "orphan")
MOST: Final = 1000
NEVER: Final = datetime.min.replace(tzinfo=UTC)
MONTH: Final = r"^\d{4}-(0[1-9]|1[0-2])$"


async def list_sessions(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """The sessions that are asked for, the newest first."""
    query = Query(
        card=fields.get("card"),
        person=fields.get("person"),
        since=fields.get("since"),
        until=fields.get("until"),
        running=fields.get("running"),
        flags=frozenset(fields.get("flags", ())),
        limit=fields["limit"],
    )
    found = {
        (hub.entry.entry_id, session.transaction.station, session.transaction.id): (hub, session)
        for hub, asked in _asked(hass, fields, query)
        for session in await hub.records.sessions(asked)
    }
    newest = sorted(found.values(), key=lambda one: one[1].begin or NEVER, reverse=True)[: query.limit]
    sessions: list[JsonValueType] = [
        await _recorded(hub, session, fields["signed_meter_values"]) for hub, session in newest
    ]
    return {"sessions": sessions}


async def export_sessions(hass: HomeAssistant, fields: Fields) -> JsonObjectType:
    """Files of the sessions of a period, to be downloaded, with what they come to."""
    period = _period(fields)
    query = Query(card=fields.get("card"), person=fields.get("person"))
    asked = list(_asked(hass, fields, query))
    if len({hub.entry.entry_id for hub, _ in asked}) != 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_hub")
    offered = await offer(asked[0][0], period, [query for _, query in asked], fields["format"])
    export = offered.export
    files: list[JsonValueType] = [
        {"format": kind, "name": name, "url": url} for kind, (name, url) in offered.links.items()
    ]
    return {
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "files": files,
        "checksum": export.checksum,
        "total": _total(export.total),
        "people": [{"person": one.name, **_total(one)} for one in export.people],
    }


def _asked(hass: HomeAssistant, fields: Fields, query: Query) -> Iterator[tuple[Hub, Query]]:
    """The query for each hub, or for each station and EVSE that is named."""
    named = cv.TARGET_SERVICE_FIELDS.keys() & fields.keys()
    if not named:
        yield from ((hub, query) for hub in hubs(hass))
        return
    for aim in aims(hass, fields, per_evse=True):
        yield _hub_of(hass, aim), replace(query, station=aim.station.name, evse=aim.only)


def _hub_of(hass: HomeAssistant, aim: Aim) -> Hub:
    return next(hub for hub in hubs(hass) if aim.station in hub.stations.values())


def _period(fields: Fields) -> Period:
    """What is asked for, else the last month."""
    if "month" in fields:
        year, month = (int(part) for part in fields["month"].split("-"))
        return Period.month(year, month)
    if "from" not in fields and "to" not in fields:
        return last_month()
    last: date = fields.get("to", dt_util.now().date())
    first: date = fields.get("from", last.replace(day=1))
    if last < first:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="period_ends_early")
    return Period(first, last)


async def _recorded(hub: Hub, session: Session, signed: bool) -> JsonValueType:
    """Everything of a record; numbers of cards only by their end, unless the owner wants them shown."""
    known, account, names = session.transaction, session.account, names_of(hub)
    told: dict[str, JsonValueType] = {
        "session": known.id,
        "station": known.station,
        "station_name": names.station(known.station),
        "evse": known.evse,
        "evse_name": names.evse(known.station, known.evse) or None,
        "connector": known.connector,
        "token": _number(hub, known.station, known.token),
        "stop_token": _number(hub, known.station, known.stop_token),
        "card": known.card,
        "person": known.person,
        "group": known.card_group,
        "begin": stamp(known.started),
        "end": stamp(known.stopped),
        "duration": _seconds(session),
        "meter_begin": known.meter_start,
        "meter_end": known.meter_stop if known.meter_stop is not None else known.meter_last,
        "reason": known.reason,
        "peak_power": session.peak_power,
        "reservation": known.reservation,
        "remote_start": known.remote_start,
        "flags": list(session.flags),
        "signed_values": session.signed,
        **_account(account),
    }
    if account is None:
        told["energy"] = known.energy
    if signed:
        told["signed_meter_values"] = [_reading(one) for one in await hub.records.signed(known)]
    return told


def _number(hub: Hub, station: str, number: str | None) -> str | None:
    """As much of it as may be seen; its station may have been removed."""
    if not number:
        return None
    known = hub.stations.get(station.casefold())
    return masked(number) if known is None else hub.number(known, number)


def _seconds(session: Session) -> float | None:
    begin, end = session.transaction.started, session.transaction.stopped
    return None if begin is None else ((end or dt_util.utcnow()) - begin).total_seconds()


def _account(account: Account | None) -> dict[str, JsonValueType]:
    if account is None:
        return dict.fromkeys(("energy", "cost", "currency", "sun")) | {"days": []}
    return {
        "energy": account.energy,
        "cost": _money(account.cost, account.currency),
        "currency": account.currency,
        "sun": account.sun,
        "days": [
            {
                "day": day.day.isoformat(),
                "energy": day.energy,
                "cost": _money(day.cost, account.currency),
                "sun": day.sun,
            }
            for day in account.days
        ],
    }


def _money(micro: int | None, currency: str | None) -> float | None:
    return None if micro is None or currency is None else float(amount(micro, currency))


def _reading(reading: Reading) -> JsonValueType:
    return {
        "at": reading.at.isoformat(),
        "quantity": reading.quantity.value,
        "phase": reading.phase and reading.phase.value,
        "location": reading.location.value,
        "context": reading.context,
        "value": reading.value,
        "signed": reading.signed,
    }


def _total(total: Total) -> dict[str, JsonValueType]:
    return {
        "sessions": total.sessions,
        "energy": total.energy,
        "sun": total.sun,
        "costs": dict(costs(total)),
        "energy_without_price": total.unpriced,
    }


_WHOSE: Final[dict[vol.Marker, Any]] = {vol.Optional("person"): cv.string, vol.Optional("card"): cv.string}
_MONTH: Final = vol.All(cv.string, vol.Match(MONTH))

ACTIONS: Final = (
    HouseholdAction(
        "list_sessions",
        list_sessions,
        {
            **_WHOSE,
            vol.Optional("since"): TIME,
            vol.Optional("until"): TIME,
            vol.Optional("running"): cv.boolean,
            vol.Optional("flags"): several(vol.In(FLAGS)),
            vol.Optional("limit", default=100): vol.All(vol.Coerce(int), vol.Range(min=1, max=MOST)),
            vol.Optional("signed_meter_values", default=False): cv.boolean,
        },
        SupportsResponse.ONLY,
        aimed=True,
    ),
    HouseholdAction(
        "export_sessions",
        export_sessions,
        {
            **_WHOSE,
            vol.Exclusive("month", "begin of the period"): _MONTH,
            vol.Exclusive("from", "begin of the period"): cv.date,
            vol.Optional("to"): cv.date,
            vol.Optional("format", default=list(FORMATS)): several(vol.In(FORMATS)),
        },
        SupportsResponse.ONLY,
        aimed=True,
    ),
)
