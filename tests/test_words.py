"""How names of the specification become words."""

import pytest

from custom_components.ocpp_home.words import spoken


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LocalAuthListCtrlr", "Local auth list"),
        ("OCPPCommCtrlr", "OCPP comm"),
        ("EVConnectionTimeOut", "EV connection time out"),
        ("ACPhaseSwitchingSupported", "AC phase switching supported"),
        ("led_level  x", "Led level x"),
        ("EVSE", "EVSE"),
        ("Controller", "Controller"),
        ("<Led>", "‹Led›"),
        ("", ""),
    ],
)
def test_a_name_is_told_as_people_write_it(name: str, words: str) -> None:
    assert spoken(name) == words


def test_in_the_middle_of_a_sentence_a_name_begins_small() -> None:
    assert spoken("SupplyPhases", first=False) == "supply phases"
    assert spoken("EVSE", first=False) == "EVSE"
