"""Whose a session is and what it comes to, and the last session that has ended, in full."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from math import floor
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfPower, UnitOfTime

from .csms.model.account import Account
from .csms.model.evse import Evse
from .csms.model.price import amount
from .csms.model.station import Station
from .csms.model.transaction import Transaction
from .csms.record.records import Records
from .sensor_entity import SensorRow, Value

type Which = Callable[[Evse], Transaction | None]


def _session(evse: Evse) -> Transaction | None:
    return evse.session


def _last(evse: Evse) -> Transaction | None:
    return evse.previous


CURRENT: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(key="session_holder", translation_key="session_holder", offline=True, value_fn=lambda _: None),
    SensorRow(
        key="session_sun",
        translation_key="session_sun",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
)
"""Of the session that runs, or ran last."""

LAST: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(
        key="last_session_energy",
        translation_key="last_session_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_cost",
        translation_key="last_session_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_duration",
        translation_key="last_session_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_start",
        translation_key="last_session_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_end",
        translation_key="last_session_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_holder",
        translation_key="last_session_holder",
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_stop_reason",
        translation_key="last_session_stop_reason",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_peak_power",
        translation_key="last_session_peak_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="last_session_sun",
        translation_key="last_session_sun",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        offline=True,
        value_fn=lambda _: None,
    ),
)
"""Of the newest session that has ended, also while another one runs."""


def account_rows(records: Records, station: Station) -> Iterator[SensorRow[Evse]]:
    """The sensors of the accounts of an EVSE's sessions."""
    for rows, which in ((CURRENT, _session), (LAST, _last)):
        for row in rows:
            tell = TELL[row.key.rpartition("session_")[2]]
            about = partial(_about, tell, records, which)
            priced = row.device_class is SensorDeviceClass.MONETARY
            currency = partial(_currency, records, station, which) if priced else None
            people = partial(_people, which) if tell is _holder else None
            yield replace(row, value_fn=about, unit_fn=currency, attributes_fn=people)


@dataclass(frozen=True, slots=True)
class Told:
    """A session with what it comes to."""

    session: Transaction
    account: Account | None


def _about(tell: Callable[[Told], Value], records: Records, which: Which, evse: Evse) -> Value:
    session = which(evse)
    return None if session is None else tell(Told(session, records.so_far(session)))


def _holder(told: Told) -> Value:
    """Who it was, by the best name there is."""
    session = told.session
    return session.person or session.card or session.card_group


def _people(which: Which, evse: Evse) -> Mapping[str, object]:
    session = which(evse)
    names = ("person", "card", "group")
    if session is None:
        return dict.fromkeys(names)
    return dict(zip(names, (session.person, session.card, session.card_group), strict=True))


def _energy(told: Told) -> Value:
    return told.session.energy if told.account is None else told.account.energy


def _cost(told: Told) -> Value:
    account = told.account
    if account is None or account.cost is None or account.currency is None:
        return None
    return float(amount(account.cost, account.currency))


def _currency(records: Records, station: Station, which: Which, evse: Evse) -> str | None:
    """That of the session, else that of the household."""
    session = which(evse)
    account = None if session is None else records.so_far(session)
    return (None if account is None else account.currency) or station.household.currency


def _duration(told: Told) -> Value:
    """Whole minutes."""
    begin, end = told.session.started, told.session.stopped
    return None if begin is None or end is None else max(0, floor((end - begin).total_seconds() / 60))


def _begin(told: Told) -> datetime | None:
    return told.session.started


def _end(told: Told) -> datetime | None:
    return told.session.stopped


def _reason(told: Told) -> Value:
    return told.session.reason


def _peak(told: Told) -> Value:
    return told.session.peak_power


def _sun(told: Told) -> Value:
    """The share of the sun in percent."""
    account = told.account
    if account is None or account.sun is None or not account.energy:
        return None
    return round(100 * account.sun / account.energy)


TELL: Final[Mapping[str, Callable[[Told], Value]]] = {
    "holder": _holder,
    "sun": _sun,
    "energy": _energy,
    "cost": _cost,
    "duration": _duration,
    "start": _begin,
    "end": _end,
    "stop_reason": _reason,
    "peak_power": _peak,
}
"""By the end of a key."""
