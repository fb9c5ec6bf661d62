"""The OCA schemas: lenient for what stations send, strict for what we send."""

from collections import Counter

import pytest

from custom_components.ocpp_home.csms.wire import schema
from custom_components.ocpp_home.csms.wire.frame import Payload, Version
from custom_components.ocpp_home.csms.wire.schema import InvalidPayload, UnknownAction


@pytest.fixture(autouse=True, scope="module")
def _schemas() -> None:
    for version in ("1.6", "2.0.1", "2.1"):
        schema.load(version)


def test_all_messages_of_a_version_are_there() -> None:
    core = ["Authorize", "BootNotification", "StartTransaction", "SetChargingProfile", "SignedUpdateFirmware"]
    assert all(schema.known("1.6", action) for action in core)
    assert not schema.known("1.6", "TransactionEvent")
    assert schema.known("2.0.1", "TransactionEvent")
    assert not schema.known("2.0.1", "SetDERControl")
    assert schema.known("2.1", "SetDERControl")
    assert schema.known("2.1", "NotifyPeriodicEventStream")


def test_loading_again_changes_nothing() -> None:
    assert schema.loaded("1.6")
    schema.load("1.6")
    assert schema.known("1.6", "Heartbeat")


def test_the_schemas_are_found_on_disk_or_their_absence_is_told() -> None:
    assert (schema.folder("2.0.1") / "BootNotificationRequest.json").is_file()
    with pytest.raises(FileNotFoundError, match="not installed"):
        schema.folder("1.6", "no_such_package")


def test_a_valid_payload_is_handed_on_untouched() -> None:
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}
    assert schema.read("1.6", "StartTransaction", payload) == (payload, ())
    assert schema.read("1.6", "StartTransaction", payload)[0] is payload


def test_repairs_are_counted() -> None:
    tally = Counter[str]()
    payload = {"connectorId": "1", "idTag": "A", "meterStart": 0.0, "timestamp": "2026-01-01 00:00"}
    read, faults = schema.read("1.6", "StartTransaction", payload, "request", tally)
    assert read == {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-01-01 00:00"}
    assert faults == ()
    assert tally == {"converted": 2}


def test_a_time_that_is_none_is_left_to_the_dialect() -> None:
    payload = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "yesterday"}
    assert schema.read("1.6", "StartTransaction", payload) == (payload, ())


def test_a_float_is_no_integer_in_any_version() -> None:
    payload: Payload = {"currentTime": "2026-01-01T00:00:00Z", "interval": 300.0, "status": "Accepted"}
    for version in ("1.6", "2.0.1", "2.1"):
        read, _ = schema.read(version, "BootNotification", payload, "response")
        assert repr(read["interval"]) == "300"


def test_answers_have_their_own_schema() -> None:
    assert schema.read("1.6", "Reset", {"status": "accepted"}, "response") == ({"status": "Accepted"}, ())
    _, faults = schema.read("1.6", "Reset", {}, "response")
    assert [(fault.code, fault.path) for fault in faults] == [("ProtocolError", "status")]


def test_an_action_without_schema_is_read_as_it_is() -> None:
    assert schema.read("2.1", "Unheard", {"a": 1}) == ({"a": 1}, ())


@pytest.mark.parametrize(
    ("version", "action", "payload"),
    [
        ("1.6", "Reset", {"type": "Soft"}),
        ("1.6", "ClearCache", {}),
        ("2.0.1", "Reset", {"type": "OnIdle"}),
        ("2.1", "Reset", {"type": "ImmediateAndResume"}),
    ],
)
def test_what_keeps_to_its_schema_may_be_sent(version: Version, action: str, payload: Payload) -> None:
    schema.check(version, action, payload)


@pytest.mark.parametrize(
    ("action", "payload", "message"),
    [
        ("Reset", {}, "payload"),
        ("Reset", {"type": "soft"}, "type"),
        ("Reset", {"type": "Soft", "extra": 1}, "payload"),
        ("RemoteStartTransaction", {"idTag": "x" * 21}, "idTag"),
        ("UnlockConnector", {"connectorId": "1"}, "connectorId"),
        ("UpdateFirmware", {"location": "ftp://h/f", "retrieveDate": "tomorrow"}, "retrieveDate"),
    ],
)
def test_what_breaks_its_schema_is_never_sent(action: str, payload: Payload, message: str) -> None:
    with pytest.raises(InvalidPayload, match=f"{action} request, {message}:"):
        schema.check("1.6", action, payload)


def test_a_complaint_about_our_own_payload_shows_no_secret() -> None:
    with pytest.raises(InvalidPayload) as caught:
        schema.check("1.6", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "hunter2" * 100})
    assert "hunter2" not in str(caught.value)


def test_what_is_no_json_is_never_sent() -> None:
    with pytest.raises(InvalidPayload, match="ClearCache request is no JSON"):
        schema.check("1.6", "ClearCache", {"at": object()})


def test_an_action_of_another_version_cannot_be_sent() -> None:
    with pytest.raises(UnknownAction, match=r"OCPP 1\.6 has no request SetVariables"):
        schema.check("1.6", "SetVariables", {})


def test_the_decimals_of_a_limit_are_checked_as_decimals() -> None:
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 21.4}]},
    }
    schema.check("1.6", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile})
