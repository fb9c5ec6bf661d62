"""What the fuses leave, line by line."""

from math import inf

import pytest

from custom_components.ocpp_home.csms.control.fuse import Fuses, Held, Rooms, lines_of, rooms
from custom_components.ocpp_home.csms.control.terms import Circuit, Demand, Lines, Site, Tuning

TUNING = Tuning(rise_after=30.0, rise_by=2.0)


def house(load: Lines | None = (5.0, 20.0, 0.0), *others: Circuit) -> Site:
    return Site((Circuit("main", (25.0, 25.0, 25.0), load=load), *others), margin=0.5)


def granted(rooms: Rooms, circuit: str = "main") -> list[float]:
    return [held.room for held in rooms[circuit]]


def test_each_line_leaves_its_rating_less_the_load_and_the_margin() -> None:
    assert granted(rooms(house(), {}, 0.0, TUNING)) == [19.5, 4.5, 24.5]


def test_what_flows_back_leaves_more_than_the_rating() -> None:
    assert granted(rooms(house((-10.0, 0.0, 0.0)), {}, 0.0, TUNING)) == [34.5, 24.5, 24.5]


def test_less_room_counts_at_once() -> None:
    before = rooms(house((0.0, 0.0, 0.0)), {}, 0.0, TUNING)
    assert granted(rooms(house((9.0, 0.1, 0.0)), before, 0.1, TUNING)) == [15.5, 24.4, 24.5]


def test_more_room_counts_when_it_has_lasted() -> None:
    held = Held(10.0)
    for now in (0.0, 15.0, 29.9):
        held = held.follow(14.0, now, TUNING)
        assert held.room == 10.0
    assert held.follow(14.0, 30.0, TUNING) == Held(14.0)


def test_only_the_least_room_of_the_wait_has_lasted() -> None:
    held = Held(10.0)
    for now, seen in ((0.0, 20.0), (10.0, 13.0), (20.0, 18.0)):
        held = held.follow(seen, now, TUNING)
    assert held.follow(19.0, 30.0, TUNING) == Held(13.0)


def test_a_little_more_room_is_not_worth_a_change() -> None:
    held = Held(10.0)
    for now in range(0, 600, 5):
        held = held.follow(11.9, float(now), TUNING)
    assert held == Held(10.0)


def test_a_wait_begins_anew_when_the_room_has_gone() -> None:
    held = Held(10.0).follow(14.0, 0.0, TUNING).follow(11.0, 20.0, TUNING).follow(14.0, 25.0, TUNING)
    assert held.follow(14.0, 54.0, TUNING).room == 10.0
    assert held.follow(14.0, 55.0, TUNING).room == 14.0


def test_a_load_that_is_not_known_leaves_what_was_seen_last() -> None:
    before = rooms(house((20.0, 0.0, 0.0)), {}, 0.0, TUNING)
    assert granted(rooms(house(None), before, 100.0, TUNING)) == [4.5, 24.5, 24.5]
    assert granted(rooms(house(None), {}, 100.0, TUNING)) == [24.5, 24.5, 24.5]


def test_a_smaller_fuse_counts_while_the_load_is_not_known() -> None:
    before = rooms(house((0.0, 0.0, 0.0)), {}, 0.0, TUNING)
    smaller = Site((Circuit("main", (16.0, 16.0, 16.0)),), margin=0.5)
    assert granted(rooms(smaller, before, 1.0, TUNING)) == [15.5, 15.5, 15.5]


GARAGE = Circuit("garage", (16.0, 16.0, 16.0), "main", (2.0, 0.0, 0.0))


def fuses(site: Site) -> Fuses:
    return Fuses(site, rooms(site, {}, 0.0, TUNING))


@pytest.mark.parametrize(
    ("circuit", "lines", "room"),
    [
        ("main", (0,), 19.5),
        ("main", (1,), 4.5),
        ("main", (0, 1, 2), 4.5),
        ("garage", (0,), 13.5),
        ("garage", (2,), 15.5),
        ("garage", (1, 2), 4.5),
        ("shed", (0, 1, 2), inf),
    ],
)
def test_a_current_flows_through_every_fuse_on_its_way(circuit: str, lines: tuple[int, ...], room: float) -> None:
    tree = fuses(house((5.0, 20.0, 0.0), GARAGE))
    assert tree.room(tree.cells(circuit, lines)) == room


def test_what_one_takes_is_missing_on_its_line_all_the_way_up() -> None:
    tree = fuses(house((5.0, 20.0, 0.0), GARAGE))
    tree.take(tree.cells("garage", (0,)), 6.0)
    assert tree.left() == {"main": (13.5, 4.5, 24.5), "garage": (7.5, 15.5, 15.5)}


def test_circuits_may_be_told_in_any_order() -> None:
    site = Site((GARAGE, *house().circuits))
    tree = fuses(site)
    assert tree.room(tree.cells("garage", (1,))) == 4.5


def test_circuits_that_feed_each_other_end_nowhere() -> None:
    tree = fuses(Site((Circuit("a", (10.0,) * 3, "b", (0.0,) * 3), Circuit("b", (8.0,) * 3, "a", (0.0,) * 3))))
    assert tree.room(tree.cells("a", (0,))) == 7.5


def test_a_parent_nobody_knows_is_no_fuse() -> None:
    tree = fuses(Site((Circuit("a", (10.0, 10.0, 10.0), "street", (0.0, 0.0, 0.0)),)))
    assert tree.room(tree.cells("a", (0,))) == 9.5


def test_a_circuit_is_stale_when_any_load_above_it_is_not_known() -> None:
    blind = Circuit("shed", (16.0, 16.0, 16.0), "main")
    tree = fuses(house((0.0, 0.0, 0.0), GARAGE, blind))
    assert [tree.stale(name) for name in ("main", "garage", "shed")] == [False, False, True]
    assert fuses(house(None, GARAGE)).stale("garage")


def test_a_circuit_nobody_knows_is_stale_where_others_are_known() -> None:
    assert fuses(house()).stale("shed")
    assert not fuses(Site(())).stale("shed")


@pytest.mark.parametrize(
    ("lines", "phases", "loaded"),
    [((1, 2, 0), 3, (1, 2, 0)), ((1, 2, 0), 1, (1,)), ((2,), 1, (2,)), ((), 1, (0, 1, 2)), ((), 3, (0, 1, 2))],
)
def test_an_evse_loads_the_lines_its_phases_lead_to(
    lines: tuple[int, ...], phases: int, loaded: tuple[int, ...]
) -> None:
    assert lines_of(Demand("evse", "main", lines), phases) == loaded
