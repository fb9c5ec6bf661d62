"""Which car of the household is where, and how full it is."""

from collections.abc import Iterable, Iterator
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

    def look(self, places: Iterable[Place]) -> None:
        """See who is where."""
        known = tuple(self.vehicles())
        for place in places:
            place.vehicle = recognised(known, _signs(place)) if place.evse.plugged else None
            place.level = None if place.vehicle is None else self._level(place.vehicle)

    def _level(self, vehicle: Vehicle) -> float | None:
        """How full its sensor says it is (%)."""
        state = None if vehicle.level is None else self._hass.states.get(vehicle.level)
        try:
            level = float("nan") if state is None else float(state.state)
        except ValueError:
            return None
        return min(max(level, 0.0), FULL) if isfinite(level) else None


def _signs(place: Place) -> Signs:
    transaction, name = place.evse.transaction, place.station.name
    token = None if transaction is None else transaction.token
    told = marks(token) if token else frozenset[str]()
    return Signs(told=told, places=frozenset({name, f"{name}/{place.evse.id}"}))
