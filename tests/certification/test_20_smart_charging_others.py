"""OCPP 2.0.1, Smart Charging: limits of others and the needs of cars (OCPP 2.0.1 ed. 3 - K11 to K17)."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.model.limit import ExternalLimit
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from tests.certification.charging import TX, measured
from tests.certification.stage import Dial, ago, until
from tests.simulator import ManualClock, Station as Simulated
from tests.simulator.clock import stamp

SAMPLED = {"SampledDataCtrlr.TxUpdatedInterval": "10"}


@pytest.fixture
async def station(dial: Dial, central: Central) -> Simulated:
    """A station that is left alone after its boot: whatever profile it is given, the test is the reason."""
    central.pauses = replace(central.pauses, settle=60, answer=0)
    return await dial(version="2.0.1", clock=ManualClock(ago(0)), **SAMPLED)


def plan(amps: float) -> dict[str, Any]:
    """What a car says it will draw."""
    return {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": amps}]}


def given(station: Simulated) -> list[dict[str, Any]]:
    """The TxProfiles the station was given."""
    profiles = [asked["chargingProfile"] for asked in station.asked("SetChargingProfile")]
    return [one for one in profiles if one["chargingProfilePurpose"] == TX]


def limits(one: dict[str, Any]) -> list[float]:
    """The limits of a profile."""
    return [period["limit"] for period in one["chargingSchedule"][0]["chargingSchedulePeriod"]]


async def needs(station: Simulated) -> None:
    """The car asks for energy, and is answered that a profile follows."""
    assert await station.need_energy(20_000, 8) == {"status": "Accepted"}


async def test_tc_k_48_set_and_update_external_limit(station: Simulated, garage: Station) -> None:
    await station.limit_externally(10, "EMS")
    assert garage.external == {"EMS": ExternalLimit("EMS", 10)}
    await station.limit_externally(8, "EMS")
    assert garage.external == {"EMS": ExternalLimit("EMS", 8)}
    assert garage.evse(1).transaction is None


async def test_tc_k_50_release_external_limit_without_transaction(station: Simulated, garage: Station) -> None:
    await station.limit_externally(10, "SO", evse=1)
    assert garage.evse(1).external == {"SO": ExternalLimit("SO", 10)}
    await station.lift_external_limit(evse=1)
    assert station.told("ClearedChargingLimit") == [{"chargingLimitSource": "SO", "evseId": 1}]
    assert garage.evse(1).external == {}


async def test_tc_k_51_release_external_limit_with_transaction(station: Simulated, garage: Station) -> None:
    evse = garage.evse(1)
    await station.start()
    await station.limit_externally(8, "EMS")
    await station.advance(20)
    assert (measured(evse), garage.external) == ((8, 5_520), {"EMS": ExternalLimit("EMS", 8)})
    await station.lift_external_limit()
    await station.advance(20)
    assert (measured(evse), garage.external) == ((32, 11_040), {})
    assert evse.transaction is not None


async def test_tc_k_53_charging_with_load_leveling(station: Simulated, garage: Station) -> None:
    running = await station.start()
    await garage.limit(garage.evse(1), OWNER, 12)
    before = len(given(station))
    await needs(station)
    told = garage.evse(1).needs
    assert told is not None
    assert (told.transfer, told.energy, told.minimum, told.maximum) == ("AC_three_phase", 20_000, 6, 16)
    await until(lambda: len(given(station)) > before)
    assert (given(station)[-1]["transactionId"], limits(given(station)[-1])) == (running.id, [12])
    assert await station.plan_to_charge(plan(12)) == {"status": "Accepted"}


async def test_tc_k_55_ev_charging_profile_exceeds_limits(station: Simulated, garage: Station) -> None:
    await station.start()
    await garage.limit(garage.evse(1), OWNER, 12)
    before = len(given(station))
    assert await station.plan_to_charge(plan(16)) == {"status": "Rejected"}
    await until(lambda: len(given(station)) > before)
    assert limits(given(station)[-1]) == [12], "the limit is told again"
    assert await station.plan_to_charge(plan(12)) == {"status": "Accepted"}


async def test_tc_k_57_renegotiation_initiated_by_ev(station: Simulated, garage: Station) -> None:
    running = await station.start()
    await needs(station)
    await until(lambda: len(given(station)) == 1)
    await needs(station)
    await until(lambda: len(given(station)) == 2)
    assert {one["transactionId"] for one in given(station)} == {running.id}
    assert await station.plan_to_charge(plan(16)) == {"status": "Accepted"}


async def test_tc_k_58_renegotiation_initiated_by_csms(station: Simulated, garage: Station) -> None:
    await station.start()
    await garage.limit(garage.evse(1), OWNER, 14)
    await garage.limit(garage.evse(1), OWNER, 10)
    assert [limits(one) for one in given(station)] == [[14], [10]]
    assert await station.plan_to_charge(plan(10)) == {"status": "Accepted"}
    await station.advance(10)
    assert measured(garage.evse(1)) == (10, 6_900)


async def test_tc_k_59_renegotiation_initiated_by_csms_with_needs(station: Simulated, garage: Station) -> None:
    await station.start()
    await garage.limit(garage.evse(1), OWNER, 10)
    await needs(station)
    await until(lambda: len(given(station)) == 2)
    assert [limits(one) for one in given(station)] == [[10], [10]]
    assert garage.evse(1).needs is not None
    departs = garage.evse(1).needs.departure
    assert departs is not None
    told = station.told("NotifyEVChargingNeeds")[-1]["chargingNeeds"]["departureTime"]
    assert stamp(departs) == told
    assert await station.plan_to_charge(plan(10)) == {"status": "Accepted"}
