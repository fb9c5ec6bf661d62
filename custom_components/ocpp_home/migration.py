"""What entries of older versions hold, in the words of today; nobody is kept out who was let in, nor the other way."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .cards import add_card
from .const import (
    CONF_ADMITTANCE,
    CONF_AUTOCHARGE,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_NUMBER,
    CONF_STATIONS,
    CONF_TOKEN,
    SUBENTRY_STATION,
    Admission,
    Kind,
)
from .csms.model.station import Settings
from .csms.model.token import ADDRESS, Token
from .words import masked

MINOR: Final = 2
LISTED: Final = "listed"
NUMBERS: Final = "cards"


@callback
def migrate(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """1.1 to 1.2: the numbers that stations listed become cards of the household."""
    stations = [one for one in entry.subentries.values() if one.subentry_type == SUBENTRY_STATION]
    welcome = _welcome(stations)
    for number, identities in welcome.items():
        where = {} if len(identities) == len(stations) else {CONF_STATIONS: sorted(identities)}
        kind = {CONF_KIND: Kind.CAR.value} if ADDRESS.fullmatch(number) else {}
        add_card(hass, entry, masked(number), {CONF_NUMBER: number, **kind, **where})
    for station in stations:
        hass.config_entries.async_update_subentry(entry, station, data=_today(station.data))
    cars = {CONF_AUTOCHARGE: True} if any(map(_may_be_a_car, welcome)) else {}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **cars}, minor_version=MINOR)


def _may_be_a_car(number: str) -> bool:
    """Whether a number that was listed may be the address of a car, which charges only where its owner wants that."""
    return ADDRESS.fullmatch(f"vid:{number}") is not None or ADDRESS.fullmatch(number) is not None


def _welcome(stations: list[ConfigSubentry]) -> dict[str, set[str]]:
    """Where each number that is listed anywhere lets somebody charge: there, where everybody may, and as own token."""
    numbers: dict[str, str] = {}
    for station in stations:
        for number in station.data.get(NUMBERS, ()) if station.data.get(CONF_ADMITTANCE) == LISTED else ():
            if number.strip():
                numbers.setdefault(Token(number.strip()).key, number.strip())
    return {
        number: {station.data[CONF_IDENTITY] for station in stations if _lets_in(station.data, key)}
        for key, number in numbers.items()
    }


def _lets_in(data: Mapping[str, Any], key: str) -> bool:
    told = (*data.get(NUMBERS, ()), data.get(CONF_TOKEN, Settings().token))
    return data.get(CONF_ADMITTANCE) != LISTED or key in {Token(number.strip()).key for number in told}


def _today(data: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in data.items() if name not in (NUMBERS, CONF_ADMITTANCE)}
    return kept | ({CONF_ADMITTANCE: Admission.REFUSE.value} if data.get(CONF_ADMITTANCE) == LISTED else {})
