"""OCPP 1.6, Smart Charging (OCPP 1.6 ed. 2 - 3.13, 5.5, 5.7, 5.16)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Charging, Period, ProfileFilter
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.meter import Quantity
from custom_components.ocpp_home.csms.model.station import OWNER, Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.stage import Dial, ago, books_agree, until
from tests.simulator import ManualClock, Station as Simulated


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    """A station whose clock is right, for schedules begin at a time; it measures every 10 s."""
    return await dial(clock=ManualClock(ago(0)), MeterValueSampleInterval="10")


def charging(garage: Station) -> Charging:
    """The commands for limits and schedules."""
    found = garage.require().charging
    assert found is not None
    return found


def profile(number: int, purpose: str, *limits: tuple[int, float], start: datetime | None = None) -> dict[str, Any]:
    """A profile with these periods (start in s, limit in A)."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": begin, "limit": limit} for begin, limit in limits],
    }
    if start is not None:
        schedule["startSchedule"] = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "chargingProfileId": number,
        "stackLevel": 2,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute" if start else "Relative",
        "chargingSchedule": schedule,
    }


def measured(evse: Evse) -> tuple[float | None, float | None]:
    """The current that is offered (A) and the power that flows (W), as the station's meter values tell."""
    return evse.offered, evse.meter.total(Quantity.POWER)


async def test_tc_056_central_smart_charging_tx_default_profile(station: Simulated, garage: Station) -> None:
    evse = garage.evse(1)
    await garage.limit(evse, OWNER, 10)
    (asked,) = station.asked("SetChargingProfile")
    sent = asked["csChargingProfiles"]
    assert (asked["connectorId"], sent["chargingProfilePurpose"]) == (1, "TxDefaultProfile")
    assert "transactionId" not in sent
    assert sent["chargingSchedule"]["chargingRateUnit"] == "A"
    assert sent["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 10}]
    assert (evse.limits.confirmed, evse.limits.settled) == (10, True)
    assert evse.limits.method == "TxDefaultProfile/A/Absolute"
    await station.start()
    await station.advance(20)
    assert measured(evse) == (10, 6_900)
    own = profile(41, "TxDefaultProfile", (0, 8))
    await charging(garage).set_profile(0, own)
    assert station.asked("SetChargingProfile")[-1] == {"connectorId": 0, "csChargingProfiles": own}


async def test_tc_057_central_smart_charging_tx_profile(station: Simulated, garage: Station, ledger: Ledger) -> None:
    evse = garage.evse(1)
    with pytest.raises(Refused) as refusal:
        await charging(garage).set_profile(1, profile(41, "TxProfile", (0, 8)))
    assert refusal.value.status == "Rejected", "there is no transaction yet"
    running = await station.start()
    await station.advance(10)
    assert measured(evse) == (32, 11_040)
    await garage.limit(evse, OWNER, 12)
    sent = station.asked("SetChargingProfile")[-1]
    assert sent["connectorId"] == 1
    assert sent["csChargingProfiles"]["chargingProfilePurpose"] == "TxProfile"
    assert sent["csChargingProfiles"]["transactionId"] == running.id
    assert (evse.limits.confirmed, evse.limits.method) == (12, "TxProfile/A/Absolute")
    await station.advance(10)
    assert measured(evse) == (12, 8_280)
    await station.stop()
    assert [installed.purpose for installed in station.profiles.installed] == []
    (recorded,) = await books_agree(ledger, station)
    assert recorded.energy == pytest.approx((11_040 + 8_280) * 10 / 3600, abs=1)


async def test_tc_059_remote_start_with_charging_profile(station: Simulated, garage: Station, ledger: Ledger) -> None:
    evse, own = garage.evse(1), profile(42, "TxProfile", (0, 8))
    await station.plug_in()
    await garage.require().remote.start(1, Token("CARD-1"), own)
    assert station.asked("RemoteStartTransaction") == [
        {"connectorId": 1, "idTag": "CARD-1", "chargingProfile": own},
    ]
    await until(lambda: evse.transaction is not None)
    await station.advance(20)
    assert measured(evse) == (8, 5_520)
    (recorded,) = await books_agree(ledger, station)
    assert (evse.transaction, recorded.token) == (recorded, "CARD-1")


async def test_tc_066_get_composite_schedule(station: Simulated, garage: Station) -> None:
    begin = station.clock.now()
    own = profile(43, "TxDefaultProfile", (0, 16), (120, 8), (240, 10), start=begin)
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"connectorId": 1, "csChargingProfiles": own}]
    schedule = await charging(garage).composite_schedule(1, 300, "A")
    assert station.asked("GetCompositeSchedule") == [{"connectorId": 1, "duration": 300, "chargingRateUnit": "A"}]
    assert (schedule.evse, schedule.unit, schedule.duration) == (1, "A", 300)
    assert schedule.periods == (Period(0, 16, 3), Period(120, 8, 3), Period(240, 10, 3))
    assert schedule.begin is not None
    assert abs(schedule.begin - begin) < timedelta(seconds=1)
    with pytest.raises(Refused) as refusal:
        await charging(garage).composite_schedule(9, 300)
    assert refusal.value.status == "Rejected"


async def test_tc_067_clear_charging_profile(station: Simulated, garage: Station) -> None:
    clear = charging(garage).clear_profiles
    await charging(garage).set_profile(1, profile(44, "TxDefaultProfile", (0, 8)))
    await clear(ProfileFilter(id=44))
    assert (station.asked("ClearChargingProfile"), station.profiles.installed) == ([{"id": 44}], [])
    with pytest.raises(Refused) as refusal:
        await clear(ProfileFilter(id=44))
    assert refusal.value.status == "Unknown"
    await charging(garage).set_profile(1, profile(45, "TxDefaultProfile", (0, 8)))
    await charging(garage).set_profile(0, profile(46, "ChargePointMaxProfile", (0, 20), start=station.clock.now()))
    await clear(ProfileFilter(evse=1, purpose="TxDefaultProfile", stack_level=2))
    assert station.asked("ClearChargingProfile")[-1] == {
        "connectorId": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "stackLevel": 2,
    }
    assert [installed.payload["chargingProfileId"] for installed in station.profiles.installed] == [46]
    await garage.limit(garage.evse(1), OWNER, 10)
    await garage.limit(garage.evse(1), OWNER, None)
    assert station.asked("ClearChargingProfile")[-1] == {"id": 101}
    assert garage.evse(1).limits.confirmed is None
