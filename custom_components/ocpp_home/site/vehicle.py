"""A car of the household, as the owner describes it: its battery, what it takes, and how it is recognised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..csms.model.token import Token, TokenType
from .goal import CONF_AT, CONF_BACK, CONF_DAYS, Measure, Weekly

CONF_CAPACITY: Final = "capacity"
CONF_LEVEL: Final = "level_entity"
CONF_EFFICIENCY: Final = "efficiency"
CONF_CONSUMPTION: Final = "consumption"
CONF_MOST: Final = "most_current"
CONF_CAR_PHASES: Final = "car_phases"
CONF_MINIMUM_LEVEL: Final = "minimum_level"
CONF_CHARGE_LIMIT: Final = "charge_limit"
CONF_CARDS: Final = "cards"
CONF_IDENTIFIERS: Final = "identifiers"
CONF_PLACES: Final = "usual_places"
CONF_TIMETABLE: Final = "timetable"
CONF_LEAVES: Final = {"leaves_workdays": ("mon", "tue", "wed", "thu", "fri"), "leaves_weekend": ("sat", "sun")}
"""When it leaves, as the form asks for it: on which days by which name."""
CONF_RETURNS: Final = {"leaves_workdays": "returns_workdays", "leaves_weekend": "returns_weekend"}
"""When it is back from which of them; what is not later than the departure is on the next day."""
CONF_LEAVES_LEVEL: Final = "leaves_level"
FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A car; what is not known of it is None."""

    key: str
    """Of its subentry."""
    name: str
    capacity: float
    """What its battery holds (Wh)."""
    level: str | None = None
    """The sensor of how full it is."""
    efficiency: float = 0.9
    """Wh in the battery for each Wh from the wall."""
    consumption: float | None = None
    """Wh for a km."""
    maximum: float | None = None
    """A per phase that it takes."""
    phases: int | None = None
    """With how many it charges."""
    minimum: float = 0.0
    """How full (%) it shall always be."""
    limit: float = FULL
    """How full (%) it shall become at most."""
    marks: frozenset[str] = frozenset()
    """How it is recognised: the numbers of its cards, and what it tells of itself."""
    places: frozenset[str] = frozenset()
    """Where it is usually the one that charges: an identity of a station, or that and the number of an EVSE."""
    timetable: tuple[Weekly, ...] = ()

    @classmethod
    def of(cls, key: str, name: str, data: Mapping[str, Any], cards: Mapping[str, str] = {}) -> Vehicle:
        """What a subentry says; `cards` are the numbers of the cards by their subentries."""
        usual, kilo = cls(key, name, 0.0), 1000.0
        named = [cards[card] for card in data.get(CONF_CARDS) or () if card in cards]
        consumption, phases = data.get(CONF_CONSUMPTION), str(data.get(CONF_CAR_PHASES))
        maximum = data.get(CONF_MOST)
        return cls(
            key,
            name,
            capacity=float(data[CONF_CAPACITY]) * kilo,
            level=data.get(CONF_LEVEL),
            efficiency=float(data.get(CONF_EFFICIENCY, usual.efficiency * FULL)) / FULL,
            consumption=float(consumption) * kilo / 100 if consumption else None,
            maximum=float(maximum) if maximum else None,
            phases=int(phases) if phases in {"1", "3"} else None,
            minimum=float(data.get(CONF_MINIMUM_LEVEL, usual.minimum)),
            limit=float(data.get(CONF_CHARGE_LIMIT, usual.limit)),
            marks=frozenset().union(*map(marks, [*named, *(data.get(CONF_IDENTIFIERS) or ())])),
            places=frozenset(data.get(CONF_PLACES) or ()),
            timetable=tuple(Weekly.of(told) for told in data.get(CONF_TIMETABLE) or () if told.get("time")),
        )


def timetable(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the form tells, as a timetable."""
    level = told.get(CONF_LEAVES_LEVEL)
    target = {Measure.LEVEL.value: level} if level else {}
    rows = []
    for name, days in CONF_LEAVES.items():
        if told.get(name):
            back = told.get(CONF_RETURNS[name])
            rows.append({CONF_DAYS: list(days), CONF_AT: told[name], **({CONF_BACK: back} if back else {}), **target})
    return rows


def leaving(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A timetable, as the form shows it."""
    shown: dict[str, Any] = {}
    for row in rows:
        for name in (name for name, days in CONF_LEAVES.items() if list(days) == list(row[CONF_DAYS])):
            shown[name] = row[CONF_AT]
            if back := row.get(CONF_BACK):
                shown[CONF_RETURNS[name]] = back
        if level := row.get(Measure.LEVEL):
            shown[CONF_LEAVES_LEVEL] = level
    return shown


def marks(number: str) -> frozenset[str]:
    """How the number of a card, or the address of a car, may be written: compared as OCPP does, and bare."""
    return frozenset(Token(number, kind).key for kind in (TokenType.UNKNOWN, TokenType.MAC_ADDRESS)) - {""}


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells which car is at an EVSE."""

    choice: str | None = None
    """The key of the vehicle the owner has chosen; GUEST: none of the household's."""
    told: frozenset[str] = frozenset()
    """The marks of what was shown or told there."""
    places: frozenset[str] = frozenset()
    """How the place is called where a vehicle names its usual ones."""


GUEST: Final = "guest"


def recognised(vehicles: Iterable[Vehicle], signs: Signs) -> Vehicle | None:
    """Whose car it is: the one that was chosen, else the only one with such a mark, else the only usual one."""
    known = tuple(vehicles)
    if signs.choice is not None:
        return next((vehicle for vehicle in known if vehicle.key == signs.choice), None)
    for found in (
        [vehicle for vehicle in known if vehicle.marks & signs.told],
        [vehicle for vehicle in known if vehicle.places & signs.places],
    ):
        if found:
            return found[0] if len(found) == 1 else None
    return None
