"""What the EVSEs draw of what the meter of the house shows."""

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from custom_components.ocpp_home.csms.control.terms import Circuit, Lines, Site
from custom_components.ocpp_home.csms.model.evse import Evse, Status
from custom_components.ocpp_home.csms.model.meter import Phase, Quantity, Reading
from custom_components.ocpp_home.site.bounds import Asked
from custom_components.ocpp_home.site.draw import SETTLED, Draw, Span, measured
from custom_components.ocpp_home.site.gauge import House
from custom_components.ocpp_home.site.settings import Branch, SiteSettings
from custom_components.ocpp_home.site.snapshot import Prices, Survey
from custom_components.ocpp_home.site.wiring import Wiring

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PHASES = (Phase.L1, Phase.L2, Phase.L3)


def tells(evse: Evse, *amps: float, at: float = 0) -> None:
    moment = NOON + timedelta(seconds=at)
    evse.meter.update(Reading(Quantity.CURRENT_IMPORT, a, moment, p) for a, p in zip(amps, PHASES, strict=False))


def charging(*amps: float, limit: float | None = None) -> tuple[Evse, Draw]:
    evse = Evse(1, status=Status.CHARGING)
    if limit is not None:
        evse.limits.confirm(limit)
    draw = Draw(evse)
    draw.observe(-100)
    tells(evse, *amps)
    draw.observe(0)
    return evse, draw


def test_what_a_station_tells_is_what_it_draws_while_its_limit_stays() -> None:
    _, draw = charging(10, 10, 10, limit=10)
    assert draw.span(20) == Span((10, 10, 10), (10, 10, 10))


def test_a_station_that_tells_ten_times_what_it_can_draw_is_believed_little_more_than_that() -> None:
    """arXiv 2502.01569: of what it makes up, others would be given of the main fuse."""
    evse, draw = charging(160, 160, -160, limit=16)
    assert draw.span(20) == Span((40, 40, -160), (40, 40, -160))
    evse.limits.maximum = 16
    tells(evse, 17, 160, 0, at=30)
    draw.observe(30)
    assert draw.span(40) == Span((17, 20, 0), (17, 20, 0))


def test_after_a_lower_limit_it_draws_something_between_and_soon_no_more_than_that() -> None:
    evse, draw = charging(16, 16, 16, limit=16)
    evse.limits.confirm(8)
    draw.observe(10)
    assert draw.span(11) == Span((8, 8, 8), (16, 16, 16))
    assert draw.span(10 + SETTLED) == Span((8, 8, 8), (8, 8, 8))
    tells(evse, 7, 7, 7, at=20)
    draw.observe(20)
    assert draw.span(20) == Span((7, 7, 7), (7, 7, 7))


def test_after_a_higher_limit_nobody_knows_until_the_station_tells_again() -> None:
    evse, draw = charging(8, 0, 0, limit=8)
    evse.limits.confirm(16)
    draw.observe(10)
    assert draw.span(100) == Span((8, 0, 0), (16, 0, 0))


def test_before_anything_is_told_it_may_draw_up_to_its_limit_and_nothing_while_it_does_not_charge() -> None:
    evse = Evse(1, status=Status.CHARGING)
    assert Draw(evse).span(0) == Span((0, 0, 0), (32, 32, 32))
    evse.status = Status.SUSPENDED_EV
    assert Draw(evse).span(0) == Span()


def test_a_car_of_one_phase_is_known_by_what_it_draws_until_it_leaves() -> None:
    evse, draw = charging(0, 14, 0)
    assert draw.single == 1
    evse.limits.confirm(6)
    tells(evse, 0, 0, 0, at=5)
    draw.observe(5 + SETTLED)
    assert draw.single == 1, "a pause does not make it another car"
    evse.status = Status.AVAILABLE
    draw.observe(30)
    assert draw.single is None


@pytest.mark.parametrize(
    ("readings", "lines"),
    [
        ([(Quantity.CURRENT_IMPORT, None, 9)], (9, 9, 9)),
        ([(Quantity.POWER, None, 6900)], (10, 10, 10)),
        ([(Quantity.POWER, Phase.L2, 2300)], (0, 10, 0)),
        ([(Quantity.CURRENT_IMPORT, Phase.L1, 5), (Quantity.POWER, None, 9999)], (5, 0, 0)),
        ([], None),
    ],
)
def test_currents_are_told_in_several_ways(
    readings: list[tuple[Quantity, Phase | None, float]], lines: Lines | None
) -> None:
    evse = Evse(1)
    evse.meter.update(Reading(quantity, value, NOON, phase) for quantity, phase, value in readings)
    assert measured(evse) == lines


@pytest.mark.parametrize(
    ("lines", "low", "high"),
    [
        ((0, 1, 2), (10, 0, 0), (12, 0, 0)),
        ((1, 2, 0), (0, 10, 0), (0, 12, 0)),
        ((2,), (0, 0, 10), (0, 0, 12)),
        ((), (0, 0, 0), (12, 12, 12)),
    ],
)
def test_phases_lead_to_lines_and_where_that_is_not_known_to_any_but_what_they_come_to_is_the_same(
    lines: tuple[int, ...], low: Lines, high: Lines
) -> None:
    span = Span((10, 0, 0), (12, 0, 0)).on(lines)
    assert (span.low, span.high, span.least, span.most) == (low, high, 10, 12)
    both = span + Span((1, 2, 3), (2, 3, 4))
    assert (both.low[1], both.high[1], both.least, both.most) == (low[1] + 2, high[1] + 3, 16, 21)


def test_wiring_is_as_the_owner_says_and_in_a_house_of_one_phase_there_is_no_choice() -> None:
    assert Wiring.of({"rotation": "l2"}, 3, 3) == Wiring(lines=(1, 2, 0), count=3)
    assert Wiring.of({"rotation": "l3", "circuit": "garage"}, 1, 3) == Wiring("garage", (2,), 1)
    assert Wiring.of({}, 3, 3).lines == ()
    assert Wiring.of({"rotation": "l3"}, 3, 1) == Wiring(lines=(0,), count=1)
    three = Wiring(count=3)
    assert (three.phases(switching=True, single=False), three.phases(switching=False, single=False)) == ((1, 3), (3,))
    assert three.phases(switching=True, single=True) == (1,)


# --- the snapshot -----------------------------------------------------------------------------------------------------
FUSED = SiteSettings(fuse=25, lines=("sensor.l1", "sensor.l2", "sensor.l3"), grid="sensor.grid")


def even(amps: float, high: float | None = None) -> Span:
    most = amps if high is None else high
    return Span((amps,) * 3, (most,) * 3)


def taken(survey: Survey, house: House, own: Span | dict[str, Span]) -> Site:
    return survey.take(house, {"main": own} if isinstance(own, Span) else own, Prices(0.31, 0.07), Asked())


def test_the_house_is_what_the_meter_shows_without_its_cars() -> None:
    site = taken(Survey(FUSED), House(grid=9000, lines=(18, 20, 14)), even(10))
    assert site == Site((Circuit("main", (25, 25, 25), load=(8, 10, 4)),), surplus=-2100, price=0.31, feed_in=0.07)


def test_while_a_car_follows_its_limit_the_house_is_taken_to_have_gone_on_as_it_was() -> None:
    survey = Survey(FUSED)
    taken(survey, House(grid=7590, lines=(12, 12, 12)), even(10))
    following = taken(survey, House(grid=9600, lines=(14.5, 15, 12)), even(10, 16))
    assert following.circuits[0].load == (2, 2, 2)
    assert following.surplus == -690
    oven = taken(survey, House(grid=12000, lines=(14.5, 30, 12)), even(10, 16))
    assert oven.circuits[0].load == (2, 14, 2), "what no car can draw is the house"


def test_the_surplus_beside_a_car_with_one_phase_does_not_depend_on_where_that_leads() -> None:
    for lines in ((0, 1, 2), ()):
        survey, own = Survey(FUSED), Span((16, 0, 0), (16, 0, 0)).on(lines)
        assert taken(survey, House(grid=-1000, lines=(15, -10, -10)), own).surplus == 1000 + 16 * 230
        assert taken(survey, House(grid=-3000, lines=(12, -13, -13)), own).surplus == 3000 + 16 * 230
        assert taken(survey, House(grid=5000, lines=(24, -1, -1)), own).surplus == -5000 + 16 * 230


def test_without_lines_all_the_house_may_hang_on_any_of_them() -> None:
    settings = SiteSettings(fuse=25, grid="sensor.grid")
    assert taken(Survey(settings), House(grid=2300), Span()).circuits[0].load == (10, 10, 10)
    assert taken(Survey(settings), House(grid=-2300), Span()).circuits[0].load == (0, 0, 0)
    assert taken(Survey(settings), House(), Span()).circuits[0].load is None


def test_the_battery_gives_way_to_cars_but_below_its_level() -> None:
    settings = SiteSettings(grid="sensor.grid", battery="sensor.battery", battery_level="sensor.l", battery_first=50)
    charging_it = House(grid=-500, battery=-2000, level=80)
    assert taken(Survey(settings), charging_it, Span()).surplus == 2500
    assert taken(Survey(settings), House(grid=-500, battery=-2000, level=40), Span()).surplus == 400
    assert taken(Survey(settings), House(grid=0, battery=1500, level=40), Span()).surplus == -1600
    assert taken(Survey(settings), House(grid=0, battery=1500), Span()).surplus == -1600, "its level is not known"
    assert taken(Survey(settings), House(grid=0), Span()).surplus is None, "nobody knows what the battery does"


def test_without_a_meter_the_sun_is_the_surplus_and_a_dimmer_is_no_meter() -> None:
    assert taken(Survey(SiteSettings(solar="sensor.sun")), House(solar=3000), Span()).surplus == 3000
    site = Survey(SiteSettings(dimming="switch.less")).take(House(), {}, Prices(), Asked(dimmed=5000))
    assert (site.surplus, site.dimmed, site.circuits) == (None, 5000, ())


# --- circuits ---------------------------------------------------------------------------------------------------------
GARAGE = Branch("garage", 16, lines=("sensor.g1", "sensor.g2", "sensor.g3"))
WALL = Branch("wall", 10, "garage")


def test_behind_a_circuit_are_those_it_feeds_and_behind_the_main_fuse_are_all() -> None:
    settings = SiteSettings(fuse=25, lines=FUSED.lines, branches=(GARAGE, WALL))
    own = {"main": even(1), "garage": even(2), "wall": even(4)}
    main, garage, wall = taken(Survey(settings), House(lines=(20,) * 3, branches={"garage": (9,) * 3}), own).circuits
    assert main == Circuit("main", (25, 25, 25), load=(13, 13, 13))
    assert garage == Circuit("garage", (16, 16, 16), "main", (3, 3, 3))
    assert wall == Circuit("wall", (10, 10, 10), "garage", (0, 0, 0)), "nothing else hangs there"
    silent = taken(Survey(settings), House(lines=(20,) * 3, branches={"garage": None}), own)
    assert silent.circuits[1].load is None


def test_a_circuit_may_be_kept_where_nobody_told_of_the_main_fuse() -> None:
    main, wall = taken(Survey(SiteSettings(branches=(Branch("wall", 10),))), House(), {}).circuits
    assert (main, wall) == (
        Circuit("main", (inf, inf, inf), load=(0, 0, 0)),
        Circuit("wall", (10,) * 3, "main", (0, 0, 0)),
    )


def test_a_circuit_whose_feeder_is_gone_hangs_behind_the_main_fuse() -> None:
    _, wall = taken(Survey(SiteSettings(branches=(Branch("wall", 10, "gone"),))), House(), {}).circuits
    assert wall.parent == "main"
