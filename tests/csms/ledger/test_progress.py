from itertools import permutations

from custom_components.ocpp_home.csms.ledger.progress import (
    Progress,
    Standing,
    moments_of,
    points_after,
    progress_of,
    standing_after,
    standing_of,
)
from custom_components.ocpp_home.csms.model.account import Account, Day
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Point, Transaction

from .samples import NOON, after, power, register


def test_the_newest_register_value_counts_in_whatever_order_readings_come() -> None:
    readings = [
        register(1, 1100),
        register(2, 1200),
        register(3, 1300),
        power(1, 4000),
        power(2, 11000),
        power(3, 2000),
    ]

    for order in permutations(readings):
        progress = Progress()
        for reading in order:
            progress = progress.after([reading])
        assert progress == Progress(1300, after(3), 11000)
        assert Progress().after(order) == progress


def test_of_two_values_at_one_moment_the_larger_counts() -> None:
    larger, smaller = register(1, 1100, context="Transaction.End"), register(1, 1000)

    assert Progress().after([larger]).after([smaller]) == Progress(1100, after(1), None)
    assert Progress().after([smaller]).after([larger]) == Progress(1100, after(1), None)
    assert Progress().after([larger, smaller]) == Progress(1100, after(1), None)


def test_readings_without_register_and_power_are_no_progress() -> None:
    known = Progress(1100, after(1), 4000)

    assert known.after([Reading(Quantity.SOC, 50, after(2))]) == known
    assert known.after([]) == known


def test_phases_are_put_together() -> None:
    lines = [Reading(Quantity.POWER, 2000, NOON, phase) for phase in (Phase.L1, Phase.L2, Phase.L3)]

    assert Progress().after(lines).peak_power == 6000


def test_energy_that_was_given_back_lowers_the_register() -> None:
    assert Progress().after([register(1, 1100), register(2, 1050)]).meter_last == 1050


def test_a_transaction_has_the_progress_it_has_made() -> None:
    transaction = Transaction(
        "1", "garage", 1, 1, None, NOON, 0, meter_last=1100, meter_last_at=after(1), peak_power=4000
    )

    assert progress_of(transaction) == Progress(1100, after(1), 4000)


def test_of_each_minute_the_newest_value_tells_how_a_register_ran_in_whatever_order_they_come() -> None:
    readings = [register(0.2, 1000), register(0.8, 1010), register(1.5, 1020), register(3, 1050), power(2, 4000)]

    for order in permutations(readings):
        course: tuple[Point, ...] = ()
        for reading in order:
            course = points_after(course, [reading])
        assert course == points_after((), order) == ((after(0.8), 1010), (after(1.5), 1020), (after(3), 1050))


def test_while_a_register_stands_still_its_ends_are_enough() -> None:
    course = points_after((), [register(minute, 1000) for minute in range(600)])

    assert course == ((NOON, 1000), (after(599), 1000))
    assert points_after(course, [register(700, 1100), register(701, 1100)])[2:] == (
        (after(700), 1100),
        (after(701), 1100),
    )


def test_a_moment_has_the_register_and_the_power_that_were_told_together() -> None:
    told = [
        power(2, 5000, phase=Phase.L1),
        power(2, 3000, location=Location.INLET),
        power(1, 4000),
        register(1, 1100),
        register(1, 1090, context="Transaction.Begin"),
    ]

    assert moments_of(told) == [(after(1), 1100, 4000), (after(2), None, 5000)]


def test_power_that_nobody_measures_follows_from_current_and_voltage() -> None:
    told = [Reading(Quantity.CURRENT_IMPORT, 16, NOON, Phase.L1), Reading(Quantity.VOLTAGE, 230, NOON, Phase.L1_N)]

    assert moments_of([register(0, 1000), *told]) == [(NOON, 1000, 3680)]


def test_readings_move_a_transaction_and_nothing_settled_holds_any_more() -> None:
    settled = Account((Day(NOON.date(), 100),))
    running = Transaction("1", "garage", 1, 1, None, NOON, 0, account=settled)
    before = standing_of(running)

    standing_after(running, [register(1, 1100), power(1, 4000)]).put(running)

    assert standing_of(running) == Standing(1100, after(1), 4000, ((after(1), 1100),), None)
    before.put(running)
    assert (standing_of(running), running.account) == (Standing(None, None, None, (), settled), settled)


def test_what_only_the_file_knows_of_a_register_stays_there() -> None:
    ended = Transaction("1", "garage", 1, 1, None, NOON, 0, points=None)

    assert standing_after(ended, [register(1, 1100)]).points is None


def test_after_an_end_that_is_the_last_word_nothing_moves_a_transaction() -> None:
    transaction = Transaction("1", "garage", 1, 1, None, NOON, 0, stopped=after(2), meter_stop=1200)
    transaction.stop_received = after(9)
    readings = [register(1, 1100), register(2, 1200), register(3, 5000), power(3, 9000)]
    assert standing_after(transaction, readings) == standing_after(transaction, readings[:2])
    assert standing_after(transaction, readings).meter_last == 1200
    transaction.meter_stop = None
    assert standing_after(transaction, readings).meter_last == 5000
