"""The connections of a station as variables (OCPP 2.1 ed. 1 - B09)."""

from typing import TYPE_CHECKING

from . import v201_network
from .dialect import Answer
from .oddities import Payload
from .v201_model import ACCEPTED, REJECTED, DeviceModel, key
from .v201_table import BOOLEAN, INTEGER, OPTION, READ_ONLY, READ_WRITE, STRING, WRITE_ONLY, Row

if TYPE_CHECKING:
    from .machine import Machine

NAME = "NetworkConfiguration"
SLOTS = ("1", "2", "3")
# of SetNetworkProfile and of the component
FIELDS = {
    "ocppCsmsUrl": "OcppCsmsUrl",
    "ocppInterface": "OcppInterface",
    "ocppTransport": "OcppTransport",
    "ocppVersion": "OcppVersion",
    "messageTimeout": "MessageTimeout",
    "securityProfile": "SecurityProfile",
    "identity": "Identity",
    "basicAuthPassword": "BasicAuthPassword",
}
NUMBERS = frozenset({"messageTimeout", "securityProfile"})


def _slot(which: str) -> tuple[Row, ...]:
    return (
        Row(f"{NAME}.OcppCsmsUrl", "", STRING, READ_WRITE, limits=(None, 2000), which=which),
        Row(f"{NAME}.OcppInterface", "Wired0", OPTION, READ_WRITE, values="Any,Wired0,Wireless0", which=which),
        Row(f"{NAME}.OcppTransport", "JSON", OPTION, READ_WRITE, values="JSON", which=which),
        Row(f"{NAME}.OcppVersion", "OCPP21", OPTION, READ_WRITE, values="OCPP20,OCPP201,OCPP21", which=which),
        Row(f"{NAME}.MessageTimeout", "30", INTEGER, READ_WRITE, "s", limits=(1, None), which=which),
        Row(f"{NAME}.SecurityProfile", "0", INTEGER, READ_WRITE, limits=(0, 3), which=which),
        Row(f"{NAME}.Identity", "", STRING, READ_WRITE, limits=(None, 48), which=which),
        Row(f"{NAME}.BasicAuthPassword", "", STRING, WRITE_ONLY, limits=(None, 64), which=which),
        Row(f"{NAME}.ApnEnabled", "false", BOOLEAN, READ_ONLY, which=which),
        Row(f"{NAME}.VpnEnabled", "false", BOOLEAN, READ_ONLY, which=which),
    )


ROWS: tuple[Row, ...] = tuple(row for which in SLOTS for row in _slot(which))


class DeviceModel21(DeviceModel):
    """A device model with connections in it."""

    def set(self, component: Payload, variable: Payload, kind: str, value: str) -> str:
        """Write a value; B09.FR.22: not of a connection in use, which is the central system's mistake (FR.21)."""
        if component["name"].casefold() == NAME.casefold() and component.get("instance") in self.items(
            "OCPPCommCtrlr.NetworkConfigurationPriority"
        ):
            self.machine.violations.append(f"B09.FR.21: {variable['name']} of a connection in use is written")
            return REJECTED
        status = super().set(component, variable, kind, value)
        field = next((field for field, name in FIELDS.items() if name.casefold() == variable["name"].casefold()), None)
        if status == ACCEPTED and component["name"].casefold() == NAME.casefold() and field is not None:
            data = v201_network.slots(self.machine).setdefault(int(component["instance"]), {"securityProfile": 0})
            data[field] = int(value) if field in NUMBERS else value
        return status


def set_network_profile(machine: Machine, payload: Payload) -> Payload:
    """B09; B09.FR.09: the variables of the slot follow."""
    answer = v201_network.set_network_profile(machine, payload)
    settings = machine.configuration
    assert isinstance(settings, DeviceModel)
    if answer["status"] == "Accepted":
        component = {"name": NAME, "instance": str(payload["configurationSlot"])}
        for name, value in payload["connectionData"].items():
            if name in FIELDS:
                settings.variables[key(component, {"name": FIELDS[name]})].value = str(value)
    return answer


ANSWERS: dict[str, Answer] = {"SetNetworkProfile": set_network_profile}
