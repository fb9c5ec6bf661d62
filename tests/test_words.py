"""How names of the specification become words."""

import pytest

from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.words import plain, shown, spoken, tame


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


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("Wallbox [22 kW] <b>", "Wallbox [22 kW] ‹b›"),
        ("one\r\ntwo\x1b[31m", "one  two[31m"),
        ("\u202eelbasrever\u200b\ufeff\ud800", "elbasrever"),
        ("Größe 5 µm – 車", "Größe 5 µm – 車"),
    ],
)
def test_what_is_shown_has_no_tags_and_nothing_that_is_not_seen(told: str, seen: str) -> None:
    assert plain(told) == seen


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("![x](http://evil.example/`id`)", "!(x)(http:⁄⁄evil.example/'id')"),
        ("Update at HTTPS://evil.example\nor WWW.evil.example", "Update at HTTPS:⁄⁄evil.example or WWW․evil.example"),
        ("help@evil.example", "help＠evil.example"),
        ("\\[x\\] @ home", "/(x/) @ home"),
    ],
)
def test_among_words_of_ours_nothing_becomes_a_link(told: str, seen: str) -> None:
    assert tame(told) == seen


def test_what_is_told_in_parts_is_plain_in_all_of_them() -> None:
    assert shown({"<a>": ["<b>", ("<c>", 1.5)], "d": None}) == {"‹a›": ["‹b›", ("‹c›", 1.5)], "d": None}
    assert shown(Status.CHARGING) is Status.CHARGING
