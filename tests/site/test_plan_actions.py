"""The actions that set, skip and preview a plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ocpp_home.csms.control.mode import Mode
from custom_components.ocpp_home.csms.control.outlook import HOUR, Outlook, Slot, windows
from custom_components.ocpp_home.site.goal import Measure
from custom_components.ocpp_home.site.rule import Days
from tests.household import until
from tests.platforms.station import entity_id
from tests.site.test_controller import Home

from . import test_departures

pytestmark = pytest.mark.usefixtures("socket_enabled")
departures = test_departures.home
DEAR, CHEAP = 0.40, 0.15


class Night:
    """It is dear, but for the fourth and fifth hour from now on."""

    known: Mapping[str, str] = {}

    async def look(self, now: datetime) -> Outlook:
        begin = now.timestamp()
        return Outlook(tuple(Slot(at, seconds, self._price(at - begin), 0.08) for at, seconds in windows(begin)))

    def _price(self, ahead: float) -> float:
        return CHEAP if 4 * HOUR <= ahead < 6 * HOUR else DEAR


@pytest.fixture
async def home(departures: Home) -> Home:
    """The Zoe, half full, in a night with two cheap hours."""
    departures.hub.site.planner.foresight = Night()
    return departures


async def act(home: Home, action: str, *, respond: bool = False, **fields: Any) -> dict[str, Any]:
    target = {"entity_id": entity_id(home.hass, "sensor", "garage_1_status")}
    answer = await home.hass.services.async_call(
        "ocpp_home", action, target | fields, blocking=True, return_response=respond
    )
    await home.hass.async_block_till_done()
    told: Any = answer["GARAGE"] if answer else {}
    return dict(told) if told else {}


def tomorrow(hours: float = 12) -> datetime:
    return dt_util.utcnow().replace(microsecond=0) + timedelta(hours=hours)


async def test_a_plan_for_once_leads_the_car(home: Home) -> None:
    departure = tomorrow()
    await act(home, "set_plan", departure=departure.isoformat(), target_energy=18)
    rule = home.place.rule
    assert (rule.mode, rule.once, rule.target.measure, rule.target.amount) == (
        Mode.PLAN,
        departure,
        Measure.ENERGY,
        18,
    )
    await until(lambda: home.place.future.plan is not None)
    plan = home.place.future.plan
    assert plan is not None
    begin = dt_util.utcnow().timestamp()
    charging = [each for each in plan.intentions if each.power > 0]
    assert charging
    assert all(3.9 * HOUR <= each.begin - begin < 6 * HOUR for each in charging)
    assert plan.cost == pytest.approx(18 * CHEAP, rel=0.15)
    await test_departures.stops(home)
    assert home.place.reason == "plan"


async def test_a_plan_day_by_day_and_its_next_departure_left_out(home: Home) -> None:
    await act(home, "set_plan", time="06:30:00", days="workdays", target_level=90)
    rule = home.place.rule
    assert (rule.days, rule.at, rule.target.amount) == (Days.WORKDAYS, time(6, 30), 90)
    goal = home.place.goal
    assert goal is not None
    await act(home, "skip_plan")
    after = home.place.goal
    assert after is not None
    assert after.departure > goal.departure
    await act(home, "skip_plan", skip=False)
    assert home.place.goal == goal


async def test_a_preview_tells_what_a_plan_would_save_and_changes_nothing(home: Home) -> None:
    before = home.place.rule
    told = await act(home, "preview_plan", respond=True, departure=tomorrow().isoformat(), target_energy=18)
    assert home.place.rule == before
    assert told["cost"] == pytest.approx(18 * CHEAP, rel=0.15)
    assert told["at_once"]["cost"] == pytest.approx(18 * DEAR, rel=0.15)
    assert told["saved"] == pytest.approx(told["at_once"]["cost"] - told["cost"], abs=0.011)
    assert told["missing"] == 0
    powers = {slot["start"]: slot["power"] for slot in told["slots"] if slot["power"]}
    assert min(map(datetime.fromisoformat, powers)) > dt_util.utcnow() + timedelta(hours=3.7)
    assert datetime.fromisoformat(told["at_once"]["end"]) < dt_util.utcnow() + timedelta(hours=2)


async def test_a_preview_without_a_departure_is_of_what_is_set(home: Home) -> None:
    home.hub.site.want(home.place, replace(home.place.rule, once=tomorrow(), level=70))
    told = await act(home, "preview_plan", respond=True)
    assert told["target"] == 35
    assert datetime.fromisoformat(told["departure"]) == home.place.rule.once


@pytest.mark.parametrize(
    ("action", "fields", "key"),
    [
        ("set_plan", {"departure": "2020-01-01 07:00:00"}, "departure_over"),
        ("skip_plan", {}, "no_departure"),
    ],
)
async def test_what_cannot_be_done_is_said(home: Home, action: str, fields: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(home, action, **fields)
    assert error.value.translation_key == key


async def test_without_a_car_there_is_nothing_to_plan(home: Home) -> None:
    await home.garage.stop()
    await home.garage.unplug()
    await until(lambda: not home.place.present)
    with pytest.raises(ServiceValidationError) as error:
        await act(home, "preview_plan", respond=True, departure=tomorrow().isoformat())
    assert error.value.translation_key == "nothing_to_plan"


async def test_without_a_house_nothing_is_planned(hass: HomeAssistant, home: Home) -> None:
    home.prefer({})
    await until(lambda: home.hub.site.settings is None)
    with pytest.raises(ServiceValidationError) as error:
        await act(home, "set_plan", departure=datetime(2099, 1, 1, tzinfo=UTC).isoformat())
    assert error.value.translation_key == "no_house"
