"""Variables compare by folded names and read as what they are."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.variable import MOST, Fold, Traits, Variable, VariableKey, Variables, key_of


def variables(value: str | None) -> Variables:
    result = Variables()
    result.put(Variable(VariableKey("", "Key"), value))
    return result


def test_names_compare_without_regard_to_case() -> None:
    assert variables("7").text("kEY") == "7"


def test_putting_tells_whether_something_changed() -> None:
    it = variables("7")
    assert it.put(Variable(VariableKey("", "Key"), "7")) is False
    assert it.put(Variable(VariableKey("", "Key"), "8")) is True


@pytest.mark.parametrize("name", ["AuthorizationKey", "BasicAuthPassword", "WifiPSK", "mqtt_SECRET"])
def test_a_password_is_not_kept_whoever_tells_it(name: str) -> None:
    key = VariableKey("SecurityCtrlr", name)
    variable = Variable(key, "sesame", attributes=(("Target", "sesame"),))
    assert (variable.value, variable.attributes) == (None, ())
    known = Variables()
    known.wrote(key, "sesame", reboot_required=True)
    assert "sesame" not in repr(known)
    assert known.known[key.fold].reboot_required


def test_a_name_the_station_does_not_know_has_no_value() -> None:
    it = variables("7")
    it.miss(VariableKey("", "KEY"))
    assert it.get("Key") is None
    assert VariableKey("", "key").fold in it.unknown
    it.put(Variable(VariableKey("", "Key"), "9"))
    assert VariableKey("", "key").fold not in it.unknown


def test_a_written_value_is_known() -> None:
    it = Variables()
    it.wrote(VariableKey("", "HeartbeatInterval"), "60", reboot_required=True)
    variable = it.get("heartbeatinterval")
    assert variable is not None
    assert (variable.value, variable.reboot_required) == ("60", True)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("12", 12.0),
        (" 12.5 ", 12.5),
        ("twelve", None),
        ("nan", None),
        ("-inf", None),
        ("1e999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_value_as_a_number(value: str | None, number: float | None) -> None:
    assert variables(value).number("Key") == number


@pytest.mark.parametrize(
    ("value", "flag"), [("true", True), ("TRUE ", True), ("0", False), ("False", False), ("yes", None), (None, None)]
)
def test_a_value_as_a_flag(value: str | None, flag: bool | None) -> None:
    assert variables(value).flag("Key") is flag


@pytest.mark.parametrize(
    ("value", "words"),
    [("Current, Power", ["Current", "Power"]), ("'W';\"A\",", ["W", "A"]), ("", []), (None, [])],
)
def test_a_value_as_a_list(value: str | None, words: list[str]) -> None:
    assert variables(value).words("Key") == words


def test_who_listens_hears_of_each_variable_that_changes() -> None:
    it, heard = variables("7"), list[Fold]()
    key, fold = VariableKey("", "Key"), ("", "key", None, None, "", "")
    leave = it.subscribe(heard.append)
    it.put(Variable(key, "7"))
    it.miss(VariableKey("", "Other"))
    assert heard == []
    it.put(Variable(key, "8"))
    it.wrote(key, "9")
    it.miss(key)
    it.put(Variable(key, "9"))
    it.forget()
    assert heard == [fold] * 5
    assert (it.known, it.unknown) == ({}, set())
    leave()
    it.put(Variable(key, "9"))
    assert heard == [fold] * 5


def test_a_new_value_is_no_new_kind_of_variable() -> None:
    it, key = variables("7"), VariableKey("", "Key")
    assert it.kinds == 1
    it.put(Variable(key, "8"))
    it.wrote(key, "9", reboot_required=True)
    assert it.kinds == 1
    it.put(Variable(key, "9", readonly=True))
    it.put(Variable(key, "9", readonly=True, traits=Traits("integer")))
    it.put(Variable(VariableKey("", "Other"), "1"))
    it.miss(key)
    assert it.kinds == 5


def test_variables_of_evses_are_apart() -> None:
    it = Variables()
    it.put(Variable(VariableKey("EVSE", "Power", 1), "11000"))
    assert it.text("Power", "EVSE", 1) == "11000"
    assert it.text("Power", "EVSE", 2) is None


def test_a_variable_there_is_several_times_is_named_by_its_instance() -> None:
    it = Variables()
    it.put(Variable(VariableKey("MonitoringCtrlr", "ItemsPerMessage", instance="SetVariableMonitoring"), "10"))
    assert it.number("ItemsPerMessage", "MonitoringCtrlr", instance="setvariablemonitoring") == 10
    assert it.number("ItemsPerMessage", "MonitoringCtrlr") is None


def test_components_are_apart_by_their_place_and_their_instance() -> None:
    keys = [
        VariableKey("Connector", "Available", 1, 1),
        VariableKey("Connector", "Available", 1, 2),
        VariableKey("Connector", "Available", 1),
        VariableKey("Connector", "Available", 1, component_instance="left"),
    ]
    assert len({key.fold for key in keys}) == 4


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (VariableKey("", "HeartbeatInterval"), "HeartbeatInterval"),
        (VariableKey("EVSE", "Power", 2), "EVSE.Power@2"),
        (
            VariableKey("Connector", "ACCurrent", 1, 2, instance="L1", component_instance="left"),
            "Connector[left].ACCurrent[L1]@1:2",
        ),
    ],
)
def test_a_key_has_a_path(key: VariableKey, path: str) -> None:
    assert key.path == path


@pytest.mark.parametrize(
    "key",
    [
        VariableKey("OCPPCommCtrlr", "HeartbeatInterval"),
        VariableKey("EVSE", "Power", 1),
        VariableKey("Connector", "Available", 1, 2),
        VariableKey("DeviceDataCtrlr", "ItemsPerMessage", instance="GetReport"),
        VariableKey("Led", "Colour", 3, 1, "x.y", "left.side"),
    ],
)
def test_a_name_is_the_path_of_its_key(key: VariableKey) -> None:
    assert key_of(f" {key.path} ") == key


@pytest.mark.parametrize("name", ["", "HeartbeatInterval", "A.", ".B", "A.B@x", "A.B@1:", "A[.B"])
def test_what_is_no_name_is_invalid(name: str) -> None:
    with pytest.raises(Invalid):
        key_of(name)


def test_no_more_variables_are_known_than_a_station_has() -> None:
    it = Variables()
    for number in range(MOST + 3):
        it.put(Variable(VariableKey("Led", f"V{number}"), "1"))
    assert (len(it.known), it.left_out) == (MOST, 3)
    assert it.put(Variable(VariableKey("Led", "V0"), "2"))
    assert it.text("V0", "Led") == "2"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-25T04:00:00Z", datetime(2026, 11, 25, 4, tzinfo=UTC)),
        (" 2026-11-25t05:00:00.000+01:00 ", datetime(2026, 11, 25, 4, tzinfo=UTC)),
        ("2026-11-25T04:00:00", datetime(2026, 11, 25, 4, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_value_may_be_a_moment(value: str | None, moment: datetime | None) -> None:
    assert Variable(VariableKey("Cabinet", "Serviced"), value).moment == moment
