"""OCPP 1.6, Core: boot, status, remote control, availability of the lock, configuration, cache and data transfer."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import ResetKind
from custom_components.ocpp_home.csms.model.errors import Refused, Unsupported
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.evse import Status
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.variable import VariableKey
from tests.certification.stage import Dial, Diary, books_agree, until
from tests.simulator import Clock, Oddities, Station as Simulated

CARD = Token("CARD-1")


async def test_tc_001_cold_boot_charge_point(build: Callable[..., Simulated], garage: Station, diary: Diary) -> None:
    station = build()
    await station.connect()
    answer = await station.boot()
    assert (answer["status"], answer["interval"]) == ("Accepted", garage.settings.heartbeat_interval)
    assert abs((datetime.fromisoformat(answer["currentTime"]) - datetime.now(UTC)).total_seconds()) < 5
    assert (garage.connected, garage.version) == (True, "1.6")
    assert garage.identity == Identity(vendor="Simulated", model="Wallbox S1", serial="SIM-0001", firmware="1.0.0")
    assert (garage.status, diary.walk()) == (Status.AVAILABLE, ["Available"])
    assert diary.data(Kind.BOOT) == [{"firmware": "1.0.0"}]
    await station.advance(garage.settings.heartbeat_interval)
    assert station.told("Heartbeat") == [{}]


# --- remote control ---------------------------------------------------------------------------------------------------
async def test_tc_010_remote_start_cable_plugged_in_first(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await station.plug_in()
    await garage.require().remote.start(1, CARD)
    await until(lambda: diary.walk()[-1] == "Charging")
    assert station.asked("RemoteStartTransaction") == [{"connectorId": 1, "idTag": "CARD-1"}]
    assert station.told("Authorize") == [{"idTag": "CARD-1"}]
    assert diary.walk() == ["Available", "Preparing", "Charging"]
    (transaction,) = await books_agree(ledger, station)
    assert garage.evse(1).transaction is transaction


async def test_tc_011_1_remote_start_first(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await garage.require().remote.start(1, CARD)
    await until(lambda: diary.walk()[-1] == "Preparing")
    assert await ledger.transactions() == []
    await station.plug_in()
    assert diary.walk() == ["Available", "Preparing", "Charging"]
    (transaction,) = await books_agree(ledger, station)
    assert (garage.evse(1).transaction, transaction.token) == (transaction, "CARD-1")


async def test_tc_011_2_remote_start_time_out(
    station: Simulated, garage: Station, ledger: Ledger, diary: Diary
) -> None:
    await garage.require().remote.start(1, CARD)
    await until(lambda: diary.walk()[-1] == "Preparing")
    await station.advance(61)
    assert diary.walk() == ["Available", "Preparing", "Available"]
    assert (await ledger.transactions(), garage.evse(1).transaction) == ([], None)


async def test_tc_012_remote_stop(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    running = await station.start()
    await station.advance(50)
    transaction = garage.evse(1).transaction
    assert transaction is not None
    await garage.require().remote.stop(transaction.id)
    await until(lambda: diary.walk()[-1] == "Finishing")
    assert station.asked("RemoteStopTransaction") == [{"transactionId": running.id}]
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.energy) == ("Remote", 11_040 * 50 // 3600)
    assert (garage.evse(1).transaction, garage.evse(1).previous) == (None, recorded)
    await station.unplug()
    assert diary.walk()[-1] == "Available"


async def test_tc_013_hard_reset(dial: Dial, garage: Station, ledger: Ledger, diary: Diary) -> None:
    station = await dial(clock=Clock())
    await station.start()
    await garage.require().remote.reset(ResetKind.HARD)
    await until(lambda: len(diary.data(Kind.BOOT)) == 2 and diary.data(Kind.SESSION_ENDED))
    assert station.asked("Reset") == [{"type": "Hard"}]
    assert [boot["status"] for boot in station.boots] == ["Accepted", "Accepted"]
    (recorded,) = await books_agree(ledger, station)
    assert recorded.reason == "HardReset"
    assert (garage.connected, garage.evse(1).transaction) == (True, None)


async def test_tc_014_soft_reset(dial: Dial, garage: Station, ledger: Ledger, diary: Diary) -> None:
    station = await dial(clock=Clock())
    await station.start()
    await garage.require().remote.reset(ResetKind.SOFT)
    await until(lambda: len(diary.data(Kind.BOOT)) == 2)
    assert station.asked("Reset") == [{"type": "Soft"}]
    order = [event.kind for event in diary.events]
    assert order.index(Kind.SESSION_ENDED) < len(order) - 1 - order[::-1].index(Kind.BOOT)
    (recorded,) = await books_agree(ledger, station)
    assert recorded.reason == "SoftReset"
    assert (garage.connected, garage.evse(1).transaction) == (True, None)


async def test_tc_026_remote_start_rejected(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.fault("GroundFailure")
    with pytest.raises(Refused) as refusal:
        await garage.require().remote.start(1, CARD)
    assert refusal.value.status == "Rejected"
    assert station.asked("RemoteStartTransaction") == [{"connectorId": 1, "idTag": "CARD-1"}]
    assert (await ledger.transactions(), garage.evse(1).transaction) == ([], None)


async def test_tc_028_remote_stop_rejected(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.start()
    with pytest.raises(Refused) as refusal:
        await garage.require().remote.stop("31337")
    assert refusal.value.status == "Rejected"
    assert station.asked("RemoteStopTransaction") == [{"transactionId": 31337}]
    (recorded,) = await books_agree(ledger, station)
    assert recorded.active
    assert garage.evse(1).transaction is recorded


# --- the lock ---------------------------------------------------------------------------------------------------------
async def test_tc_017_1_unlock_without_session(station: Simulated, garage: Station, ledger: Ledger) -> None:
    await station.plug_in()
    await garage.require().remote.unlock(1)
    assert station.asked("UnlockConnector") == [{"connectorId": 1}]
    assert (await ledger.transactions(), garage.evse(1).status) == ([], Status.PREPARING)


async def test_tc_017_2_unlock_without_session_fixed_cable(dial: Dial, garage: Station) -> None:
    station = await dial(oddities=Oddities(no_lock=True))
    with pytest.raises(Unsupported, match="NotSupported"):
        await garage.require().remote.unlock(1)
    assert station.asked("UnlockConnector") == [{"connectorId": 1}]
    assert garage.evse(1).status is Status.AVAILABLE


async def test_tc_018_1_unlock_with_session(station: Simulated, garage: Station, ledger: Ledger, diary: Diary) -> None:
    await station.start()
    await station.advance(10)
    await garage.require().remote.unlock(1)
    await until(lambda: garage.evse(1).status is Status.FINISHING)
    assert station.asked("UnlockConnector") == [{"connectorId": 1}]
    (recorded,) = await books_agree(ledger, station)
    assert recorded.reason == "UnlockCommand"
    assert [ended["reason"] for ended in diary.data(Kind.SESSION_ENDED)] == ["UnlockCommand"]


async def test_tc_030_unlock_failure(dial: Dial, garage: Station) -> None:
    station = await dial(oddities=Oddities(lock_broken=True))
    with pytest.raises(Refused) as refusal:
        await garage.require().remote.unlock(1)
    assert refusal.value.status == "UnlockFailed"
    assert station.asked("UnlockConnector") == [{"connectorId": 1}]


async def test_tc_031_unlock_unknown_connector(station: Simulated, garage: Station) -> None:
    with pytest.raises(Unsupported, match="NotSupported"):
        await garage.require().remote.unlock(9)
    assert station.asked("UnlockConnector") == [{"connectorId": 9}]
    assert list(garage.evses) == [1]


# --- configuration, cache, data transfer ------------------------------------------------------------------------------
async def test_tc_019_1_retrieve_all_configuration_keys(station: Simulated, garage: Station) -> None:
    variables = await garage.require().configuration.read()
    assert station.asked("GetConfiguration") == [{}]
    told = {name: key.value for name, key in station.configuration.keys.items() if not key.hidden}
    assert {variable.key.name: variable.value for variable in variables} == told
    assert {variable.key.name: variable.value for variable in garage.variables.known.values()} == told
    assert garage.variables.get("NumberOfConnectors") in [variable for variable in variables if variable.readonly]


async def test_tc_019_2_retrieve_specific_configuration_keys(station: Simulated, garage: Station) -> None:
    variables = await garage.require().configuration.read(["SupportedFeatureProfiles", "NoSuchKey"])
    assert station.asked("GetConfiguration") == [{"key": ["SupportedFeatureProfiles", "NoSuchKey"]}]
    assert [variable.key.name for variable in variables] == ["SupportedFeatureProfiles"]
    assert "RemoteTrigger" in garage.variables.words("SupportedFeatureProfiles")
    assert garage.variables.unknown == {VariableKey("", "nosuchkey").fold}


async def test_tc_021_change_configuration(station: Simulated, garage: Station) -> None:
    write = await garage.require().configuration.write("MeterValueSampleInterval", "10")
    assert station.asked("ChangeConfiguration") == [{"key": "MeterValueSampleInterval", "value": "10"}]
    assert (write.reboot_required, garage.variables.number("MeterValueSampleInterval")) == (False, 10)
    await station.start()
    await station.advance(30)
    assert len(station.record[0].samples) == 3
    later = await garage.require().configuration.write("VendorLedColour", "blue")
    assert (later.reboot_required, list(garage.notices)) == (True, [("reboot_required", 0)])


async def test_tc_040_1_configuration_key_not_supported(station: Simulated, garage: Station) -> None:
    with pytest.raises(Unsupported, match="NotSupported"):
        await garage.require().configuration.write("NoSuchKey", "1")
    assert station.asked("ChangeConfiguration") == [{"key": "NoSuchKey", "value": "1"}]
    assert (garage.variables.get("NoSuchKey"), garage.variables.unknown) == (None, {VariableKey("", "nosuchkey").fold})


async def test_tc_040_2_configuration_value_invalid(station: Simulated, garage: Station) -> None:
    await garage.require().configuration.read(["MeterValueSampleInterval"])
    with pytest.raises(Refused) as refusal:
        await garage.require().configuration.write("MeterValueSampleInterval", "-1")
    assert refusal.value.status == "Rejected"
    assert station.asked("ChangeConfiguration") == [{"key": "MeterValueSampleInterval", "value": "-1"}]
    assert garage.variables.text("MeterValueSampleInterval") == "60"


async def test_tc_061_clear_cache(dial: Dial, garage: Station) -> None:
    station = await dial(LocalPreAuthorize="true")
    for shown in range(1, 3):
        await station.start()
        await station.advance(10)
        await station.stop()
        assert len(station.told("Authorize")) == 1, f"shown {shown} times, the card is in the cache"
    await garage.require().remote.clear_cache()
    assert station.asked("ClearCache") == [{}]
    await station.start()
    assert len(station.told("Authorize")) == 2
    station.configuration.preset("AuthorizationCacheEnabled", "false")
    with pytest.raises(Refused, match="Rejected"):
        await garage.require().remote.clear_cache()


async def test_tc_064_data_transfer_to_a_central_system(station: Simulated, diary: Diary) -> None:
    hello = {"vendorId": "org.example", "messageId": "Hello", "data": '{"who": "me"}'}
    assert await station.send("DataTransfer", hello) == {"status": "UnknownVendorId"}
    known = {"vendorId": "generalConfiguration", "messageId": "setMeterConfiguration"}
    assert await station.send("DataTransfer", known) == {"status": "Accepted"}
    assert await station.send("DataTransfer", known | {"messageId": "other"}) == {"status": "UnknownMessageId"}
    assert diary.data(Kind.DATA_TRANSFER)[0] == {"vendor": "org.example", "message": "Hello", "data": '{"who": "me"}'}
    assert len(diary.data(Kind.DATA_TRANSFER)) == 3
    assert station.told().count("DataTransfer") == 3
