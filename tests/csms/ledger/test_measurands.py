from custom_components.ocpp_home.csms.ledger.measurands import EXPLAIN, MANY, READ, Measurands, reading_of
from custom_components.ocpp_home.csms.ledger.rows import microseconds
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading

from .samples import NOON, after, power, register


def test_a_measurand_is_explained_once_and_used_by_its_number() -> None:
    measurands = Measurands([])

    first, new = measurands.writes(7, [register(0, 1000), register(1, 1100)])
    second, none = measurands.writes(7, [register(2, 1200, signed="OCMF")])

    assert first == [
        (EXPLAIN, [(1, "Energy.Active.Import.Register", "", "Outlet", "Sample.Periodic")]),
        (READ, [(7, microseconds(NOON), 1, 1000, None), (7, microseconds(after(1)), 1, 1100, None)]),
    ]
    assert new == [("Energy.Active.Import.Register", "", "Outlet", "Sample.Periodic")]
    assert second == [(EXPLAIN, []), (READ, [(7, microseconds(after(2)), 1, 1200, "OCMF")])]
    assert none == []


def test_what_was_measured_together_is_stored_with_one_moment() -> None:
    at = after(1)

    _, (_, rows) = Measurands([]).writes(7, [Reading(Quantity.POWER, 1.0, at), Reading(Quantity.SOC, 50.0, at)])[0]

    assert [row[1] for row in rows] == [microseconds(at)] * 2


def test_phase_location_and_context_make_another_measurand() -> None:
    readings = [
        power(0, 1),
        power(0, 1, phase=Phase.L1),
        power(0, 1, location=Location.INLET),
        power(0, 1, context="Trigger"),
    ]

    [_, (_, rows)], new = Measurands([]).writes(7, readings)

    assert len(new) == 4
    assert len({row[2] for row in rows}) == 4


def test_what_is_stored_keeps_its_number_and_new_ones_come_after() -> None:
    measurands = Measurands([("Power.Active.Import", "", "Outlet", "Sample.Periodic", 9)])

    [(_, explained), (_, rows)], _ = measurands.writes(7, [power(0, 1), register(0, 1)])

    assert [row[2] for row in rows] == [9, 10]
    assert explained[0][0] == 10


def test_a_measurand_whose_explanation_was_not_written_is_explained_again() -> None:
    measurands = Measurands([])
    _, new = measurands.writes(7, [power(0, 1)])

    measurands.drop(new)

    assert measurands.writes(7, [power(0, 1)])[1] == new


def test_in_a_fresh_file_all_is_explained_again() -> None:
    measurands = Measurands([("Power.Active.Import", "", "Outlet", "Sample.Periodic", 9)])

    measurands.begin_anew()

    [(_, explained), _], _ = measurands.writes(7, [power(0, 1)])
    assert explained == [(10, "Power.Active.Import", "", "Outlet", "Sample.Periodic")]


def test_a_station_that_invents_contexts_does_not_fill_the_memory() -> None:
    measurands = Measurands([])

    _, new = measurands.writes(7, [power(0, 1, context=f"invented {n}") for n in range(MANY + 50)])

    assert len(new) == MANY + 1
    assert new[-1] == ("Power.Active.Import", "", "Outlet", "Other")


def test_a_reading_comes_back_out_of_its_row() -> None:
    row = ("Voltage", 230.5, microseconds(NOON), "L1-N", "Inlet", "Trigger", "OCMF")

    assert reading_of(row) == Reading(Quantity.VOLTAGE, 230.5, NOON, Phase.L1_N, Location.INLET, "Trigger", "OCMF")
    assert reading_of(("SoC", 0.0, 0, "", "EV", "Trigger", None)).phase is None


def test_a_row_of_no_known_quantity_is_passed_over() -> None:
    assert reading_of(("Vxltage", 230.5, 0, "", "Outlet", "Trigger", None)) is None
