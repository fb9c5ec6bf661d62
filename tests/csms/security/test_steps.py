"""What is told of an ascent."""

from custom_components.ocpp_home.csms.security.steps import REASONS, Fall, Patience, Step


def test_a_fall_says_why_in_the_words_of_the_station_and_where() -> None:
    fall = Fall("root_refused", "Rejected: no room", Step.ROOTS)
    assert str(fall) == "root_refused: Rejected: no room"
    assert (fall.reason, fall.words, fall.step) == ("root_refused", "Rejected: no room", Step.ROOTS)
    assert str(Fall("away")) == "away"


def test_reasons_and_steps_are_keys_of_translations() -> None:
    assert all(reason.replace("_", "").isalpha() and reason.islower() for reason in REASONS)
    assert [step.value for step in Step] == ["look", "roots", "password", "certificate", "switch", "return"]


def test_a_station_has_minutes_to_come_back_and_seconds_to_leave() -> None:
    usual = Patience()
    assert usual.settle < usual.grace < usual.linger < usual.link < usual.back
