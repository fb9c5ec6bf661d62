"""Who may charge is decided by the owner's list, and told."""

from datetime import timedelta

from custom_components.ocpp_home.csms.dialogue.authorization import Showing, decide, tell
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown
from custom_components.ocpp_home.csms.model.card import Card, Cards
from custom_components.ocpp_home.csms.model.event import Event, Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from tests.csms.stage import NOW

CARD = Token("04A2B3C4", TokenType.ISO14443)


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


def shown(station: Station, token: Token, *, live: bool = True) -> None:
    """A card is shown, decided about and told."""
    tell(station, token, decide(station, token, NOW), Event(Kind.CARD_ACCEPTED, NOW, 1, live=live))


def test_a_card_nobody_knows_is_asked_about_where_the_owner_wants_that(station: Station, events: list[Event]) -> None:
    station.settings.policy = Policy(Unknown.REFUSE)
    shown(station, CARD)
    station.settings.policy = Policy(Unknown.ASK)
    shown(station, CARD)
    assert [event.kind for event in events] == [Kind.CARD_REFUSED, Kind.CARD_REFUSED, Kind.CARD_UNKNOWN]
    assert events[-1] == Event(Kind.CARD_UNKNOWN, NOW, 1, {"token": "04A2B3C4", "type": "ISO14443"})


def test_who_is_known_or_not_there_is_not_asked_about(station: Station, events: list[Event]) -> None:
    station.settings.policy = Policy(Unknown.ASK)
    station.household.admit(Cards((Card(CARD, active=False),)), Policy())
    shown(station, CARD)
    shown(station, Token("OTHER"), live=False)
    shown(station, Token("KeyCode", TokenType.KEY_CODE))
    shown(station, Token("aabbcc", TokenType.MAC_ADDRESS))
    assert {event.kind for event in events} == {Kind.CARD_REFUSED}
    assert [event.data.get("type") for event in events] == [None, None, "KeyCode", None], "a code is secret"
    station.settings.policy = Policy(Unknown.ASK, autocharge=True)
    shown(station, Token("aabbcc", TokenType.MAC_ADDRESS))
    assert events[-1].kind is Kind.CARD_UNKNOWN


def test_the_next_unknown_card_is_learnt_whatever_is_done_about_unknown_cards(
    station: Station, events: list[Event]
) -> None:
    station.settings.policy = Policy(Unknown.REFUSE)
    station.household.learn(NOW + timedelta(seconds=60))
    shown(station, CARD)
    shown(station, Token("OTHER"))
    assert [event.kind for event in events] == [Kind.CARD_REFUSED, Kind.CARD_LEARNT, Kind.CARD_REFUSED]
    assert events[1].data == {"token": "04A2B3C4", "type": "ISO14443"}


def test_a_card_is_learnt_where_strangers_may_charge(station: Station, events: list[Event]) -> None:
    station.household.learn(NOW + timedelta(seconds=60))
    shown(station, CARD)
    station.settings.policy = Policy(Unknown.ASK, free=True)
    shown(station, CARD)
    assert [event.kind for event in events] == [Kind.CARD_ACCEPTED, Kind.CARD_LEARNT, Kind.CARD_ACCEPTED]


def test_a_card_is_decided_by_the_cards_of_the_household_where_it_is_shown(station: Station) -> None:
    station.evse(1), station.evse(2)
    station.household.admit(Cards((Card(CARD, group="FAMILY", evses=frozenset({2})),)), Policy(Unknown.REFUSE))
    assert decide(station, CARD, NOW) == Verdict(Decision.ACCEPTED, "FAMILY", evses=(2,))
    assert decide(station, CARD, NOW, Showing(evse=1)).decision is Decision.NOT_AT_THIS_LOCATION
    assert not decide(station, Token("OTHER"), NOW).accepted
