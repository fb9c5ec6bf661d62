"""What bounds the cars besides fuses and sun: the capacity tariff, the grid operator, the battery, the reserve."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..csms.control.terms import VOLTAGE
from .dimming import Dimming
from .facts import Facts
from .gauge import House
from .hold import Hold
from .month import Month
from .place import Place
from .settings import SiteSettings

if TYPE_CHECKING:
    from ..hub import Hub


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the cars at a moment; power is W."""

    dimmed: float | None = None
    """What all of them may draw; None: the operator asks for nothing."""
    drawable: float | None = None
    """What may come from the grid without making the month dearer."""
    reserve: float = 0.0
    """What they leave of the surplus to others."""
    least: float = 0.0
    """What one of them needs to charge."""


class Bounds:
    """Keeps in mind what is asked of the cars of one house."""

    def __init__(self, hub: Hub) -> None:
        """Go on from what is remembered."""
        self._facts = Facts(hub.ledger)
        self._settings = SiteSettings()
        self.dimming = Dimming(self._facts)
        self.month = Month(self._facts)
        self.hold = Hold(hub, self._facts)

    @property
    def reserve(self) -> float:
        """What cars leave of the surplus to others (W); negative: so much they may buy."""
        return self._facts.number("reserve", 0.0)

    @reserve.setter
    def reserve(self, power: float) -> None:
        self._facts.keep("reserve", power)

    def follow(self, settings: SiteSettings | None) -> None:
        """Go by these settings; None: there is no house."""
        self._settings = settings or SiteSettings()
        self.dimming.follow(self._settings)
        if settings is None:
            self.hold.drop()

    def asked(self, moment: datetime, house: House, present: Collection[Place]) -> Asked:
        """What is asked now, where so much is measured."""
        self.dimming.hear(house.contact)
        return Asked(
            dimmed=self.dimming.power if self.dimming.on else None,
            drawable=self._drawable(moment, house),
            reserve=self.reserve,
            least=min((_least(place) for place in present), default=0.0),
        )

    def note(self, moment: datetime, places: Collection[Place], *, locked: bool) -> None:
        """Keep the records, and hold the battery where that is wanted."""
        self.dimming.note(moment, places)
        self.hold.look(moment.timestamp(), self._settings.battery_hold, locked=locked)

    def stop(self) -> None:
        """Remember what has not been remembered yet."""
        self.dimming.stop()
        self.month.keep()

    def _drawable(self, moment: datetime, house: House) -> float | None:
        settings = self._settings
        if settings.peak is None:
            return None
        self.month.note(moment, house.grid)
        return self.month.allowed(moment, settings.peak, rises=settings.peak_rises)


def _least(place: Place) -> float:
    """The least power with which the car there charges (W)."""
    single = place.draw.single is not None or place.station.switches(place.evse)
    return place.rule.minimum * VOLTAGE * (1 if single else place.station.settings.phases)
