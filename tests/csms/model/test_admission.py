"""The one decision: which rule speaks first, and what holds whatever the cards and the moment are."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.ocpp_home.csms.model.admission import (
    Book,
    EmptyBook,
    Policy,
    Request,
    Unknown,
    Usage,
    decide,
    known,
    month_of,
)
from custom_components.ocpp_home.csms.model.card import Card, Cards, Window
from custom_components.ocpp_home.csms.model.hours import open_at
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from custom_components.ocpp_home.csms.model.transaction import Transaction

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TOKEN = Token("04A2B3C4", TokenType.ISO14443)
NIGHT = Window(time(22), time(6))


@dataclass
class Books:
    """A book of which a test knows what it says."""

    sessions: tuple[Transaction, ...] = ()
    usage: Usage = field(default_factory=Usage)
    asked: tuple[datetime, datetime] | None = None

    def running(self, card: Card) -> Iterable[Transaction]:
        return [one for one in self.sessions if card.opened(one)]

    def used(self, card: Card, since: datetime, until: datetime) -> Usage:
        self.asked = since, until
        return self.usage


def session(station: str, number: str, token: str = TOKEN.id) -> Transaction:
    return Transaction(number, station, 1, 1, token, NOON - 400 * DAY, 0.0)


def verdict(card: Card | None, policy: Policy = Policy(), book: Book | None = None, **about: Any) -> Verdict:  # noqa: B008 - it is frozen
    request = replace(Request(TOKEN, "Garage", NOON), **about)
    return decide(request, policy, Cards(() if card is None else (card,)), book or EmptyBook())


WRONG: tuple[tuple[dict[str, Any], Decision], ...] = (
    ({"active": False}, Decision.BLOCKED),
    ({"ends": NOON}, Decision.EXPIRED),
    ({"stations": frozenset({"Yard"})}, Decision.NOT_AT_THIS_LOCATION),
    ({"hours": (NIGHT,)}, Decision.NOT_AT_THIS_TIME),
    ({"energy_budget": 1000.0}, Decision.NO_CREDIT),
)


@pytest.mark.parametrize("first", range(len(WRONG)))
def test_the_first_rule_that_refuses_gives_the_answer(first: int) -> None:
    """Of a card with which everything is wrong from a rule on, that rule is told; with the last, that it is in use."""
    faults = {name: value for fault, _ in WRONG[first:] for name, value in fault.items()}
    book = Books((session("Yard", "7"),), Usage(energy=1000.0))
    policy = Policy(several=False)
    assert verdict(Card(TOKEN, **faults), policy, book, starting=True).decision is WRONG[first][1]
    assert verdict(Card(TOKEN), policy, book, starting=True).decision is Decision.CONCURRENT


def test_a_card_without_rules_is_accepted_with_its_group_for_ever() -> None:
    assert verdict(Card(TOKEN, group="FAMILY")) == Verdict(Decision.ACCEPTED, "FAMILY")


def test_before_its_time_a_card_is_refused_until_then() -> None:
    early = verdict(Card(TOKEN, begins=NOON + DAY, group="FAMILY"))
    assert early == Verdict(Decision.NOT_AT_THIS_TIME, "FAMILY", NOON + DAY)
    assert verdict(Card(TOKEN, begins=NOON)).accepted


def test_an_acceptance_ends_with_the_hours_or_the_validity_and_goes_on_into_the_month_that_renews_a_budget() -> None:
    open_until = Card(TOKEN, hours=(Window(time(8), time(18)),), ends=NOON + DAY)
    assert verdict(open_until, Policy(zone=BERLIN)).expires == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert verdict(
        replace(open_until, ends=NOON + timedelta(hours=1)), Policy(zone=BERLIN)
    ).expires == NOON + timedelta(hours=1)
    assert verdict(Card(TOKEN, cost_budget=20.0), Policy(zone=BERLIN)) == Verdict(Decision.ACCEPTED)
    spent = verdict(Card(TOKEN, cost_budget=20.0), Policy(zone=BERLIN), Books(usage=Usage(cost=20.0)))
    assert spent == Verdict(Decision.NO_CREDIT, None, datetime(2026, 11, 30, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("usage", "decision"),
    [
        (Usage(999.9, 19.99), Decision.ACCEPTED),
        (Usage(1000.0, 0.0), Decision.NO_CREDIT),
        (Usage(0.0, 20.0), Decision.NO_CREDIT),
    ],
)
def test_a_budget_is_that_of_the_month_on_the_wall(usage: Usage, decision: Decision) -> None:
    book = Books(usage=usage)
    card = Card(TOKEN, energy_budget=1000.0, cost_budget=20.0)
    assert verdict(card, Policy(zone=BERLIN), book).decision is decision
    assert book.asked == (datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC))


def test_a_month_may_be_an_hour_longer() -> None:
    begin, end = month_of(datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN)
    assert end - begin == timedelta(days=31, hours=1)


def test_a_session_is_not_in_its_own_way() -> None:
    book, policy, card = Books((session("Garage", "7"),)), Policy(several=False), Card(TOKEN)
    assert verdict(card, policy, book, starting=True, transaction="7").accepted
    assert verdict(card, policy, book, starting=True, transaction="8").decision is Decision.CONCURRENT
    assert verdict(card, policy, book, transaction="8").accepted, "it is shown to stop the other"
    assert verdict(card, policy, EmptyBook(), starting=True).accepted
    assert verdict(card, Policy(), book, starting=True, transaction="8").accepted, "one card may serve two cars"
    later = replace(session("Yard", "7"), started=NOON + timedelta(seconds=1))
    assert verdict(card, policy, Books((later,)), starting=True, transaction="8").accepted, "the other began after it"
    elsewhere = Books((session("Yard", "7"),))
    assert not verdict(card, policy, elsewhere, starting=True, transaction="7").accepted, "the number is another's"


def test_a_card_for_some_evses_is_accepted_there_and_the_station_hears_which() -> None:
    """OCPP 2.0.1 ed. 3 - C01.FR.19, C01.FR.20, C01.FR.22."""
    card, there = Card(TOKEN, evses=frozenset({1, 2})), frozenset({1, 2, 3})
    assert verdict(card, evses=there) == Verdict(Decision.ACCEPTED, evses=(1, 2))
    assert verdict(card, evses=frozenset({1, 2})) == Verdict(Decision.ACCEPTED)
    assert verdict(card, evses=there, evse=2).accepted
    assert verdict(card, evses=there, evse=3) == Verdict(Decision.NOT_AT_THIS_LOCATION)
    assert verdict(card, evses=frozenset({3, 4})) == Verdict(Decision.NOT_AT_THIS_LOCATION)
    assert verdict(card) == Verdict(Decision.ACCEPTED, evses=(1, 2)), "which EVSEs there are is not known yet"


def test_a_card_for_one_outlet_of_a_station_is_refused_at_the_others() -> None:
    card, there = Card(TOKEN, outlets=frozenset({("garage", 2)})), frozenset({1, 2})
    assert verdict(card, evses=there) == Verdict(Decision.ACCEPTED, evses=(2,))
    assert verdict(card, evses=there, evse=1) == Verdict(Decision.NOT_AT_THIS_LOCATION)
    assert verdict(replace(card, outlets=frozenset({("yard", 2)}))) == Verdict(Decision.NOT_AT_THIS_LOCATION)


def test_a_master_stops_and_does_not_start() -> None:
    """OCPP 2.0.1 ed. 3 - C12.FR.09, C16."""
    card, policy = Card(TOKEN, group="FAMILY", master=True), Policy(master="MASTER")
    assert verdict(card, policy) == Verdict(Decision.ACCEPTED, "MASTER", master=True)
    assert verdict(card, policy, starting=True).decision is Decision.INVALID
    assert verdict(card) == Verdict(Decision.ACCEPTED, "FAMILY", master=True)


@pytest.mark.parametrize(
    ("policy", "accepted"),
    [
        (Policy(Unknown.ACCEPT), True),
        (Policy(Unknown.REFUSE), False),
        (Policy(Unknown.ASK), False),
        (Policy(Unknown.REFUSE, free=True), True),
        (Policy(Unknown.REFUSE, token="04a2b3c4"), True),
        (Policy(Unknown.REFUSE, listed={TOKEN.key: Verdict(Decision.ACCEPTED, "FAMILY")}), True),
        (Policy(Unknown.ACCEPT, listed={TOKEN.key: Verdict(Decision.BLOCKED)}), False),
        (Policy(Unknown.ACCEPT, listed={TOKEN.key: Verdict(Decision.ACCEPTED, "FAMILY", NOON)}), False),
    ],
)
def test_a_stranger_is_admitted_by_policy(policy: Policy, accepted: bool) -> None:
    assert verdict(None, policy).accepted is accepted


def test_of_strangers_the_answer_is_invalid_or_what_was_laid_down() -> None:
    assert verdict(None, Policy(Unknown.ASK)) == Verdict(Decision.INVALID)
    old = {TOKEN.key: Verdict(Decision.ACCEPTED, "FAMILY", NOON)}
    assert verdict(None, Policy(listed=old)) == Verdict(Decision.EXPIRED, "FAMILY")


def test_our_own_token_obeys_the_card_that_has_its_number() -> None:
    assert verdict(Card(TOKEN, active=False), Policy(token=TOKEN.id)).decision is Decision.BLOCKED


def test_who_needs_no_authorization_has_it() -> None:
    """OCPP 2.0.1 ed. 3 - C02.FR.02."""
    assert verdict(None, Policy(Unknown.REFUSE), token=Token("", TokenType.NO_AUTHORIZATION)).accepted
    assert not verdict(None, Policy(Unknown.REFUSE), token=Token("")).accepted


def test_a_car_is_known_by_its_address_where_its_owner_wants_that() -> None:
    car = Token("AA:BB:CC:00:11:22", TokenType.MAC_ADDRESS)
    shown, card = Token("aabbcc001122", TokenType.MAC_ADDRESS), Card(car)
    assert verdict(card, Policy(autocharge=True), token=shown).accepted
    assert verdict(card, Policy(Unknown.REFUSE), token=shown) == Verdict(Decision.INVALID)
    assert verdict(card, Policy(Unknown.REFUSE), token=Token("aabbcc001122")) == Verdict(Decision.INVALID)
    assert verdict(replace(card, active=False), token=shown).decision is Decision.BLOCKED
    assert verdict(None, token=shown).accepted, "an address opens nothing where all may charge"
    assert verdict(card, Policy(Unknown.REFUSE, autocharge=True), token=Token("ff", TokenType.MAC_ADDRESS)) == Verdict(
        Decision.INVALID
    )


def test_who_is_known_is_asked_before_a_card_is_learnt() -> None:
    policy, cards = Policy(token="HA", listed={"b": Verdict(Decision.BLOCKED)}), Cards((Card(TOKEN),))
    asked = (TOKEN, Token("ha"), Token("B"), Token(""), Token("x", TokenType.NO_AUTHORIZATION), Token("C"))
    assert [known(token, policy, cards) for token in asked] == [True, True, True, True, True, False]


times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
windows = st.builds(Window, times, times, st.frozensets(st.integers(0, 6), max_size=7))


def between(begin: datetime, days: int) -> st.SearchStrategy[datetime]:
    """Moments of these days."""
    return st.timedeltas(timedelta(), days * DAY).map(lambda past: begin + past)


spring, autumn = datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)
whens = between(datetime(2026, 1, 1, tzinfo=UTC), 500) | between(spring, 4) | between(autumn, 4)
budgets = st.none() | st.none() | st.floats(0, 1e5)
cards = st.builds(
    Card,
    st.just(TOKEN),
    group=st.sampled_from(["", "FAMILY"]),
    active=st.sampled_from([True, True, True, False]),
    master=st.booleans(),
    begins=st.none() | between(spring - 90 * DAY, 90),
    ends=st.none() | whens,
    hours=st.lists(windows, max_size=3).map(tuple),
    stations=st.sampled_from([frozenset(), frozenset({"garage"}), frozenset({"Garage", "Yard"}), frozenset({"Yard"})]),
    evses=st.sampled_from([frozenset(), frozenset({1}), frozenset({2})]),
    outlets=st.sampled_from([frozenset(), frozenset(), frozenset({("garage", 2)}), frozenset({("Yard", 1)})]),
    energy_budget=budgets,
    cost_budget=budgets,
)
policies = st.builds(
    Policy,
    unknown=st.sampled_from(Unknown),
    zone=st.sampled_from([UTC, BERLIN]),
    token=st.sampled_from(["", TOKEN.id, "HA"]),
    free=st.booleans(),
    autocharge=st.booleans(),
    several=st.booleans(),
    master=st.sampled_from(["", "MASTER"]),
    listed=st.sampled_from([{}, {TOKEN.key: Verdict(Decision.ACCEPTED)}]),
)
requests = st.builds(
    Request,
    st.just(TOKEN),
    st.just("Garage"),
    whens,
    evse=st.sampled_from([None, 1, 2]),
    evses=st.sampled_from([frozenset(), frozenset({1}), frozenset({1, 2})]),
    starting=st.booleans(),
    transaction=st.sampled_from([None, "7"]),
)
books = st.builds(
    Books,
    st.lists(st.sampled_from([session("Garage", "7"), session("Yard", "8")]), max_size=2).map(tuple),
    st.builds(Usage, st.just(0.0) | st.floats(0, 1e5), st.just(0.0) | st.floats(0, 1e5)),
)
MANY = settings(max_examples=150, deadline=None)


@MANY
@given(requests, policies, cards, books)
def test_what_is_accepted_breaks_no_rule(request: Request, policy: Policy, card: Card, book: Books) -> None:
    said = decide(request, policy, Cards((card,)), book)
    if not said.accepted:
        return
    assert card.active
    assert card.begins is None or card.begins <= request.at
    assert card.ends is None or request.at < card.ends
    assert open_at(card.hours, request.at, policy.zone)
    places = card.places_at(request.station)
    assert places is not None
    assert request.evse is None or not places or request.evse in places
    assert not said.evses or places >= set(said.evses)
    assert card.energy_budget is None or book.usage.energy < card.energy_budget
    assert card.cost_budget is None or book.usage.cost < card.cost_budget
    assert not (card.master and request.starting)


@MANY
@given(requests, policies, cards, books)
def test_the_same_request_gives_the_same_verdict(request: Request, policy: Policy, card: Card, book: Books) -> None:
    household = Cards((card,))
    assert decide(request, policy, household, book) == decide(request, policy, household, book)


@MANY
@given(requests, policies, cards, books, st.sampled_from(["", "FAMILY", "OTHERS"]))
def test_a_group_makes_nobody_welcome(request: Request, policy: Policy, card: Card, book: Books, group: str) -> None:
    alone, together = (decide(request, policy, Cards((replace(card, group=name),)), book) for name in ("", group))
    assert alone.decision is together.decision


@MANY
@given(requests, policies, cards, books, st.floats(0, 1, exclude_max=True))
def test_until_a_verdict_expires_it_is_the_same(
    request: Request, policy: Policy, card: Card, book: Books, share: float
) -> None:
    said = decide(request, policy, Cards((card,)), book)
    assert said.expires is None or said.expires > request.at
    until = said.expires or request.at + 9 * DAY
    later = replace(request, at=min(request.at + (until - request.at) * share, until - timedelta(microseconds=1)))
    assert decide(later, policy, Cards((card,)), book) == said


@MANY
@given(requests, policies, cards, books)
def test_an_acceptance_never_outlives_the_card(request: Request, policy: Policy, card: Card, book: Books) -> None:
    said = decide(request, policy, Cards((card,)), book)
    if said.accepted and card.ends is not None:
        assert said.expires is not None
        assert said.expires <= card.ends


@MANY
@given(requests, policies, books)
def test_a_stranger_is_never_refused_where_strangers_are_welcome(request: Request, policy: Policy, book: Books) -> None:
    said = decide(request, policy, Cards(), book)
    ours = request.token.key == Token(policy.token).key
    assert said.accepted is (policy.open or ours or TOKEN.key in policy.listed)
    assert said.expires is None
