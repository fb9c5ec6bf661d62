"""The grid operator asks for less: who may ask in his name, what is left then, and the record of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..csms.control.share import granted
from ..csms.control.terms import VOLTAGE
from .dimmings import Dimmings, Record
from .facts import Facts
from .place import Place
from .settings import SiteSettings

SWITCH: Final = "switch"
"""Who asked, where it was our own switch."""
OPERATOR: Final = "SO"
"""The grid operator, among those who set limits at a station (2.x)."""
GRACE: Final = timedelta(seconds=30)
"""So long stations and cars may take to follow."""
OFTEN: Final = 60.0
"""While less is asked for, what was drawn is remembered every so many seconds."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody asks for less."""

    by: str
    limit: float | None
    """What he leaves (W)."""
    places: Collection[Place]
    """To which EVSEs, together."""


class Dimming:
    """Whether less is asked for; what our own switch and its power say outlives a restart."""

    def __init__(self, facts: Facts) -> None:
        """Go on from what is remembered."""
        self._facts = facts
        self._settings = SiteSettings()
        self._contact: bool | None = None
        self.records = Dimmings(facts)
        self._at: datetime | None = None
        self._kept: datetime | None = None

    def follow(self, settings: SiteSettings) -> None:
        """Go by these settings; a contact that tells nothing yet is as it was when it was last seen."""
        self._settings = settings
        self._contact = settings.dimming in self.records.running

    @property
    def switch(self) -> bool:
        """Whether our own switch is on."""
        return self._settings.dimming_switch and self._facts.recall("dimming switch") is True

    @switch.setter
    def switch(self, on: bool) -> None:
        self._facts.keep("dimming switch", on)

    @property
    def power(self) -> float:
        """What all EVSEs together may draw (W): the newest word of the number and of the settings."""
        usual = self._settings.dimmed_power
        told = self._facts.recall("dimmed power")
        if isinstance(told, dict) and told.get("instead of") == usual:
            power = told.get("power")
            return float(power) if isinstance(power, int | float) else usual
        return usual

    @power.setter
    def power(self, power: float) -> None:
        self._facts.keep("dimmed power", {"power": power, "instead of": self._settings.dimmed_power})

    @property
    def on(self) -> bool:
        """Whether the house as a whole has to do with less."""
        return self.switch or bool(self._contact)

    def hear(self, contact: bool | None) -> None:
        """What the operator's contact says; while nobody can tell, it is as it was."""
        if contact is not None or self._settings.dimming is None:
            self._contact = contact

    def note(self, moment: datetime, places: Collection[Place]) -> None:
        """Go on with the records."""
        asks = {ask.by: ask for ask in self._asks(places)}
        for by, record in tuple(self.records.running.items()):
            if by not in asks:
                self._count(record, moment, places)
                self.records.end(by, moment)
        for ask in asks.values():
            running = self.records.running.get(ask.by)
            if running is None:
                self.records.begin(Record(ask.by, moment, limit=ask.limit))
            else:
                running.limit = ask.limit
                self._count(running, moment, ask.places)
        self._at = moment
        if asks and (self._kept is None or (moment - self._kept).total_seconds() >= OFTEN):
            self._kept = moment
            self.records.keep()

    def stop(self) -> None:
        """Remember how far the records have come."""
        self.records.keep()

    def _count(self, record: Record, moment: datetime, places: Collection[Place]) -> None:
        """What has been drawn since the last look, if that is known."""
        counted = record.begin + GRACE
        since = counted if self._at is None else max(self._at, counted)
        if self._at is None or moment <= since:
            return
        powers = [place.draw.power(counted.timestamp()) for place in places]
        known = [power for power in powers if power is not None]
        if len(known) == len(powers):
            record.count(sum(known), (moment - since).total_seconds())

    def _asks(self, places: Collection[Place]) -> Iterator[Ask]:
        present = sum(place.present for place in places)
        limit = max(self.power, granted(present))
        if self._contact and self._settings.dimming is not None:
            yield Ask(self._settings.dimming, limit, places)
        if self.switch:
            yield Ask(SWITCH, limit, places)
        for place in places:
            told = place.evse.external.get(OPERATOR)
            if told is not None:
                yield Ask(place.key, _watts(place, told.amps), (place,))
        for station in {place.station: None for place in places}:
            told = station.external.get(OPERATOR)
            if told is not None:
                here = [place for place in places if place.station is station]
                yield Ask(station.name, _watts(here[0], told.amps), here)


def _watts(place: Place, amps: float | None) -> float | None:
    """A current in each phase as power."""
    return None if amps is None else amps * place.station.settings.phases * VOLTAGE
