"""Actions whose answer depends on what was there before."""

from typing import Any

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from tests.household import until
from tests.pki import root
from tests.simulator import Oddities, Station

from .home import Home
from .test_wire import AT_SIX, PEM, PROFILE


async def test_a_transaction_is_started_and_the_one_that_runs_is_stopped(home: Home, garage: Station) -> None:
    await garage.plug_in()
    await home.do("start_transaction", token="04A2B3C4")
    await until(lambda: garage.connectors[1].transaction)
    running = garage.connectors[1].transaction
    assert running is not None
    assert running.id_tag == "04A2B3C4"
    await until(lambda: running.id is not None and home.hub.stations["garage"].evses[1].transaction)
    assert await home.do("change_availability", operative=False) == {"GARAGE": {"scheduled": True}}
    await home.do("stop_transaction")
    assert garage.asked("RemoteStopTransaction") == [{"transactionId": running.id}]
    await until(lambda: running.stopped)
    assert running.reason == "Remote"


async def test_a_transaction_nobody_knows_here_can_be_stopped_by_its_number(home: Home) -> None:
    async with home.station(oddities=Oddities(answers={"RemoteStopTransaction": {"status": "Accepted"}})) as garage:
        await home.do("stop_transaction", transaction_id=815)
        assert garage.asked("RemoteStopTransaction") == [{"transactionId": 815}]


@pytest.mark.parametrize(
    ("fields", "payload"),
    [
        ({}, {}),
        (
            {"profile_id": 7, "purpose": "TxDefaultProfile", "stack_level": 1},
            {"id": 7, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1},
        ),
    ],
)
async def test_profiles_that_were_set_are_cleared(
    home: Home, garage: Station, fields: dict[str, Any], payload: dict[str, Any]
) -> None:
    await home.do("set_charging_profile", charging_profile=PROFILE)
    assert [profile.payload for profile in garage.profiles.installed] == [PROFILE]
    await home.do("clear_charging_profile", **fields)
    assert garage.asked("ClearChargingProfile") == [payload]
    assert garage.profiles.installed == []


async def test_the_composite_schedule_shows_what_was_set(home: Home, garage: Station) -> None:
    await home.do("set_charging_profile", charging_profile=PROFILE)
    answer = await home.do("get_composite_schedule", duration="00:10:00")
    assert answer is not None
    schedule = answer["GARAGE"]
    assert isinstance(schedule, dict)
    assert isinstance(begin := schedule.pop("begin"), str)
    assert begin.endswith("+00:00")
    assert schedule == {"unit": "A", "duration": 600, "periods": [{"start": 0, "limit": 10.0, "phases": 3}]}


async def test_a_probe_tells_what_the_station_makes_of_limits(home: Home, garage: Station) -> None:
    await garage.start()
    answer = await home.do("probe_station")
    assert answer is not None
    found = answer["GARAGE"]
    assert isinstance(found, dict)
    assert isinstance(latency := found.pop("latency"), float)
    assert latency > 0
    able = dict.fromkeys(("stacks", "decimals", "pauses", "restarts", "phases", "ends", "tells"), True)
    way = {"purpose": "TxProfile", "kind": "Absolute", "units": ["A", "W"], "lowest": 6.0}
    assert found == way | able


async def test_a_schedule_without_a_begin_has_none(home: Home) -> None:
    answer = {
        "status": "Accepted",
        "chargingSchedule": {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000}]},
    }
    async with home.station(oddities=Oddities(answers={"GetCompositeSchedule": answer})):
        assert await home.do("get_composite_schedule", unit="W") == {
            "GARAGE": {
                "unit": "W",
                "begin": None,
                "duration": None,
                "periods": [{"start": 0, "limit": 11000.0, "phases": None}],
            }
        }


async def test_a_reservation_has_a_number_by_which_it_is_repeated_and_cancelled(home: Home, garage: Station) -> None:
    first = await home.do("reserve", token="04A2B3C4", until=AT_SIX)
    assert await home.do("reserve", token="04A2B3C4", until=AT_SIX) == first
    assert first is not None
    answer = first["GARAGE"]
    assert isinstance(answer, dict)
    reserved = garage.connectors[1].reservation
    assert reserved is not None
    assert answer == {"reservation_id": reserved.id}
    await home.do("cancel_reservation", **answer)
    assert garage.asked("CancelReservation") == [{"reservationId": reserved.id}]
    assert garage.connectors[1].reservation is None


async def test_the_reservation_of_an_evse_is_cancelled_without_its_number(home: Home, garage: Station) -> None:
    await home.do("reserve", token="04A2B3C4", until=AT_SIX, reservation_id=0)
    await home.do("cancel_reservation")
    assert garage.asked("CancelReservation") == [{"reservationId": 0}]


async def test_a_vendor_answers_in_its_own_words(home: Home, garage: Station) -> None:
    vendor = garage.hardware.identity.vendor
    answer = await home.do("data_transfer", vendor_id=vendor, message_id="Echo", data='{"lamp": 1}')
    assert garage.asked("DataTransfer") == [{"vendorId": vendor, "messageId": "Echo", "data": '{"lamp": 1}'}]
    assert answer == {"GARAGE": {"data": '{"lamp": 1}'}}
    assert await home.do("data_transfer", vendor_id=vendor) == {"GARAGE": {"data": None}}


async def test_all_keys_are_read_when_none_is_named(home: Home, garage: Station) -> None:
    answer = await home.do("get_configuration")
    assert garage.asked("GetConfiguration") == [{}]
    assert answer is not None
    keys = answer["GARAGE"]
    assert isinstance(keys, dict)
    assert len(keys) > 30
    assert keys["NumberOfConnectors"] == {"value": "1", "readonly": True}


async def test_a_list_that_is_longer_than_one_message_is_taken(home: Home, garage: Station) -> None:
    await home.do("send_local_list", tokens=["FIRST"])
    await home.do("get_configuration", keys="SendLocalListMaxLength")
    tokens = [f"CARD-{number}" for number in range(120)]
    assert await home.do("send_local_list", tokens=tokens, amend=True) == {"GARAGE": {"version": 121}}
    assert [part["listVersion"] for part in garage.asked("SendLocalList")] == [1, 119, 120, 121]
    assert await home.do("get_local_list_version") == {"GARAGE": {"version": 121}}
    assert len(garage.tags.listed) == 121


async def test_firmware_is_fetched_at_once_when_no_time_is_given(home: Home, garage: Station) -> None:
    await home.do("update_firmware", location="https://files.example/1.bin")
    await until(lambda: len(garage.boots) == 2)
    assert {"status": "Installing"} in garage.told("FirmwareStatusNotification")


async def test_a_certificate_that_was_installed_is_named_and_deleted(home: Home, garage: Station) -> None:
    kind = "ManufacturerRootCertificate"
    await home.do("install_certificate", kind=kind, certificate=PEM)
    answer = await home.do("get_certificates", kind=kind)
    assert answer is not None
    listed = answer["GARAGE"]
    assert isinstance(listed, dict)
    assert isinstance(listed["certificates"], list)
    [found] = listed["certificates"]
    assert isinstance(found, dict)
    await home.do("delete_certificate", **found)
    assert garage.certificates[kind] == []
    assert await home.do("get_certificates", kind=kind) == {"GARAGE": {"certificates": []}}


async def test_the_last_certificate_by_which_a_station_knows_us_is_not_deleted(home: Home, garage: Station) -> None:
    kind, first, second = "CentralSystemRootCertificate", root("First"), root("Second")
    for one in (first, second):
        assert await home.do("install_certificate", kind=kind, certificate=one.pem) == {"GARAGE": {"verified": True}}
    answer = await home.do("get_certificates", kind=kind)
    assert answer is not None
    one, other = answer["GARAGE"]["certificates"]  # type: ignore[call-overload, index] - a list of what names each
    await home.do("delete_certificate", **one)
    assert garage.certificates[kind] == [second.pem]
    shouted = other | {"serial_number": f"0{other['serial_number'].upper()}"}
    with pytest.raises(ServiceValidationError) as refusal:
        await home.do("delete_certificate", **shouted)
    assert refusal.value.translation_key == "last_root"
    assert len(garage.asked("DeleteCertificate")) == 1


async def test_a_certificate_that_is_not_there_after_its_installation_is_told(home: Home) -> None:
    kind = "ManufacturerRootCertificate"
    forgets = Oddities(answers={"InstallCertificate": {"status": "Accepted"}})
    async with home.station(oddities=forgets):
        with pytest.raises(HomeAssistantError) as error:
            await home.do("install_certificate", kind=kind, certificate=root().pem)
    assert error.value.translation_key == "not_installed"


async def test_a_station_that_does_not_tell_its_certificates_is_believed(home: Home) -> None:
    odd = Oddities(
        answers={
            "InstallCertificate": {"status": "Accepted"},
            "GetInstalledCertificateIds": {
                "status": "Accepted",
                "certificateHashData": [
                    {"hashAlgorithm": "SHA256", "issuerNameHash": "a", "issuerKeyHash": "b", "serialNumber": "odd"}
                ],
            },
        }
    )
    kind = "ManufacturerRootCertificate"
    async with home.station(oddities=Oddities(answers={"GetInstalledCertificateIds": {"status": "odd"}})):
        answer = await home.do("install_certificate", kind=kind, certificate=root().pem)
    assert answer == {"GARAGE": {"verified": False}}
    async with home.station(oddities=odd):
        with pytest.raises(HomeAssistantError):
            await home.do("install_certificate", kind=kind, certificate=root().pem)


async def test_what_is_no_certificate_is_not_sent(home: Home, garage: Station) -> None:
    with pytest.raises(ServiceValidationError, match="no certificate"):
        await home.do("install_certificate", kind="ManufacturerRootCertificate", certificate="none")
    assert garage.asked("InstallCertificate") == []


async def test_firmware_that_its_maker_did_not_sign_is_not_sent(home: Home, garage: Station) -> None:
    with pytest.raises(ServiceValidationError) as refusal:
        await home.do(
            "update_firmware",
            location="ftp://files.example/1.bin",
            signing_certificate=root().pem,
            signature="no base64!",
        )
    assert refusal.value.translation_placeholders == {"reason": "signature_unreadable"}
    assert garage.asked("SignedUpdateFirmware") == []


async def test_an_action_that_may_respond_need_not(home: Home, garage: Station) -> None:
    answer = await home.hass.services.async_call(
        "ocpp_home", "change_availability", {"device_id": home.device(), "operative": True}, blocking=True
    )
    assert answer is None
    assert len(garage.asked("ChangeAvailability")) == 1


async def test_a_reservation_to_come_waits_in_the_agenda_until_it_is_cancelled(home: Home, garage: Station) -> None:
    answer = await home.do("reserve", begin="2036-11-24 16:00:00", until=AT_SIX)
    assert answer is not None
    booked = home.hub.stations["garage"].agenda
    (booking,) = booked
    assert answer["GARAGE"] == {"reservation_id": booking.id}
    assert booking.reservation.token == "HomeAssistant"
    with pytest.raises(ServiceValidationError) as clash:
        await home.do("reserve", begin="2036-11-24 17:00:00", until="2036-11-24 19:00:00", token="04A2B3C4")
    assert clash.value.translation_key == "reservation_overlaps"
    await home.do("cancel_reservation")
    assert list(booked) == []
    assert garage.asked("ReserveNow") == garage.asked("CancelReservation") == []


async def test_what_is_over_cannot_be_reserved_nor_for_a_card_nobody_has(home: Home, garage: Station) -> None:
    for fields, key in (({"until": "2020-11-24 18:00:00"}, "reservation_over"), ({"card": "Fob"}, "unknown_card")):
        with pytest.raises(ServiceValidationError) as wrong:
            await home.do("reserve", **{"until": AT_SIX} | fields)
        assert wrong.value.translation_key == key


async def test_what_is_to_come_can_be_reserved_while_the_station_is_away(home: Home) -> None:
    home.hub.stations["garage"].evse(1)
    await home.do("reserve", begin="2036-11-24 16:00:00", until=AT_SIX)
    assert len(list(home.hub.stations["garage"].agenda)) == 1
