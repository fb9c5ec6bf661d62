"""What would happen by another wish: the day plan it came to, beside charging at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..csms.control.day import Intention
from ..csms.control.hurry import at_once
from ..csms.control.joint import day_plans
from ..csms.control.outlook import Car, Outlook
from .future import table
from .place import Place
from .rule import Rule

if TYPE_CHECKING:
    from .controller import Controller


@dataclass(frozen=True, slots=True)
class Night:
    """What is expected, and all cars that are planned for, by the keys of their places."""

    outlook: Outlook
    cars: dict[str, Car]
    priorities: dict[str, float]

    def told(self, key: str) -> JsonObjectType:
        """The plan of one of them, and what it saves."""
        plan = day_plans(self.outlook, self.cars, self.priorities)[key]
        now = at_once(self.outlook, self.cars[key])
        told = {name: _plain(value) for name, value in table(plan).items()}
        return told | {"at_once": _hurried(now), "saved": round(_cost(now) - plan.cost, 2)}


async def preview(site: Controller, place: Place, rule: Rule) -> JsonObjectType | None:
    """The plan if the owner wanted that of an EVSE; None where nothing is known to plan for."""
    moment = dt_util.utcnow()
    car = place.need(moment.timestamp(), rule)
    if car is None:
        return None
    outlook = await site.planner.foresight.look(moment)
    others = site.planner.cars
    cars = {other.key: needs for other, needs in others.items()} | {place.key: car}
    priorities = {other.key: other.rule.priority for other in (*others, place)}
    night = Night(outlook, cars, priorities)
    return await site.planner.work(night.told, place.key)


def _hurried(course: Sequence[Intention]) -> JsonObjectType:
    charging = [each for each in course if each.power]
    ends = datetime.fromtimestamp(round(charging[-1].end), UTC).isoformat() if charging else None
    return {"cost": round(_cost(course), 2), "end": ends}


def _cost(course: Sequence[Intention]) -> float:
    return sum(each.cost for each in course)


def _plain(value: object) -> JsonValueType:
    """What is told, as response data."""
    match value:
        case datetime():
            return value.isoformat()
        case list():
            return [_plain(each) for each in value]
        case dict():
            return {str(name): _plain(each) for name, each in value.items()}
        case None | str() | int() | float():
            return value
        case other:
            return str(other)
