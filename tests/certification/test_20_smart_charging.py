"""OCPP 2.0.1, Smart Charging: profiles are set, replaced and cleared (OCPP 2.0.1 ed. 3 - K01 to K10, F01)."""

from datetime import timedelta

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import Period, ProfileFilter
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from tests.certification.charging import DEFAULT, MAX, TX, charging, lying, measured, profile, written
from tests.certification.stage import Dial, ago, books_agree, until
from tests.simulator import Hardware, ManualClock, Oddities, Station as Simulated

SAMPLED = {"SampledDataCtrlr.TxUpdatedInterval": "10"}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    """A station whose clock is right, for schedules begin at a time; it measures every 10 s."""
    return await dial(version="2.0.1", clock=ManualClock(ago(0)), **SAMPLED)


async def test_tc_k_01_tx_default_profile_specific_evse(station: Simulated, garage: Station) -> None:
    own = profile(41, DEFAULT, (0, 8))
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 1, "chargingProfile": own}]
    await station.start()
    await station.advance(20)
    assert measured(garage.evse(1)) == (8, 5_520)


async def test_tc_k_02_tx_profile_without_ongoing_transaction(station: Simulated, garage: Station) -> None:
    with pytest.raises(Invalid, match=r"K01\.FR\.03"):
        await charging(garage).set_profile(1, profile(41, TX, (0, 8)))
    assert station.asked("SetChargingProfile") == []
    with pytest.raises(Refused) as refusal:
        await charging(garage).set_profile(1, profile(41, TX, (0, 8), transactionId="tx-of-nobody"))
    assert refusal.value.status == "Rejected"
    assert (written(station), lying(station)) == ([(1, 41)], [])


async def test_tc_k_03_charging_station_max_profile(station: Simulated, garage: Station) -> None:
    own = profile(41, MAX, (0, 10), start=station.clock.now())
    await charging(garage).set_profile(0, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 0, "chargingProfile": own}]
    await station.start()
    await station.advance(20)
    assert measured(garage.evse(1)) == (10, 6_900)
    with pytest.raises(Invalid):
        await charging(garage).set_profile(1, profile(42, MAX, (0, 10), start=station.clock.now()))
    assert written(station) == [(0, 41)]


async def test_tc_k_04_replace_with_charging_profile_id(station: Simulated, garage: Station) -> None:
    await station.start()
    await charging(garage).set_profile(1, profile(41, DEFAULT, (0, 8)))
    await charging(garage).set_profile(1, profile(41, DEFAULT, (0, 12)))
    assert (written(station), lying(station)) == ([(1, 41), (1, 41)], [41])
    await station.advance(10)
    assert measured(garage.evse(1)) == (12, 8_280)


async def test_tc_k_05_clear_with_charging_profile_id(station: Simulated, garage: Station) -> None:
    await charging(garage).set_profile(1, profile(41, DEFAULT, (0, 8)))
    await charging(garage).clear_profiles(ProfileFilter(id=41))
    assert (station.asked("ClearChargingProfile"), lying(station)) == ([{"chargingProfileId": 41}], [])


async def test_tc_k_06_clear_with_stack_level_and_purpose(station: Simulated, garage: Station) -> None:
    await charging(garage).set_profile(1, profile(41, DEFAULT, (0, 8)))
    await charging(garage).set_profile(1, profile(42, DEFAULT, (0, 6), stackLevel=3))
    await charging(garage).clear_profiles(ProfileFilter(evse=1, purpose=DEFAULT, stack_level=2))
    criteria = {"evseId": 1, "chargingProfilePurpose": DEFAULT, "stackLevel": 2}
    assert station.asked("ClearChargingProfile") == [{"chargingProfileCriteria": criteria}]
    assert lying(station) == [42]


async def test_tc_k_08_clear_without_previous_charging_profile(station: Simulated, garage: Station) -> None:
    with pytest.raises(Refused) as refusal:
        await charging(garage).clear_profiles(ProfileFilter(id=41))
    assert refusal.value.status == "Unknown"
    assert station.asked("ClearChargingProfile") == [{"chargingProfileId": 41}]


async def test_tc_k_10_tx_default_profile_all_evses(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", clock=ManualClock(ago(0)), hardware=Hardware(evses=2), **SAMPLED)
    own = profile(41, DEFAULT, (0, 8))
    await charging(garage).set_profile(0, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 0, "chargingProfile": own}]
    await station.start(connector=2)
    await station.advance(20)
    assert measured(garage.evse(2)) == (8, 5_520)


async def test_tc_k_15_set_charging_profile_not_supported(dial: Dial, garage: Station) -> None:
    odd = Oddities(answers={"SetChargingProfile": "NotSupported"})
    station = await dial(version="2.0.1", clock=ManualClock(ago(0)), oddities=odd)
    with pytest.raises(Unsupported):
        await charging(garage).set_profile(1, profile(41, DEFAULT, (0, 8)))
    assert (written(station), lying(station)) == ([(1, 41)], [])


async def test_tc_k_19_charging_profile_kind_is_recurring(station: Simulated, garage: Station) -> None:
    yesterday = station.clock.now() - timedelta(days=1)
    daily = {"chargingProfileKind": "Recurring", "recurrencyKind": "Daily"}
    own = profile(41, DEFAULT, (0, 8), (7200, 16), start=yesterday, **daily)
    await charging(garage).set_profile(1, own)
    assert station.asked("SetChargingProfile") == [{"evseId": 1, "chargingProfile": own}]
    await station.start()
    await station.advance(20)
    assert measured(garage.evse(1)) == (8, 5_520)


async def test_tc_k_37_remote_start_with_charging_profile(station: Simulated, garage: Station, ledger: Ledger) -> None:
    evse, own = garage.evse(1), profile(42, TX, (0, 8))
    await station.plug_in()
    await garage.require().remote.start(1, Token("CARD-1"), own)
    (asked,) = station.asked("RequestStartTransaction")
    assert (asked["evseId"], asked["idToken"]["idToken"]) == (1, "CARD-1")
    assert asked["chargingProfile"] == own
    await until(lambda: evse.transaction is not None)
    await station.advance(20)
    assert measured(evse) == (8, 5_520)
    (recorded,) = await books_agree(ledger, station)
    assert (evse.transaction, recorded.token) == (recorded, "CARD-1")


async def test_tc_k_43_get_composite_schedule_specific_evse(station: Simulated, garage: Station) -> None:
    begin = station.clock.now()
    own = profile(43, DEFAULT, (0, 16), (120, 8), (240, 10), start=begin)
    await charging(garage).set_profile(1, own)
    schedule = await charging(garage).composite_schedule(1, 300, "A")
    assert station.asked("GetCompositeSchedule") == [{"evseId": 1, "duration": 300, "chargingRateUnit": "A"}]
    assert (schedule.evse, schedule.unit, schedule.duration) == (1, "A", 300)
    assert schedule.periods == (Period(0, 16, 3), Period(120, 8, 3), Period(240, 10, 3))
    assert schedule.begin is not None
    assert abs(schedule.begin - begin) < timedelta(seconds=1)


async def test_tc_k_44_get_composite_schedule_charging_station(station: Simulated, garage: Station) -> None:
    await charging(garage).set_profile(0, profile(43, MAX, (0, 20), (60, 10), start=station.clock.now()))
    schedule = await charging(garage).composite_schedule(0, 120, "A")
    assert station.asked("GetCompositeSchedule") == [{"evseId": 0, "duration": 120, "chargingRateUnit": "A"}]
    assert (schedule.evse, [(period.start, period.limit) for period in schedule.periods]) == (0, [(0, 20), (60, 10)])


async def test_tc_k_60_tx_profile_with_ongoing_transaction(station: Simulated, garage: Station, ledger: Ledger) -> None:
    running = await station.start()
    await station.advance(10)
    assert measured(garage.evse(1)) == (32, 11_040)
    own = profile(41, TX, (0, 12))
    await charging(garage).set_profile(1, own)
    sent = {"evseId": 1, "chargingProfile": own | {"transactionId": running.id}}
    assert station.asked("SetChargingProfile") == [sent]
    await station.advance(10)
    assert measured(garage.evse(1)) == (12, 8_280)
    await station.stop()
    await station.unplug()
    assert lying(station) == []
    (recorded,) = await books_agree(ledger, station)
    assert recorded.energy == pytest.approx((11_040 + 8_280) * 10 / 3600, abs=1)


async def test_tc_k_70_multiple_profiles(station: Simulated, garage: Station) -> None:
    await station.start()
    limits = charging(garage)
    await limits.set_profile(0, profile(41, MAX, (0, 20), start=station.clock.now()))
    await limits.set_profile(1, profile(42, DEFAULT, (0, 14)))
    await limits.set_profile(1, profile(43, TX, (0, 12)))
    await limits.set_profile(1, profile(44, TX, (0, 10), stackLevel=3))
    assert written(station) == [(0, 41), (1, 42), (1, 43), (1, 44)]
    with pytest.raises(Invalid, match="K01"):
        await limits.set_profile(1, profile(45, TX, (0, 8)))
    assert lying(station) == [41, 42, 43, 44]
    await station.advance(10)
    assert measured(garage.evse(1)) == (10, 6_900)
