"""What a session has come to, and what the car that charges needs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import floor
import re
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.util import dt as dt_util

from .csms.model.evse import Evse
from .csms.model.needs import Needs
from .csms.model.session_limit import LIFTED, SessionLimits
from .csms.model.station import Station
from .entity import able
from .sensor_entity import SensorRow, Value

CURRENCY: Final = re.compile("[A-Z]{3}")


def _energy(evse: Evse) -> float | None:
    return None if evse.session is None else evse.session.energy


def _started(evse: Evse) -> datetime | None:
    return None if evse.session is None else evse.session.started


def _duration(evse: Evse) -> int | None:
    """Whole minutes, so that a running session is a new state once a minute and not with every frame."""
    session = evse.session
    if session is None or session.started is None:
        return None
    return max(0, floor(((session.stopped or dt_util.utcnow()) - session.started).total_seconds() / 60))


def _needed(read: Callable[[Needs], Value]) -> Callable[[Evse], Value]:
    return lambda evse: None if evse.needs is None else read(evse.needs)


def _told(station: Station, evse: Evse) -> bool:
    """A car tells its needs, or it does not: where none ever did there is nothing to show."""
    return evse.needs is not None


SESSION: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        # Not total_increasing: a session may begin above the end of the last one, and only last_reset tells them apart.
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=_energy,
        reset_fn=_started,
    ),
    SensorRow(
        key="session_duration",
        translation_key="session_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        value_fn=_duration,
    ),
    SensorRow(
        key="session_start",
        translation_key="session_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_started,
    ),
    SensorRow(
        key="session_end",
        translation_key="session_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.stopped,
    ),
    SensorRow(
        key="session_token",
        translation_key="session_token",
        number=True,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.token,
    ),
    SensorRow(
        key="session_stop_reason",
        translation_key="session_stop_reason",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.reason,
    ),
    SensorRow(
        key="session_peak_power",
        translation_key="session_peak_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda evse: None if evse.session is None else evse.session.peak_power,
    ),
)

NEEDS: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(
        key="car_departure",
        translation_key="car_departure",
        device_class=SensorDeviceClass.TIMESTAMP,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.departure),
    ),
    SensorRow(
        key="car_energy_wished",
        translation_key="car_energy_wished",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.energy),
    ),
    SensorRow(
        key="car_state_of_charge",
        translation_key="car_state_of_charge",
        device_class=SensorDeviceClass.BATTERY,
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.state_of_charge),
    ),
    SensorRow(
        key="car_full",
        translation_key="car_full",
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.full),
    ),
    SensorRow(
        key="car_capacity",
        translation_key="car_capacity",
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.capacity),
    ),
    SensorRow(
        key="car_minimum_current",
        translation_key="car_minimum_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.minimum),
    ),
    SensorRow(
        key="car_maximum_current",
        translation_key="car_maximum_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.maximum),
    ),
    SensorRow(
        key="car_maximum_power",
        translation_key="car_maximum_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.power),
    ),
    SensorRow(
        key="car_transfer",
        translation_key="car_transfer",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        has_fn=_told,
        value_fn=_needed(lambda needs: needs.transfer),
    ),
)
"""What a car has told by ISO 15118 (2.x); it is forgotten when the session has ended."""


COST: Final[SensorRow[Evse]] = SensorRow(
    key="session_cost",
    translation_key="session_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
    has_fn=lambda station, _: station.household.currency is not None,
    value_fn=lambda _: None,
)
"""It comes into being with the first price; while nobody knows the price the cost is unknown, not zero."""


LIMITS: Final[tuple[SensorRow[Evse], ...]] = (
    SensorRow(
        key="session_limit_energy",
        translation_key="session_limit_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        has_fn=able(lambda commands: commands.sessions),
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="session_limit_time",
        translation_key="session_limit_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.sessions),
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="session_limit_soc",
        translation_key="session_limit_soc",
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.sessions),
        value_fn=lambda _: None,
    ),
    SensorRow(
        key="session_limit_cost",
        translation_key="session_limit_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        has_fn=able(lambda commands: commands.sessions),
        value_fn=lambda _: None,
    ),
)
"""What a session may come to (2.1); without a limit, or where none has been told, it is not known."""


def session_rows(station: Station) -> Iterator[SensorRow[Evse]]:
    """The sensors of the sessions of an EVSE."""
    yield from SESSION
    yield replace(COST, value_fn=partial(_cost, station), unit_fn=partial(_currency, station))
    yield from NEEDS
    for row in LIMITS:
        which = row.key.removeprefix("session_limit_")
        limit = replace(row, value_fn=partial(_limit, station, which), attributes_fn=partial(_of_limits, station))
        yield replace(limit, unit_fn=partial(_currency, station)) if row is LIMITS[-1] else limit


def _limits(station: Station, evse: Evse) -> SessionLimits:
    known = None if evse.transaction is None else station.session_limits.get(evse.transaction.id)
    return known or SessionLimits()


def _limit(station: Station, which: str, evse: Evse) -> float | None:
    """What the station holds to, as it says, else what it was told; one that was lifted is none."""
    limits = _limits(station, evse)
    value = limits.sent.with_(limits.reported).given.get(which)
    return None if value is None or value >= LIFTED.given[which] else value


def _of_limits(station: Station, evse: Evse) -> Mapping[str, object]:
    return {"reached": _limits(station, evse).reached}


def _cost(station: Station, evse: Evse) -> float | None:
    """What the session costs by now, as whoever has the tariff tells."""
    return None if station.cost is None or evse.session is None else station.cost(evse.session)


def _currency(station: Station, evse: Evse) -> str | None:
    """The currency of the household, else that of the station (OCPP 2.0.1 ed. 3 - TariffCostCtrlr.Currency)."""
    if station.household.currency is not None:
        return station.household.currency
    currency = station.variables.text("Currency", "TariffCostCtrlr") or ""
    return currency if CURRENCY.fullmatch(currency) else None
