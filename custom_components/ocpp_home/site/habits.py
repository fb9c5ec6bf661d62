"""How much is used of a car in a day, or at an EVSE: as the records of a week have it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ..csms.control.outlook import Stakes
from ..csms.model.transaction import Transaction
from .vehicle import Vehicle, marks

WEEK: Final = timedelta(days=7)
AGAIN: Final = timedelta(hours=6)
"""So long what was learnt is believed."""

type Outlet = tuple[str, int]
"""A station, and an EVSE of it."""


class Habits:
    """What is used of each car, and at each EVSE."""

    def __init__(self) -> None:
        """Nothing has been learnt."""
        self._due: datetime | None = None
        self._daily: dict[str | Outlet, float] = {}

    def due(self, moment: datetime) -> bool:
        """Whether to learn now; who is told so does it."""
        if self._due is not None and moment < self._due:
            return False
        self._due = moment + AGAIN
        return True

    def learn(self, sessions: Iterable[Transaction], vehicles: tuple[Vehicle, ...]) -> None:
        """Take in the sessions of a week."""
        self._daily = {}
        for session in sessions:
            energy = (session.energy or 0.0) / WEEK.days
            shown = marks(session.token) if session.token else frozenset[str]()
            owners = [vehicle.key for vehicle in vehicles if vehicle.marks & shown]
            keys: list[str | Outlet] = [(session.station.casefold(), session.evse), *owners]
            for key in keys:
                self._daily[key] = self._daily.get(key, 0.0) + energy

    def stakes(self, vehicle: Vehicle | None, outlet: Outlet) -> Stakes:
        """What is at stake for a car there: a day's use is what is left in the lower part of its battery."""
        usual = Stakes()
        here = (outlet[0].casefold(), outlet[1])
        daily = self._daily.get(here) if vehicle is None else self._daily.get(vehicle.key) or self._daily.get(here)
        return Stakes(lower=daily * (1.0 if vehicle is None else vehicle.efficiency)) if daily else usual
