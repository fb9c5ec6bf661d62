"""Whatever happens between stations and the central system, the sessions are those the stations have had.

Starts, stops, samples, repetitions, lost answers, replays in order and out of it, wrong clocks, meters that begin anew,
takeovers, restarts and kills of the central system, cards that change hands: on OCPP 1.6, 2.0.1 and 2.1 alike.
`ROAD_EXAMPLES=20000` is for a long night.
"""

import asyncio
from collections.abc import Callable, Iterator
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
import pytest

from custom_components.ocpp_home.csms import central
from custom_components.ocpp_home.csms.dialogue import connection

from .oracle import compare
from .road import Road
from .world import Wall, World

EXAMPLES = int(os.environ.get("ROAD_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=EXAMPLES or 50,
    stateful_step_count=40,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

type Move = tuple[Callable[..., None], dict[str, Any]]


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> Iterator[None]:
    for room in (connection, central):
        monkeypatch.setattr(room, "datetime", Wall)
    with asyncio.Runner() as World.runner:
        yield


@pytest.mark.timeout(0 if EXAMPLES else 120)
def test_the_sessions_are_those_of_the_stations() -> None:
    run_state_machine_as_test(Road, settings=SETTINGS)


# --- roads that random walks seldom find ------------------------------------------------------------------------------


def plug(fate: str = "answered", card: str = "CARD-A") -> Move:
    return Road.plug, {"which": 0, "card": card, "late_card": False, "fate": fate}


def plug_first(fate: str = "answered") -> Move:
    """The card is shown when the cable is in already."""
    return Road.plug, {"which": 0, "card": "CARD-A", "late_card": True, "fate": fate}


def ahead(place: int) -> Move:
    """Something overtakes what had waited longer."""
    return Road.overtake, {"which": 0, "place": place}


def again(place: int) -> Move:
    """One of the last three that were answered is told again."""
    return Road.again, {"which": place}


def measure(fate: str = "answered") -> Move:
    return Road.measure, {"which": 0, "fine": False, "fate": fate}


def unplug(fate: str = "answered") -> Move:
    return Road.unplug, {"which": 0, "detail": True, "fine": False, "fate": fate}


def mishap(offset: int | None) -> Move:
    return Road.mishap, {"which": 0, "offset": offset}


def transmit(fate: str = "answered") -> Move:
    return Road.transmit, {"which": 0, "fate": fate, "same": False, "cut": False}


def wait(span: int) -> Move:
    return Road.wait, {"span": span}


NEVER_SET = -50 * 365 * 86400
"""A clock that a station had when it left the works."""
STATUS: Move = (Road.link, {"which": 0, "what": "status"})
KILL: Move = (Road.restart, {"politely": False})
SETTLE: Move = (Road.settle, {})
OVERTAKE: Move = (Road.overtake, {"which": 0, "place": 0})
HANG_UP: Move = (Road.link, {"which": 0, "what": "hang up"})
BOOT: Move = (Road.link, {"which": 0, "what": "boot"})
DIAL: Move = (Road.link, {"which": 0, "what": "dial"})
CARD: Move = (Road.show_card, {"which": 0})
HAND_BACK: Move = (Road.hand_on, {"card": "CARD-A", "person": "Ben"})
HAND_ON: Move = (Road.hand_on, {"card": "CARD-A", "person": "Cem"})


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
@pytest.mark.parametrize(
    "moves",
    [
        pytest.param([plug("answer lost"), KILL, HAND_ON, SETTLE, unplug()], id="a start is told twice"),
        pytest.param(
            [plug("killed before"), HAND_ON, SETTLE, unplug()], id="a start is told to somebody who dies of it"
        ),
        pytest.param([plug("waits"), HAND_ON, SETTLE, unplug()], id="a card changes hands before its session is told"),
        pytest.param(
            [plug("waits"), HAND_ON, KILL, unplug("waits"), HAND_BACK, SETTLE],
            id="a card changes hands twice meanwhile",
        ),
        pytest.param([plug(), unplug("given up"), plug(card="CARD-B"), unplug()], id="a stop is lost"),
        pytest.param([plug("given up unheard"), measure(), unplug()], id="the number of a session is never heard"),
        pytest.param(
            [plug("given up unheard"), unplug("answer lost"), KILL, SETTLE], id="a stop without a number comes twice"
        ),
        pytest.param([plug("given up"), unplug("answer lost"), SETTLE], id="a stop without a start comes twice"),
        pytest.param(
            [plug("given up unheard"), unplug(), plug(card="CARD-B"), unplug(), again(0), SETTLE],
            id="a stop without a number comes again after the next session",
        ),
        pytest.param(
            [plug("waits"), mishap(7200), transmit("answer lost"), STATUS, SETTLE, unplug()],
            id="a clock is found wrong before a start is told again",
        ),
        pytest.param(
            [plug(), mishap(-3600), unplug(), again(0), SETTLE],
            id="a start is told again after a clock was set back",
        ),
        pytest.param(
            [mishap(None), mishap(NEVER_SET), plug(), measure(), wait(170), measure(), again(1), SETTLE, unplug()],
            id="a reading of a young meter comes again, and the clock was never set",
        ),
        pytest.param(
            [
                *(plug(), mishap(7200), unplug("waits"), plug("waits"), mishap(None), BOOT),
                *(unplug(), measure()),
            ],
            id="a meter begins anew in a session, and a wrong clock lets the one before end later",
        ),
        pytest.param(
            [plug(), mishap(None), measure(), measure(), measure(), unplug(), plug(), measure(), measure(), unplug()],
            id="a meter begins anew in a session, and another session follows",
        ),
        pytest.param(
            [plug(), again(0), wait(600), SETTLE, unplug("waits"), wait(600), SETTLE],
            id="an end is told as late as a begin that was told again",
        ),
    ],
)
def test_a_road_that_was_hard_to_find(version: str, moves: list[Move]) -> None:
    road = Road()
    road.build([(version, 1, False)])
    for move, how in moves:
        move(road, **how)
        compare(road.world, road.stations)
    road.teardown()


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_stop_that_is_overtaken_by_the_next_start_is_still_that_of_its_session(version: str) -> None:
    road = Road()
    road.build([(version, 1, True)])
    for move, how in [plug(), measure(), unplug("waits"), plug("waits", "CARD-B"), OVERTAKE, SETTLE, KILL, unplug()]:
        move(road, **how)
        compare(road.world, road.stations)
    road.teardown()


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_what_is_measured_before_the_next_start_is_told_is_not_of_the_session_before(version: str) -> None:
    road = Road()
    road.build([(version, 1, True)])
    for move, how in [plug(), unplug(), plug("waits"), unplug("waits"), measure("waits"), ahead(1), SETTLE]:
        move(road, **how)
        compare(road.world, road.stations)
    road.teardown()


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.parametrize(
    "moves",
    [
        pytest.param(
            [plug_first("waits"), CARD, ahead(0), unplug("waits"), ahead(1), SETTLE],
            id="the end comes first, then the card, then the begin",
        ),
        pytest.param(
            [mishap(NEVER_SET), plug("waits"), unplug("waits"), ahead(0), SETTLE],
            id="an end overtakes its begin, and the clock was never set",
        ),
        pytest.param(
            [mishap(NEVER_SET), plug("waits"), unplug("waits"), ahead(0), SETTLE, again(1), SETTLE],
            id="an end overtakes its begin, which comes twice, and the clock was never set",
        ),
        pytest.param(
            [
                *(plug_first("waits"), CARD, unplug("waits"), plug_first("waits"), mishap(-3600), CARD),
                *(ahead(3), ahead(3), SETTLE, unplug()),
            ],
            id="a session overtakes the one before, and the clock is set back meanwhile",
        ),
        pytest.param(
            [HANG_UP, plug_first("waits"), DIAL, CARD, ahead(0), SETTLE, unplug()],
            id="a card that is shown at once overtakes a begin that waited",
        ),
        pytest.param(
            [mishap(None), mishap(NEVER_SET), plug(), measure("waits"), wait(170), unplug("waits"), ahead(0), SETTLE],
            id="a reading of a young meter comes after the end, and the clock was never set",
        ),
        pytest.param(
            [mishap(7200), plug_first("waits"), HANG_UP, CARD, unplug("waits"), BOOT, ahead(1), ahead(1), SETTLE],
            id="a begin comes after all else, and a boot has set the clock back meanwhile",
        ),
        pytest.param(
            [
                *(measure("waits"), HANG_UP, wait(600), measure("waits"), transmit(), wait(600)),
                *(transmit(), HANG_UP, plug("waits"), SETTLE, unplug()),
            ],
            id="what waits comes as late each time as if the clock were behind",
        ),
        pytest.param(
            [plug(), unplug("waits"), plug("waits", "CARD-B"), unplug("waits"), measure("waits"), ahead(2), SETTLE],
            id="what the meter reads now comes before the end of one session and all of the next",
        ),
        pytest.param(
            [plug(), measure(), unplug("waits"), mishap(-3600), transmit("given up"), measure()],
            id="an end is lost, and a clock is set back",
        ),
        pytest.param(
            [plug(), unplug("given up"), plug("waits", "CARD-B"), unplug("waits"), ahead(0), SETTLE],
            id="an end is lost, and another session is told with its end first",
        ),
        pytest.param(
            [plug("given up"), measure("waits"), wait(600), SETTLE, unplug()],
            id="of a session whose begin is lost the first that is told is told late",
        ),
        pytest.param(
            [
                *(plug("waits"), unplug("waits"), ahead(0), transmit("given up"), plug("waits"), ahead(0)),
                *(unplug("waits"), SETTLE, KILL),
            ],
            id="an end is lost, and its begin comes while another session runs",
        ),
        pytest.param(
            [
                *(plug("waits"), unplug("waits"), ahead(0), transmit("given up"), plug("waits"), unplug("waits")),
                *(ahead(0), ahead(1), measure("waits"), SETTLE, KILL),
            ],
            id="an end is lost, and its begin comes when another session is over",
        ),
        pytest.param(
            [measure("waits"), mishap(None), plug("waits"), measure("waits"), ahead(0), SETTLE, unplug()],
            id="a session overtakes what a meter read before it began anew",
        ),
    ],
)
def test_a_road_on_which_messages_overtake_each_other(version: str, moves: list[Move]) -> None:
    road = Road()
    road.build([(version, 1, True)])
    for move, how in moves:
        move(road, **how)
        compare(road.world, road.stations)
    road.teardown()
