"""Single fields are read whatever a station writes there."""

import pytest

from custom_components.ocpp_home.csms.dialogue.fields import number, text, whole


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Wallbox", "Wallbox"),
        ("  Wallbox\x00\x00", "Wallbox"),
        ("Wall\x07b\nox", "Wallbox"),
        ("x" * 300, "x" * 255),
        (17, "17"),
        (None, ""),
        (True, ""),
        (["a"], ""),
    ],
)
def test_a_text_is_clean_and_short(value: object, read: str) -> None:
    assert text({"name": value}, "name") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3, 3.0),
        ("  12", 12.0),
        ("12,5", 12.5),
        ("7\x00", 7.0),
        ("abc", None),
        ("", None),
        (None, None),
        (True, None),
        ([1], None),
        (float("nan"), None),
        ("1e400", None),
        (10**400, None),
    ],
)
def test_a_number_is_finite_or_nothing(value: object, read: float | None) -> None:
    assert number({"name": value}, "name") == read


def test_a_whole_number_may_come_as_text_or_fraction() -> None:
    assert [whole({"n": value}, "n") for value in ("5", 5.0, "x", None)] == [5, 5, None, None]
