"""Which car of the household is where, and how full it is."""

from asyncio import Task
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from ..const import CONF_NUMBER, SUBENTRY_CARD, SUBENTRY_VEHICLE
from ..csms.model.account import Query
from ..csms.model.transaction import Transaction
from .habits import WEEK, Habits
from .place import Place
from .vehicle import FULL, Signs, Vehicle, marks, recognised

type Records = Callable[[Query], Awaitable[Sequence[tuple[Transaction, int]]]]
"""Gives the sessions that are asked for."""


class Garage:
    """Knows the cars of a hub, and looks which of them is at which EVSE."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, records: Records) -> None:
        """Know what the subentries tell when it is asked."""
        self._hass = hass
        self._entry = entry
        self._records = records
        self._leave: Callable[[], None] | None = None
        self._habits = Habits()
        self._study: Task[None] | None = None

    @callback
    def follow(self, told: Callable[[Event[EventStateChangedData]], None]) -> None:
        """Call `told` whenever a car tells another level."""
        self.stop()
        if levels := {vehicle.level for vehicle in self.vehicles() if vehicle.level}:
            self._leave = async_track_state_change_event(self._hass, levels, told)

    @callback
    def stop(self) -> None:
        """Call nobody any more."""
        if self._leave is not None:
            self._leave()
            self._leave = None

    def vehicles(self) -> Iterator[Vehicle]:
        """The cars, as they are described now."""
        return vehicles(self._entry)

    def look(self, places: Iterable[Place], moment: datetime) -> None:
        """See who is where."""
        known, claims = tuple(self.vehicles()), dict[Place, Vehicle | None]()
        for place in places:
            place.vehicles = known
            place.come(moment)
            claims[place] = recognised(known, signs(place)) if place.evse.plugged else None
        if claims and self._habits.due(moment):
            self._study = self._entry.async_create_background_task(self._hass, self._learn(moment), "ocpp_home habits")
        for place, vehicle in unique(claims).items():
            place.visit.stakes = self._habits.stakes(vehicle, (place.station.name, place.evse.id))
            place.see(vehicle, None if vehicle is None else self._level(vehicle), moment)

    async def _learn(self, moment: datetime) -> None:
        """Look what was charged in the last week."""
        sessions = await self._records(Query(since=moment - WEEK, until=moment))
        self._habits.learn((session for session, _ in sessions), tuple(self.vehicles()))

    def _level(self, vehicle: Vehicle) -> float | None:
        """How full its sensor says it is (%)."""
        state = None if vehicle.level is None else self._hass.states.get(vehicle.level)
        try:
            level = float("nan") if state is None else float(state.state)
        except ValueError:
            return None
        return min(max(level, 0.0), FULL) if isfinite(level) else None


def vehicles(entry: ConfigEntry) -> Iterator[Vehicle]:
    """The cars of a hub, as they are described now."""
    subentries = entry.subentries.values()
    cards = {one.subentry_id: one.data[CONF_NUMBER] for one in subentries if one.subentry_type == SUBENTRY_CARD}
    for one in subentries:
        if one.subentry_type == SUBENTRY_VEHICLE:
            yield Vehicle.of(one.subentry_id, one.title, one.data, cards)


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
