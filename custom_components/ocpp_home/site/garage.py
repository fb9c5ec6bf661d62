"""Which car of the household is where, and how full it is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import isfinite

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_NUMBER, SUBENTRY_CARD, SUBENTRY_VEHICLE
from .place import Place
from .vehicle import FULL, Signs, Vehicle, marks, recognised


class Garage:
    """Knows the cars of a hub, and looks which of them is at which EVSE."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Know what the subentries tell when it is asked."""
        self._hass = hass
        self._entry = entry

    def vehicles(self) -> Iterator[Vehicle]:
        """The cars, as they are described now."""
        subentries = self._entry.subentries.values()
        cards = {one.subentry_id: one.data[CONF_NUMBER] for one in subentries if one.subentry_type == SUBENTRY_CARD}
        for one in subentries:
            if one.subentry_type == SUBENTRY_VEHICLE:
                yield Vehicle.of(one.subentry_id, one.title, one.data, cards)

    def look(self, places: Iterable[Place], moment: datetime) -> None:
        """See who is where."""
        known, claims = tuple(self.vehicles()), dict[Place, Vehicle | None]()
        for place in places:
            place.vehicles = known
            place.come(moment)
            claims[place] = recognised(known, signs(place)) if place.evse.plugged else None
        for place, vehicle in unique(claims).items():
            place.see(vehicle, None if vehicle is None else self._level(vehicle), moment)

    def _level(self, vehicle: Vehicle) -> float | None:
        """How full its sensor says it is (%)."""
        state = None if vehicle.level is None else self._hass.states.get(vehicle.level)
        try:
            level = float("nan") if state is None else float(state.state)
        except ValueError:
            return None
        return min(max(level, 0.0), FULL) if isfinite(level) else None


def signs(place: Place) -> Signs:
    """What tells which car is there: a choice, the card, what the car tells of itself, and where it is."""
    transaction, name, number = place.evse.transaction, place.station.name, place.evse.id
    token = None if transaction is None else transaction.token
    told = place.station.variables.text("VehicleId", "ConnectedEV", number)
    shown = frozenset().union(*(marks(mark) for mark in (token, told) if mark))
    return Signs(place.rule.vehicle, shown, frozenset({name, f"{name}/{number}"}))


def unique(claims: Mapping[Place, Vehicle | None]) -> dict[Place, Vehicle | None]:
    """The same with each car in one place: where it was chosen, where it charges, where it came last."""
    best: dict[str, Place] = {}
    for place, vehicle in sorted(claims.items(), key=lambda claim: _evident(claim[0])):
        if vehicle is not None:
            best[vehicle.key] = place
    return {
        place: vehicle if vehicle is not None and best[vehicle.key] is place else None
        for place, vehicle in claims.items()
    }


def _evident(place: Place) -> tuple[bool, bool, float, str]:
    since = place.visit.since
    return (
        place.rule.vehicle is not None,
        bool(place.evse.charging),
        0.0 if since is None else since.timestamp(),
        place.key,
    )
