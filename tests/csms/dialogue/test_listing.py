"""Which cards a station gets to decide about by itself, and which it had better not."""

from datetime import UTC, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.listing import Entry, Suits, laid_down, rules, wanted
from custom_components.ocpp_home.csms.model.admission import Policy, Unknown, Usage, month_of
from custom_components.ocpp_home.csms.model.card import Card, Cards, Window
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from tests.csms.stage import NOW

DAY = timedelta(days=1)
TOKEN = Token("04A2B3C4", TokenType.ISO14443)
STRICT = Policy(Unknown.REFUSE)
YES, NO = Verdict(Decision.ACCEPTED), Verdict(Decision.INVALID)


def anything(token: Token, verdict: Verdict) -> bool:
    """A list that can hold everything."""
    return True


def plain(token: Token, verdict: Verdict) -> bool:
    """A list that knows neither EVSEs nor cards that stop everything."""
    return not verdict.evses and not verdict.master


def said(station: Station, card: Card, policy: Policy = STRICT, suits: Suits = anything) -> Verdict | None:
    """What the list says of the only card."""
    station.household.admit(Cards((card,)), policy)
    entries = wanted(station, NOW, suits).entries
    assert set(entries) <= {card.token.key}
    return entries[card.token.key].verdict if entries else None


@pytest.mark.parametrize(
    ("card", "strict", "lenient"),
    [
        (Card(TOKEN, group="FAMILY"), Verdict(Decision.ACCEPTED, "FAMILY"), Verdict(Decision.ACCEPTED, "FAMILY")),
        (Card(TOKEN, ends=NOW + DAY), *[Verdict(Decision.ACCEPTED, None, NOW + DAY)] * 2),
        (Card(TOKEN, active=False), *[Verdict(Decision.BLOCKED)] * 2),
        (Card(TOKEN, ends=NOW), *[Verdict(Decision.EXPIRED)] * 2),
        (Card(TOKEN, hours=(Window(),)), None, NO),
        (Card(TOKEN, hours=(Window(days=frozenset()),)), None, NO),
        (Card(TOKEN, begins=NOW + DAY), None, Verdict(Decision.NOT_AT_THIS_TIME, None, NOW + DAY)),
        (Card(TOKEN, stations=frozenset({"Yard"})), None, Verdict(Decision.NOT_AT_THIS_LOCATION)),
    ],
)
def test_what_an_entry_cannot_tell_is_left_out_or_refused_where_strangers_may_charge(
    station: Station, card: Card, strict: Verdict | None, lenient: Verdict
) -> None:
    assert (said(station, card), said(station, card, Policy())) == (strict, lenient)


def test_a_list_that_cannot_tell_all_of_a_card_does_without(station: Station) -> None:
    station.evse(1)
    station.evse(2)
    card = Card(TOKEN, evses=frozenset({2}))
    assert said(station, card) == Verdict(Decision.ACCEPTED, evses=(2,))
    assert (said(station, card, suits=plain), said(station, card, Policy(), plain)) == (None, NO)
    chief = Card(TOKEN, master=True)
    assert said(station, chief, Policy(Unknown.REFUSE, master="MASTER")) == Verdict(Decision.ACCEPTED, "MASTER")
    assert said(station, chief, suits=plain) is None
    assert said(station, Card(TOKEN), suits=lambda token, verdict: False) is None
    assert said(station, Card(TOKEN), Policy(), lambda token, verdict: False) is None


@pytest.mark.parametrize("card", [Card(Token("04$(reboot)")), Card(Token("04\nA2")), Card(TOKEN, group="`reboot`")])
def test_a_card_with_a_number_that_no_card_has_spoils_no_list(station: Station, card: Card) -> None:
    assert said(station, card) is None
    assert said(station, card, Policy()) is None


class Spent:
    """A book by which every budget is used up."""

    def running(self, card: Card) -> tuple[()]:
        return ()

    def used(self, card: Card, since: object, until: object) -> Usage:
        return Usage(energy=1e9)


def test_a_card_whose_budget_is_used_up_is_listed_as_that(station: Station) -> None:
    card = Card(TOKEN, energy_budget=1000.0)
    accepted = said(station, card)
    assert accepted == YES, "it may charge in the next month too, whether or not anybody answers the station then"
    station.household.book = Spent()
    refused = said(station, card)
    assert refused is not None
    assert (refused.decision, refused.expires) == (Decision.NO_CREDIT, month_of(NOW, UTC)[1])


def test_what_was_laid_down_for_the_station_alone_is_listed_too(station: Station) -> None:
    station.household.admit(Cards((Card(TOKEN),)), Policy())
    listed = {"abc": YES, TOKEN.key: Verdict(Decision.BLOCKED)}
    station.settings.policy = Policy(Unknown.REFUSE, listed=listed)
    entries = wanted(station, NOW, anything).entries
    assert entries == {"abc": Entry(Token("abc"), YES), TOKEN.key: Entry(TOKEN, YES)}


def test_the_list_is_looked_at_again_when_the_first_of_its_entries_changes(station: Station) -> None:
    ends = Card(TOKEN, ends=NOW + 2 * DAY), Card(Token("B"), begins=NOW + DAY), Card(Token("C"), hours=(Window(),))
    station.household.admit(Cards(ends), STRICT)
    assert wanted(station, NOW, anything).until == NOW + DAY
    station.household.admit(Cards((Card(Token("C"), hours=(Window(),)),)), STRICT)
    assert wanted(station, NOW, anything).until is None, "hours make no other list"


def test_an_entry_is_the_same_as_long_as_nothing_of_it_changes() -> None:
    entry = Entry(TOKEN, Verdict(Decision.ACCEPTED, "FAMILY", NOW, (1,)))
    assert entry.digest == Entry(TOKEN, Verdict(Decision.ACCEPTED, "FAMILY", NOW, (1,))).digest
    others = [
        Entry(Token("04a2b3c4", TokenType.ISO14443), entry.verdict),
        Entry(Token(TOKEN.id), entry.verdict),
        *(Entry(TOKEN, verdict) for verdict in (YES, Verdict(Decision.ACCEPTED, "FAMILY", NOW))),
        Entry(TOKEN, Verdict(Decision.ACCEPTED, "FAMILY", NOW + DAY, (1,))),
        Entry(TOKEN, Verdict(Decision.BLOCKED, "FAMILY", NOW, (1,))),
    ]
    assert entry.digest not in {other.digest for other in others}


def test_rules_are_others_when_a_card_may_charge_otherwise_and_not_when_it_is_called_otherwise(
    station: Station,
) -> None:
    def told(card: Card, policy: Policy = STRICT) -> object:
        station.household.admit(Cards((card,)), policy)
        return rules(station)

    before = told(Card(TOKEN, "Anna's", "Anna", stations=frozenset({"A", "B"})))
    assert told(Card(TOKEN, "Bert's", "Bert", stations=frozenset({"B", "A"}))) == before
    assert told(Card(TOKEN, hours=(Window(),))) != before
    assert told(Card(TOKEN, stations=frozenset({"A", "B"})), Policy()) != before
    station.settings.policy = Policy(Unknown.REFUSE, listed={"abc": YES})
    assert set(rules(station)) == {"", "abc", TOKEN.key}


def test_whether_anything_was_laid_down(station: Station) -> None:
    def asked(cards: Cards, policy: Policy) -> bool:
        station.household.admit(cards, policy)
        return laid_down(station)

    assert not asked(Cards(), Policy())
    assert asked(Cards((Card(TOKEN),)), Policy())
    assert asked(Cards(), STRICT)
    assert asked(Cards(), Policy(listed={"abc": YES}))
