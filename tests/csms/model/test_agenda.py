"""The agenda of a station: what is due when, and what becomes of each booking."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.model.agenda import GRACE, MOST, PAST, RETRY, Agenda
from custom_components.ocpp_home.csms.model.booking import LEAD, Booking, Stage
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.token import Token

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + HOUR
MINE = Booking(Reservation(5, 1, "CARD-1", LATER), NOON)
NEXT = Booking(Reservation(6, 1, "CARD-2", LATER + HOUR), LATER)
ANY = Booking(Reservation(7, 0, "CARD-3", LATER), NOON - HOUR)


class Told:
    """Counts how often something was different."""

    times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def agenda(told: Told) -> Agenda:
    agenda = Agenda(None, told)
    agenda.book(MINE, NOON - HOUR)
    return agenda


def stage(agenda: Agenda, number: int = 5) -> Stage | None:
    """How far a booking is that is wanted."""
    booking = agenda.find(number)
    return None if booking is None else booking.stage


def kept(agenda: Agenda) -> None:
    """Let the station take the booking of MINE."""
    agenda.asking(5)
    agenda.held(MINE.reservation, NOON)


def test_bookings_are_in_the_order_of_time_and_by_evse(agenda: Agenda) -> None:
    agenda.book(NEXT, NOON)
    agenda.book(ANY, NOON)
    assert list(agenda) == [ANY, MINE, NEXT]
    assert agenda.of(1) == [ANY, MINE, NEXT]
    assert agenda.of(2) == [ANY]
    assert agenda.find(6) == NEXT
    assert agenda.find(8) is None


def test_all_of_it_survives_a_restart(agenda: Agenda, told: Told) -> None:
    agenda.book(NEXT, NOON)
    kept(agenda)
    again = Agenda(agenda.remembered, told)
    assert list(again) == list(agenda)
    assert stage(again) is Stage.HELD
    assert Agenda(None, told).remembered is None
    assert list(Agenda(["odd"], told)) == []


def test_every_change_is_told(agenda: Agenda, told: Told) -> None:
    told.times = 0
    agenda.asking(5)
    agenda.held(MINE.reservation, NOON)
    agenda.end(5, Stage.USED, NOON)
    agenda.gone(5)
    agenda.gone(5)
    assert told.times == 4


def test_what_wants_the_same_time_is_found_while_it_is_open(agenda: Agenda) -> None:
    wanted = MINE.renamed(9)
    assert agenda.clash(wanted) == MINE
    agenda.end(5, Stage.USED, NOON)
    assert agenda.clash(wanted) is None


def test_a_station_is_told_when_the_time_has_come_and_as_long_as_it_lasts(agenda: Agenda) -> None:
    assert agenda.due(NOON - LEAD - timedelta(seconds=1)) is None
    assert agenda.due(NOON - LEAD) == MINE
    assert agenda.due(LATER - timedelta(seconds=1)) == MINE
    assert agenda.due(LATER) is None


def test_what_is_due_longest_comes_first(agenda: Agenda) -> None:
    agenda.book(ANY, NOON)
    assert agenda.due(NOON) == ANY


def test_the_next_moment_is_when_something_is_due_or_over(agenda: Agenda) -> None:
    assert agenda.next(NOON - HOUR) == NOON - LEAD
    assert agenda.next(NOON) == LATER + GRACE
    kept(agenda)
    assert agenda.next(NOON) == LATER + GRACE
    agenda.withdraw(5)
    assert agenda.next(NOON) == LATER + GRACE
    agenda.gone(5)
    assert agenda.next(NOON) is None


def test_what_the_station_keeps_is_held_and_not_told_again(agenda: Agenda) -> None:
    agenda.asking(5)
    assert stage(agenda) is Stage.DOUBTED
    assert agenda.holding(1) == MINE.reservation
    agenda.held(MINE.reservation, NOON)
    assert stage(agenda) is Stage.HELD
    assert agenda.due(NOON) is None
    assert agenda.holding(1) == MINE.reservation
    assert agenda.holding(2) is None


def test_what_somebody_else_has_reserved_is_taken_over(agenda: Agenda) -> None:
    agenda.held(Reservation(8, 2, "CARD-4", LATER), NOON.replace(microsecond=7))
    assert agenda.find(8) == Booking(Reservation(8, 2, "CARD-4", LATER), NOON, stage=Stage.HELD)
    agenda.held(Reservation(8, 2, "CARD-4", LATER + HOUR), NOON + HOUR / 2)
    assert agenda.find(8) == Booking(Reservation(8, 2, "CARD-4", LATER + HOUR), NOON, stage=Stage.HELD)


def test_a_number_that_is_over_may_be_used_again(agenda: Agenda) -> None:
    agenda.end(5, Stage.USED, NOON)
    anew = Reservation(5, 1, "CARD-1", LATER + HOUR)
    agenda.held(anew, LATER)
    assert agenda.find(5) == Booking(anew, LATER, stage=Stage.HELD)


def test_what_was_changed_while_the_station_was_told_is_told_next(agenda: Agenda) -> None:
    agenda.asking(5)
    longer = replace(MINE, reservation=replace(MINE.reservation, until=LATER + HOUR))
    agenda.change(5, longer, NOON)
    agenda.held(MINE.reservation, NOON)
    due = agenda.due(NOON)
    assert due is not None
    assert (due.reservation, due.stage) == (longer.reservation, Stage.DOUBTED)


def test_what_was_withdrawn_while_the_station_was_told_is_cancelled_next(agenda: Agenda) -> None:
    agenda.asking(5)
    agenda.withdraw(5)
    agenda.held(MINE.reservation, NOON)
    agenda.refuse(5, "Occupied", None)
    due = agenda.due(NOON)
    assert due is not None
    assert due.stage is Stage.WITHDRAWN
    assert agenda.find(5) is None
    assert list(agenda) == []


def test_what_the_station_does_not_know_is_withdrawn_at_once(agenda: Agenda) -> None:
    agenda.withdraw(5)
    assert agenda.remembered is None


def test_what_is_only_planned_becomes_another_under_its_number(agenda: Agenda) -> None:
    agenda.change(5, NEXT, NOON)
    assert list(agenda) == [NEXT.renamed(5)]


def test_what_is_held_and_moved_to_later_is_cancelled_and_planned(agenda: Agenda) -> None:
    kept(agenda)
    agenda.change(5, NEXT, NOON)
    assert list(agenda) == [NEXT]
    due = agenda.due(NOON)
    assert due is not None
    assert (due.id, due.stage) == (5, Stage.WITHDRAWN)


def test_a_refusal_that_may_pass_is_tried_again(agenda: Agenda) -> None:
    agenda.asking(5)
    agenda.refuse(5, "Occupied", NOON + RETRY)
    booking = agenda.find(5)
    assert booking is not None
    assert (booking.stage, booking.reason) == (Stage.PLANNED, "Occupied")
    assert agenda.due(NOON) is None
    assert agenda.due(NOON + RETRY) == booking
    agenda.asking(5)
    agenda.held(MINE.reservation, NOON + RETRY)
    assert agenda.find(5) == replace(MINE, stage=Stage.HELD)


def test_a_refusal_for_good_is_none_to_try_again(agenda: Agenda) -> None:
    agenda.asking(5)
    agenda.refuse(5, "Rejected", None)
    assert stage(agenda) is Stage.REFUSED
    assert agenda.due(NOON) is None
    assert agenda.next(NOON) is None


def test_a_station_that_does_not_answer_is_told_later(agenda: Agenda) -> None:
    agenda.asking(5)
    agenda.postpone(5, NOON + RETRY)
    agenda.postpone(99, NOON + RETRY)
    assert agenda.due(NOON) is None
    assert stage(agenda) is Stage.DOUBTED
    assert agenda.due(NOON + RETRY) == agenda.find(5)


def test_after_a_boot_the_station_is_told_again_of_what_it_kept(agenda: Agenda) -> None:
    agenda.book(NEXT, NOON)
    kept(agenda)
    agenda.doubt()
    assert (stage(agenda), stage(agenda, 6)) == (Stage.DOUBTED, Stage.PLANNED)
    due = agenda.due(NOON)
    assert due is not None
    assert due.id == 5


def test_what_is_over_ends_once(agenda: Agenda) -> None:
    kept(agenda)
    over = agenda.end(5, Stage.ENDED, NOON, "Removed")
    assert over is not None
    assert (over.stage, over.ended, over.reason) == (Stage.ENDED, NOON, "Removed")
    assert agenda.end(5, Stage.EXPIRED, NOON) is None
    used = agenda.end(5, Stage.USED, NOON)
    assert used is not None
    assert used.stage is Stage.USED
    assert agenda.end(5, Stage.USED, NOON) is None
    assert agenda.end(99, Stage.USED, NOON) is None


@pytest.mark.parametrize(
    ("evse", "token", "minutes", "comes"),
    [
        (1, "CARD-1", 0, True),
        (1, "card-1", 59, True),
        (1, "CARD-1", -1, True),
        (1, "CARD-1", -2, False),
        (1, "CARD-1", 60, False),
        (2, "CARD-1", 0, False),
        (1, "CARD-2", 0, False),
    ],
)
def test_somebody_comes_for_a_booking(agenda: Agenda, evse: int, token: str, minutes: int, comes: bool) -> None:
    found = agenda.redeemed(evse, Token(token), NOON + timedelta(minutes=minutes))
    assert (found is not None) is comes


def test_nobody_comes_for_what_was_used(agenda: Agenda) -> None:
    agenda.end(5, Stage.USED, NOON)
    assert agenda.redeemed(1, Token("CARD-1"), NOON) is None


@pytest.mark.parametrize(
    ("before", "reason", "patience", "after"),
    [
        (Stage.PLANNED, "", timedelta(), Stage.MISSED),
        (Stage.PLANNED, "Occupied", timedelta(), Stage.REFUSED),
        (Stage.DOUBTED, "", GRACE, Stage.EXPIRED),
        (Stage.HELD, "", GRACE, Stage.EXPIRED),
    ],
)
def test_what_has_had_its_time_is_over(
    told: Told, before: Stage, reason: str, patience: timedelta, after: Stage
) -> None:
    agenda = Agenda(None, told)
    agenda.book(replace(MINE, stage=before, reason=reason), NOON)
    assert agenda.lapse(LATER + patience - timedelta(seconds=1)) == []
    (over,) = agenda.lapse(LATER + patience)
    assert (over.stage, over.ended) == (after, LATER)
    assert agenda.lapse(LATER + HOUR) == []


def test_what_was_withdrawn_goes_with_its_time(agenda: Agenda) -> None:
    kept(agenda)
    agenda.withdraw(5)
    assert agenda.lapse(LATER) == []
    assert agenda.remembered is None


def test_what_is_long_past_and_what_is_too_much_is_let_go(agenda: Agenda) -> None:
    agenda.book(NEXT, LATER + PAST)
    assert agenda.find(5) is not None
    agenda.book(NEXT, LATER + PAST + timedelta(seconds=1))
    assert list(agenda) == [NEXT]
    for number in range(100, 100 + MOST):
        agenda.book(replace(NEXT, begin=LATER + HOUR).renamed(number), LATER)
    assert len(list(agenda)) == MOST


def test_the_bookings_of_a_token_are_forgotten(agenda: Agenda) -> None:
    agenda.book(NEXT, NOON)
    assert agenda.forget({"card-1", "card-9"}) == 1
    assert list(agenda) == [NEXT]
