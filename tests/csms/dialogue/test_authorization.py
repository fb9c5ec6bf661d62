"""Who may charge is decided by the owner's list, and told."""

from datetime import timedelta

from custom_components.ocpp_home.csms.dialogue.authorization import decide, tell
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, Verdict
from tests.csms.stage import NOW


def test_the_list_of_the_owner_decides(station: Station) -> None:
    until = NOW - timedelta(days=1)
    listed = {"abc": Verdict(Decision.ACCEPTED, "FAMILY"), "old": Verdict(Decision.ACCEPTED, None, until)}
    station.settings.policy = Policy(Unknown.REFUSE, listed=listed)
    assert decide(station, Token("ABC"), NOW) == Verdict(Decision.ACCEPTED, "FAMILY")
    assert decide(station, Token("old"), NOW).decision is Decision.EXPIRED
    assert decide(station, Token("other"), NOW) == Verdict(Decision.INVALID)


def test_our_own_remote_start_is_always_welcome(station: Station) -> None:
    station.settings.policy = Policy(Unknown.REFUSE)
    station.settings.token = "HomeAssistantWithALongName"
    assert decide(station, Token("homeassistantwithalo"), NOW).accepted
    station.settings.token = ""
    assert not decide(station, Token(""), NOW).accepted


def test_a_card_is_told_with_what_was_decided(station: Station, events: list[Event]) -> None:
    at = Event(Kind.CARD_ACCEPTED, NOW, 2, live=False)
    tell(station, Token("ABC"), Verdict(Decision.ACCEPTED), at)
    tell(station, Token("ABC"), Verdict(Decision.BLOCKED), at)
    assert events == [
        Event(Kind.CARD_ACCEPTED, NOW, 2, {"token": "ABC"}, live=False),
        Event(Kind.CARD_REFUSED, NOW, 2, {"token": "ABC", "decision": "Blocked"}, live=False),
    ]
