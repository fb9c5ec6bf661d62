"""Whatever happens between stations and the central system, the sessions are those the stations have had.

Starts, stops, samples, repetitions, lost answers, replays in order and out of it, wrong clocks, meters that begin anew,
takeovers, restarts and kills of the central system, cards that change hands: on OCPP 1.6, 2.0.1 and 2.1 alike.
`ROAD_EXAMPLES=20000` is for a long night.
"""

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
import pytest

from custom_components.ocpp_home.csms.dialogue import connection

from .road import Road
from .world import Wall

EXAMPLES = int(os.environ.get("ROAD_EXAMPLES", "0"))
LENGTH = 40
SETTINGS = settings(
    max_examples=EXAMPLES or 60,
    stateful_step_count=LENGTH,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def wall(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> None:
    monkeypatch.setattr(connection, "datetime", Wall)


@pytest.mark.timeout(0 if EXAMPLES else 120)
def test_the_sessions_are_those_of_the_stations() -> None:
    run_state_machine_as_test(Road, settings=SETTINGS)
