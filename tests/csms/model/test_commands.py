"""The records commands speak in."""

from custom_components.ocpp_home.csms.model.commands import (
    NetworkProfile,
    Period,
    ProfileFilter,
    ResetKind,
    Schedule,
    Transfer,
)


def test_a_filter_without_criteria_means_all() -> None:
    assert ProfileFilter() == ProfileFilter(None, None, None, None)


def test_a_reset_has_the_words_of_the_first_version() -> None:
    assert [kind.value for kind in ResetKind] == ["Soft", "Hard", "Resume"]


def test_a_transfer_needs_only_a_place() -> None:
    assert Transfer("https://files.example/log").at is None


def test_a_schedule_is_a_value() -> None:
    assert Schedule(1, "A", (Period(0, 10),)) == Schedule(1, "A", (Period(0, 10, None),), None, None)


def test_a_connection_shows_no_password() -> None:
    profile = NetworkProfile(
        "ws://192.0.2.9", 1, password="sesame", apn={"apnPassword": "sesame"}, vpn={"key": "sesame"}
    )
    assert "sesame" not in repr(profile)
    assert "192.0.2.9" in repr(profile)
