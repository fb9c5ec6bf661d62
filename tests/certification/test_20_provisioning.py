"""OCPP 2.0.1 and 2.1, Provisioning (OCPP 2.0.1 ed. 3 - B01, B02, B05 to B09)."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.dialogue.connection import Pauses
from custom_components.ocpp_home.csms.model.commands import Network, NetworkProfile, ResetKind, Write
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Settings, Station
from custom_components.ocpp_home.csms.model.variable import Traits
from custom_components.ocpp_home.csms.v2 import keys
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from tests.certification.stage import NAME, Dial, Diary, ago, until
from tests.pki import root
from tests.simulator import ManualClock, Oddities, Refused as Unheard, Station as Simulated
from tests.simulator.clock import stamp

TIMEOUT, OFFLINE = "TxCtrlr.EVConnectionTimeOut", "OCPPCommCtrlr.OfflineThreshold"


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1", clock=ManualClock(ago(100)))


def named(path: str) -> dict[str, Any]:
    """A variable as messages name it."""
    component, variable = path.split(".")
    return {"component": {"name": component}, "variable": {"name": variable}}


def configuration(garage: Station) -> Configuration:
    """The commands for variables, with those only 2.x has."""
    found = garage.require().configuration
    assert isinstance(found, Configuration)
    return found


def network(garage: Station) -> Network:
    """The commands for connections."""
    found = garage.require().network
    assert found is not None
    return found


def listed(parts: Sequence[Any]) -> dict[str, str | None]:
    """The variables of a report and their values, as the station has told them."""
    told = {}
    for data in (data for part in parts for data in part["reportData"]):
        (attribute,) = data["variableAttribute"]
        told[keys.read(data).path] = attribute.get("value")
    return told


def shown(garage: Station) -> dict[str, str | None]:
    """The variables that are known here."""
    return {known.key.path: known.value for known in garage.variables.known.values()}


async def gets(station: Simulated, garage: Station, names: Sequence[str]) -> list[Any]:
    """Read variables; the requests that were made for it."""
    before = len(station.asked("GetVariables"))
    found = await configuration(garage).read(names)
    assert {one.key.path: one.value for one in found} == {
        one.key.path: garage.variables.known[one.key.fold].value for one in found
    }
    return [asked["getVariableData"] for asked in station.asked("GetVariables")[before:]]


def value(garage: Station, path: str) -> str | None:
    """What is known of a variable here."""
    component, name = path.split(".")
    known = garage.variables.get(name, component)
    return known.value if known is not None else None


async def test_tc_b_01_cold_boot_accepted(station: Simulated, garage: Station, diary: Diary) -> None:
    (told,) = station.told("BootNotification")
    assert told["reason"] == "PowerUp"
    (answer,) = station.boots
    assert answer["status"] == "Accepted"
    assert answer["interval"] > 0
    assert garage.identity is not None
    assert (garage.identity.vendor, garage.identity.model) == ("Simulated", "Wallbox S1")
    assert [status["connectorStatus"] for status in station.told("StatusNotification")] == ["Available"]
    assert diary.walk() == ["Available"]


@pytest.fixture
async def waiting(central: Central, garage: Station, dial: Dial) -> Simulated:
    """A known station that is to be set up before it is accepted."""
    central.pauses = Pauses(silence=60)
    central.update(NAME, Settings(hold_back=True))
    return await dial(version="2.0.1")


async def test_tc_b_02_cold_boot_pending(waiting: Simulated, garage: Station, diary: Diary) -> None:
    """B02.FR.01: it is read and written, then its boot is asked for and accepted."""
    assert [answer["status"] for answer in waiting.boots] == ["Pending"]
    assert waiting.boots[0]["interval"] > 60
    assert (diary.data(Kind.BOOT), waiting.told("StatusNotification")) == ([], [])
    await waiting.wait_until_booted(2)
    asked = list(dict.fromkeys(waiting.asked()))
    assert asked[:3] == ["GetBaseReport", "SetVariables", "TriggerMessage"]
    assert waiting.asked("TriggerMessage")[0] == {"requestedMessage": "BootNotification"}
    assert waiting.configuration.text("SampledDataCtrlr.TxUpdatedInterval") == str(garage.settings.sample_interval)
    assert [told["reason"] for told in waiting.told("BootNotification")] == ["PowerUp", "Triggered"]
    assert [answer["status"] for answer in waiting.boots] == ["Pending", "Accepted"]
    assert [data["reason"] for data in diary.data(Kind.BOOT)] == ["Triggered"]
    assert diary.walk() == ["Available"]


async def test_tc_b_30_pending_security_error(waiting: Simulated, garage: Station, diary: Diary) -> None:
    """B02.FR.09: what it tells by itself is answered with SecurityError."""
    place = {"evseId": 1, "connectorId": 1, "connectorStatus": "Occupied", "timestamp": stamp(waiting.clock.now())}
    for action, payload in (("StatusNotification", place), ("Heartbeat", {})):
        with pytest.raises(Unheard) as refusal:
            await waiting.send(action, payload)
        assert refusal.value.code == "SecurityError"
    assert diary.walk() == []
    await waiting.wait_until_booted(2)
    assert diary.walk() == ["Available"]


async def test_tc_b_31_pending_trigger_message(waiting: Simulated, garage: Station, diary: Diary) -> None:
    """B02.FR.09: what it is asked for it may tell, a boot that is asked for is answered."""
    trigger = garage.require().trigger
    assert trigger is not None
    await trigger.trigger("StatusNotification", 1)
    await waiting.settle()
    assert diary.walk() == ["Available"]
    assert [answer["status"] for answer in waiting.boots] == ["Pending"]
    garage.prepared = True
    await trigger.trigger("BootNotification")
    await waiting.wait_until_booted(2)
    assert waiting.told("BootNotification")[-1]["reason"] == "Triggered"
    assert waiting.boots[-1]["status"] == "Accepted"


async def test_tc_b_06_get_variables_single_value(station: Simulated, garage: Station) -> None:
    assert await gets(station, garage, [TIMEOUT]) == [[named(TIMEOUT)]]
    assert value(garage, TIMEOUT) == "60"


async def test_tc_b_07_get_variables_multiple_values(station: Simulated, garage: Station) -> None:
    assert await gets(station, garage, [TIMEOUT, OFFLINE]) == [[named(TIMEOUT), named(OFFLINE)]]
    assert (value(garage, TIMEOUT), value(garage, OFFLINE)) == ("60", "60")


async def test_tc_b_08_get_variables_limit_to_maximum_number_of_values(station: Simulated, garage: Station) -> None:
    await configuration(garage).read()
    names = [key.path for key in (one.key for one in garage.variables.known.values()) if "@" not in key.path]
    names = [name for name in names if "[" not in name][:45]
    requests = await gets(station, garage, names)
    assert [len(request) for request in requests] == [20, 20, 5]


async def test_tc_b_09_set_variables_single_value(station: Simulated, garage: Station) -> None:
    assert not (await configuration(garage).write(TIMEOUT, "45")).reboot_required
    assert station.asked("SetVariables")[-1] == {"setVariableData": [named(TIMEOUT) | {"attributeValue": "45"}]}
    await gets(station, garage, [TIMEOUT])
    assert value(garage, TIMEOUT) == "45"


async def test_tc_b_10_set_variables_multiple_values(station: Simulated, garage: Station) -> None:
    outcomes = await configuration(garage).write_all({TIMEOUT: "45", OFFLINE: "90"})
    assert [isinstance(outcome, Write) for outcome in outcomes] == [True, True]
    data = [named(TIMEOUT) | {"attributeValue": "45"}, named(OFFLINE) | {"attributeValue": "90"}]
    assert station.asked("SetVariables")[-1] == {"setVariableData": data}
    await gets(station, garage, [TIMEOUT, OFFLINE])
    assert (value(garage, TIMEOUT), value(garage, OFFLINE)) == ("45", "90")


async def test_tc_b_12_get_base_report_configuration_inventory(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1")
    answer = await garage.require().remote.call(
        "GetBaseReport", {"requestId": 4711, "reportBase": "ConfigurationInventory"}
    )
    await station.settle()
    assert answer == {"status": "Accepted"}
    parts = [told for told in station.told("NotifyReport") if told["requestId"] == 4711]
    assert [part["seqNo"] for part in parts] == list(range(len(parts)))
    assert len(parts) > 2, "it comes in several parts"
    assert shown(garage) == listed(parts)
    assert value(garage, TIMEOUT) == "60"
    known = garage.variables.get("EVConnectionTimeOut", "TxCtrlr")
    assert known is not None
    assert (known.readonly, known.unit, known.traits) == (False, "s", Traits("integer", 0))
    assert value(garage, "ChargingStation.Model") is None, "it cannot be configured"


async def test_tc_b_13_get_base_report_full_inventory(station: Simulated, garage: Station) -> None:
    found = await configuration(garage).read()
    assert station.asked("GetBaseReport")[-1]["reportBase"] == "FullInventory"
    told = [data for part in station.told("NotifyReport") for data in part["reportData"]]
    assert len(found) == len({str(one["component"]) + str(one["variable"]) for one in told})
    assert value(garage, "ChargingStation.VendorName") == "Simulated"


async def test_tc_b_14_get_base_report_summary_inventory(station: Simulated, garage: Station) -> None:
    station.connectors[1].error = "GroundFailure"  # which it has not told yet
    answer = await garage.require().remote.call("GetBaseReport", {"requestId": 4711, "reportBase": "SummaryInventory"})
    await station.settle()
    assert answer == {"status": "Accepted"}
    parts = [told for told in station.told("NotifyReport") if told["requestId"] == 4711]
    told = {data["variable"]["name"] for part in parts for data in part["reportData"]}
    assert told == {"AvailabilityState", "Problem"}
    assert shown(garage) == listed(parts)
    assert value(garage, "ChargingStation.AvailabilityState") == "Available"
    troubles = {
        key.path: known.value
        for key in (one.key for one in garage.variables.known.values())
        if (known := garage.variables.known[key.fold]) and key.name == "Problem"
    }
    assert troubles == {"ChargingStation.Problem": "false", "Connector.Problem@1:1": "true"}


async def test_tc_b_18_get_custom_report(station: Simulated, garage: Station) -> None:
    before = len(station.told("NotifyReport"))
    await configuration(garage).report(["Available"], ["EVSE.AvailabilityState"])
    asked = dict(station.asked("GetReport")[-1])
    assert asked.pop("requestId") > 0
    assert asked == {"componentCriteria": ["Available"], "componentVariable": [named("EVSE.AvailabilityState")]}
    told = [data for part in station.told("NotifyReport")[before:] for data in part["reportData"]]
    assert [one["variable"]["name"] for one in told] == ["AvailabilityState"]


async def test_tc_b_42_set_network_profile_accepted(station: Simulated, garage: Station) -> None:
    await network(garage).set_profile(2, NetworkProfile("wss://csms.example/ocpp", 2))
    (asked,) = station.asked("SetNetworkProfile")
    assert asked["configurationSlot"] == 2
    data = asked["connectionData"]
    assert (data["ocppCsmsUrl"], data["securityProfile"]) == ("wss://csms.example/ocpp", 2)
    assert (data["ocppInterface"], data["ocppTransport"], data["messageTimeout"]) == ("Wired0", "JSON", 30)


async def test_tc_b_44_set_network_profile_failed(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", oddities=Oddities(answers={"SetNetworkProfile": {"status": "Failed"}}))
    with pytest.raises(Refused) as refusal:
        await network(garage).set_profile(2, NetworkProfile("wss://csms.example/ocpp", 2))
    assert refusal.value.status == "Failed"
    assert len(station.asked("SetNetworkProfile")) == 1


async def test_tc_b_58_subprotocol_validation(build: Callable[..., Simulated], dial: Dial, garage: Station) -> None:
    odd = build(version="2.0.1", oddities=Oddities(subprotocols=("ocpp9.9",)))
    await odd.connect()
    await until(lambda: odd.wire is None)
    assert (garage.connected, garage.version) == (False, None)
    station = await dial(version="2.0.1", oddities=Oddities(subprotocols=("ocpp9.9", "ocpp2.0.1")))
    assert station.wire is not None
    assert station.wire.chosen_subprotocol == "ocpp2.0.1"
    assert station.boots[-1]["status"] == "Accepted"
    assert garage.version == "2.0.1"


async def test_tc_b_100_set_network_profile_identity_and_password(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.1")
    profile = NetworkProfile("wss://csms.example/ocpp", 2, identity="CP-NEW", password="a-password-of-20-chs")
    await network(garage).set_profile(2, profile)
    (asked,) = station.asked("SetNetworkProfile")
    data = asked["connectionData"]
    assert (data["identity"], data["basicAuthPassword"]) == ("CP-NEW", "a-password-of-20-chs")


async def test_tc_b_105_add_a_network_configuration_by_its_variables(dial: Dial, garage: Station) -> None:
    """OCPP 2.1 ed. 1 - B09: an unused slot is written, named by the priority, and used after a reset."""
    station = await dial(version="2.1", clock=ManualClock(ago(100)))
    await configuration(garage).read()
    assert value(garage, "OCPPCommCtrlr.NetworkConfigurationPriority") == "1"
    with pytest.raises(Refused, match=r"B09\.FR\.21"):
        await configuration(garage).write("NetworkConfiguration[1].OcppCsmsUrl", "wss://csms.example/ocpp")
    station.trust.install("CSMSRootCertificate", root().pem, 1)  # A05.FR.02
    wanted = {"OcppCsmsUrl": "wss://127.0.0.1:1/ocpp", "SecurityProfile": "2", "Identity": "CP-NEW"}
    wanted |= {"OcppInterface": "Wired0", "OcppTransport": "JSON", "MessageTimeout": "20"}
    wanted |= {"BasicAuthPassword": "a-password-of-20-chs"}
    paths = {f"NetworkConfiguration[2].{name}": text for name, text in wanted.items()}
    outcomes = await configuration(garage).write_all(paths)
    assert [isinstance(outcome, Write) for outcome in outcomes] == [True] * len(paths)
    (asked,) = station.asked("SetVariables")
    assert {str(data["component"]) for data in asked["setVariableData"]} == {
        "{'name': 'NetworkConfiguration', 'instance': '2'}"
    }
    assert "a-password" not in str(shown(garage))
    await configuration(garage).write("OCPPCommCtrlr.NetworkConfigurationPriority", "2,1")
    found = await configuration(garage).read([path for path in paths if "Password" not in path])
    assert {one.key.path: one.value for one in found} == {p: v for p, v in paths.items() if "Password" not in p}
    await garage.require().remote.reset(ResetKind.SOFT)
    await station.wait_until_booted(2)
    with pytest.raises(Refused):
        await configuration(garage).write("NetworkConfiguration[2].MessageTimeout", "30")
