"""Documents of what only 2.x can do."""

from custom_components.ocpp_home.csms.model.blocks import DisplayMessage, InstalledProfile, TariffAssignment


def test_a_message_is_shown_always_and_among_others_unless_it_says_otherwise() -> None:
    message = DisplayMessage(1, "Hello")
    assert (message.priority, message.format) == ("NormalCycle", "UTF8")
    assert (message.state, message.begin, message.end, message.transaction, message.language) == (None,) * 5


def test_what_is_installed_says_where() -> None:
    assert InstalledProfile(1, 0, "EMS", {"id": 1}).profile == {"id": 1}
    assert TariffAssignment("T", "DefaultTariff").evses == ()
