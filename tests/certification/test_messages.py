"""Every action of OCPP 2.0.1 and 2.1 over a real socket, in its direction, and each side keeps to the schemas."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from custom_components.ocpp_home.csms.model.blocks import DisplayMessage
from custom_components.ocpp_home.csms.model.commands import (
    CertificateHash,
    CustomerReference,
    NetworkProfile,
    ProfileFilter,
    ResetKind,
    Transfer,
)
from custom_components.ocpp_home.csms.model.errors import OcppError
from custom_components.ocpp_home.csms.model.monitor import Flow, Monitor
from custom_components.ocpp_home.csms.model.reservation import Reservation
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.variable import VariableKey
from custom_components.ocpp_home.csms.v2 import transactions
from tests.certification import smallest
from tests.certification.charging import DEFAULT, profile
from tests.certification.stage import Dial, until
from tests.messages import said, sent
from tests.simulator import Oddities, Station as Simulated, schemas

SEND: Final = "NotifyPeriodicEventStream"
NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
THERE: Final = Transfer("http://10.0.0.2/file")
HASH: Final = CertificateHash("SHA256", "aa", "bb", "01")
MD5: Final = "0123456789abcdef0123456789abcdef"
HOT: Final = Monitor(VariableKey("ChargingStation", "Temperature"), "UpperThreshold", 50, 4)
TARIFF: Final = {"tariffId": "T1", "currency": "EUR"}
CONTROL: Final = {"isDefault": True, "controlId": "a", "controlType": "FixedVar"}

type Command = Callable[[Any, Station], Awaitable[object]]

COMMANDS: Final[dict[str, Command]] = {
    "AFRRSignal": lambda can, _: can.grid.signal(-3, NOW),
    "AdjustPeriodicEventStream": lambda can, _: can.streams.adjust(1, Flow(interval=60)),
    "CancelReservation": lambda can, _: can.reservations.cancel(1),
    "CertificateSigned": lambda can, _: can.security.send_certificate("chain"),
    "ChangeAvailability": lambda can, _: can.remote.availability(1, operative=False),
    "ChangeTransactionTariff": lambda can, _: can.tariffs.change("tx-1", TARIFF),
    "ClearCache": lambda can, _: can.remote.clear_cache(),
    "ClearChargingProfile": lambda can, _: can.charging.clear_profiles(ProfileFilter(evse=1)),
    "ClearDERControl": lambda can, _: can.grid.clear_control(default=True),
    "ClearDisplayMessage": lambda can, _: can.displays.clear(1),
    "ClearTariffs": lambda can, _: can.tariffs.clear(),
    "ClearVariableMonitoring": lambda can, _: can.monitoring.clear([1]),
    "CostUpdated": lambda can, _: can.costs.cost("tx-1", 1.5),
    "CustomerInformation": lambda can, _: can.customer.information(CustomerReference(identifier="somebody")),
    "DataTransfer": lambda can, _: can.remote.transfer("acme", "hello"),
    "DeleteCertificate": lambda can, _: can.security.delete_certificate(HASH),
    "GetBaseReport": lambda can, _: can.configuration.read(),
    "GetChargingProfiles": lambda can, _: can.profiles.installed(ProfileFilter(evse=1)),
    "GetCompositeSchedule": lambda can, _: can.charging.composite_schedule(1, 600),
    "GetDERControl": lambda can, _: can.grid.controls(),
    "GetDisplayMessages": lambda can, _: can.displays.shown(),
    "GetInstalledCertificateIds": lambda can, _: can.security.installed(),
    "GetLocalListVersion": lambda can, _: can.local_list.version(),
    "GetLog": lambda can, _: can.diagnostics.upload(THERE),
    "GetMonitoringReport": lambda can, _: can.monitoring.monitors(),
    "GetPeriodicEventStream": lambda can, _: can.streams.streams(),
    "GetReport": lambda can, _: can.configuration.report(["Problem"]),
    "GetTariffs": lambda can, _: can.tariffs.installed(),
    "GetTransactionStatus": lambda can, garage: transactions.reconcile(garage, can.remote.call, NOW),
    "GetVariables": lambda can, _: can.configuration.read(["OCPPCommCtrlr.HeartbeatInterval"]),
    "InstallCertificate": lambda can, _: can.security.install_certificate("CSMSRootCertificate", "pem"),
    "NotifyAllowedEnergyTransfer": lambda can, _: can.grid.allow("tx-1", ["AC_BPT"]),
    "NotifyWebPaymentStarted": lambda can, _: can.payments.web_payment_started(1, 60),
    "PublishFirmware": lambda can, _: can.publishing.publish(THERE, MD5),
    "RequestBatterySwap": lambda can, _: can.payments.swap_battery(Token("CARD")),
    "RequestStartTransaction": lambda can, _: can.remote.start(1, Token("CARD")),
    "RequestStopTransaction": lambda can, _: can.remote.stop("tx-1"),
    "ReserveNow": lambda can, _: can.reservations.reserve(Reservation(1, 1, "CARD", NOW)),
    "Reset": lambda can, _: can.remote.reset(ResetKind.SOFT, 1),
    "SendLocalList": lambda can, _: can.local_list.send(1, {}),
    "SetChargingProfile": lambda can, _: can.charging.set_profile(1, profile(41, DEFAULT, (0, 9))),
    "SetDERControl": lambda can, _: can.grid.set_control(CONTROL),
    "SetDefaultTariff": lambda can, _: can.tariffs.set_default(0, TARIFF),
    "SetDisplayMessage": lambda can, _: can.displays.show(DisplayMessage(1, "Hello")),
    "SetMonitoringBase": lambda can, _: can.monitoring.base("All"),
    "SetMonitoringLevel": lambda can, _: can.monitoring.level(5),
    "SetNetworkProfile": lambda can, _: can.network.set_profile(1, NetworkProfile("wss://home/ocpp", 2)),
    "SetVariableMonitoring": lambda can, _: can.monitoring.watch([HOT]),
    "SetVariables": lambda can, _: can.configuration.write("OCPPCommCtrlr.HeartbeatInterval", "60"),
    "TriggerMessage": lambda can, _: can.trigger.trigger("Heartbeat"),
    "UnlockConnector": lambda can, _: can.remote.unlock(1),
    "UnpublishFirmware": lambda can, _: can.publishing.unpublish(MD5),
    "UpdateDynamicSchedule": lambda can, _: can.dynamic.update_profile(41, {"limit": 8}),
    "UpdateFirmware": lambda can, _: can.firmware.update(THERE),
    "UsePriorityCharging": lambda can, _: can.priority.use("tx-1", active=True),
}
"""The commands, as whatever wants something of a station gives them."""
ANSWERS: Final = {"NotifyWebPaymentStarted": {}, "RequestBatterySwap": {"status": "Accepted"}}
"""What the simulated station is to say where it knows no answer itself."""


def every(messages: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    return [(version, action) for version in ("2.0.1", "2.1") for action in messages(version)]


def test_each_command_is_of_an_action() -> None:
    assert sorted(COMMANDS) == sent("2.1")


@pytest.mark.parametrize(("version", "action"), every(said))
async def test_what_a_station_says_is_answered(dial: Dial, garage: Station, version: str, action: str) -> None:
    station, asked = await dial(version=version), smallest.request(version, action)
    if action == SEND:
        assert station.wire is not None
        await station.wire.send(action, asked)
        await until(lambda: garage.counters.get("values of an unknown stream"))
        return
    assert schemas.faults(station.schemas, action, asked) == []
    answer = await station.send(action, asked)
    assert schemas.faults(station.schemas, action, answer, response=True) == []


@pytest.mark.parametrize(("version", "action"), every(sent))
async def test_what_a_station_is_asked_keeps_to_the_schema(
    dial: Dial, garage: Station, version: str, action: str
) -> None:
    station: Simulated = await dial(version=version, oddities=Oddities(answers=ANSWERS))
    if action == "GetTransactionStatus":
        await station.start()
    await until(lambda: garage.commands is not None and garage.commands.firmware)
    before = len(station.asked(action))
    with suppress(OcppError):  # a station may refuse what it was asked; here it only has to be asked
        await COMMANDS[action](garage.require(), garage)
    asked = station.asked(action)[before:]
    assert asked != []
    assert [fault for payload in asked for fault in schemas.faults(station.schemas, action, payload)] == []
