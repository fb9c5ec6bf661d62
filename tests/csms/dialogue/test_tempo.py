"""Down at once, up with leisure."""

import pytest

from custom_components.ocpp_home.csms.dialogue.tempo import Tempo
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.limit import Target


class Watch:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def charging(amps: float | None, phases: int | None = None) -> Evse:
    evse = Evse(1)
    evse.limits.confirm(amps, phases=phases)
    return evse


@pytest.mark.parametrize(
    ("now", "wished", "rest"),
    [
        ((10, None), (6, None), 0),
        ((10, None), (9.9, None), 0),
        ((None, None), (32, None), 0),
        ((10, None), (16, None), 10),
        ((10, None), (11, None), 10),
        ((10, None), (10.9, None), 30),
        ((10, None), (None, None), 10),
        ((10, 3), (10, 3), 0),
        ((10, 3), (10, 1), 0),
        ((16, 1), (6, 3), 0),
        ((6, 3), (16, 1), 0),
        ((10, 1), (10, 3), 10),
        ((10, None), (10, 3), 30),
    ],
)
def test_what_lowers_a_limit_goes_at_once_and_what_raises_it_waits(
    now: tuple[float | None, int | None], wished: tuple[float | None, int | None], rest: float
) -> None:
    evse = charging(*now)
    tempo = Tempo(Watch())
    tempo.wrote(evse)
    assert tempo.rest(evse, Target(*wished)) == rest


def test_who_asks_himself_hears_each_refusal() -> None:
    evse, tempo = charging(10), Tempo(Watch())
    for _ in range(3):
        evse.limits.refuse("Rejected")
    tempo.wrote(evse)
    assert tempo.rest(evse, Target(6)) == 20
    assert tempo.rest(evse, Target(6), asked=True) == 0
    assert tempo.rest(evse, Target(16), asked=True) == 10


def test_it_is_counted_from_the_last_write_of_the_evse() -> None:
    evse, clock = charging(10), Watch()
    tempo = Tempo(clock)
    assert tempo.rest(evse, Target(16)) == 0
    tempo.wrote(Evse(2))
    assert tempo.rest(evse, Target(16)) == 0
    tempo.wrote(evse)
    clock.now = 7
    assert tempo.rest(evse, Target(16)) == 3
    clock.now = 12
    assert tempo.rest(evse, Target(16)) == 0


def test_what_a_station_may_have_forgotten_is_written_at_once() -> None:
    evse = charging(10)
    tempo = Tempo(Watch())
    tempo.wrote(evse)
    evse.limits.doubt()
    assert tempo.rest(evse, Target(16)) == 0


@pytest.mark.parametrize(("refusals", "rest"), [(1, 0), (2, 10), (3, 20), (4, 40), (9, 300), (5000, 300)])
def test_what_is_refused_time_and_again_is_tried_ever_more_rarely(refusals: int, rest: float) -> None:
    evse = charging(10)
    tempo = Tempo(Watch())
    tempo.wrote(evse)
    evse.limits.refusals = refusals
    assert tempo.rest(evse, Target(6)) == rest
