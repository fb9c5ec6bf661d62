"""What comes again has the time it had at first."""

from datetime import timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.moments import REMEMBERED, Told, first, forget
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.station import Station
from tests.csms.stage import NOW

LATER = NOW + timedelta(minutes=5)


def test_a_message_that_comes_again_is_read_as_it_was_at_first(station: Station, ledger: Ledger) -> None:
    assert first(station, "a", NOW, NOW) == Told(NOW, NOW)
    assert first(station, "b", LATER, LATER) == Told(LATER, LATER)
    assert first(Station("CP1", ledger), "a", LATER, LATER) == Told(NOW, NOW)


def test_only_the_newest_are_remembered(station: Station) -> None:
    for number in range(REMEMBERED + 1):
        first(station, str(number), NOW, NOW)
    assert first(station, "1", LATER, LATER) == Told(NOW, NOW)
    assert first(station, "0", LATER, LATER) == Told(LATER, LATER)


@pytest.mark.parametrize("noted", [7, {"a": "2026-06-01T12:00:00+00:00"}, {"a": [1, 2]}])
def test_what_was_noted_and_cannot_be_read_is_as_new(station: Station, noted: object) -> None:
    station.keep("moments", noted)  # type: ignore[arg-type]  # it is JSON
    assert first(station, "a", LATER, LATER) == Told(LATER, LATER)


def test_what_could_not_be_recorded_is_told_for_the_first_time_when_it_comes_again(station: Station) -> None:
    forget(station)
    for key in ("recorded", "not recorded"):
        first(station, key, NOW, NOW)
    forget(station)
    assert [first(station, key, LATER, LATER).received for key in ("recorded", "not recorded")] == [NOW, LATER]
