"""The device model: which variables there are, what they are worth, and what may be written into them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import v201_table as table
from .clock import moment
from .connector import Connector
from .oddities import Payload
from .v201_table import Row

if TYPE_CHECKING:
    from .machine import Machine

ACTUAL = "Actual"
ACCEPTED, REJECTED, REBOOT = "Accepted", "Rejected", "RebootRequired"
UNKNOWN_COMPONENT, UNKNOWN_VARIABLE, NO_SUCH_TYPE = "UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"
# the core's words, and how many of the dialect's settings they stand for
IMPLIED = {"NumberOfConnectors": "0", "ChargingScheduleAllowedChargingRateUnit": "Current,Power"}

type Key = tuple[str, int, int, str, str]  # component, EVSE, connector, variable, instance; without case


def component_key(component: Payload) -> tuple[str, int, int]:
    """Which component is meant."""
    evse = component.get("evse", {})
    name = component["name"].casefold() + component.get("instance", "").casefold()
    return name, evse.get("id", 0), evse.get("connectorId", 0)


def key(component: Payload, variable: Payload) -> Key:
    """Which variable is meant; names are case insensitive (part 2 - 2.2.2 of the data types)."""
    return *component_key(component), variable["name"].casefold(), variable.get("instance", "").casefold()


@dataclass
class Variable:
    """One variable of one component."""

    row: Row
    component: Payload
    place: Connector | None = None
    value: str = ""
    mutability: str = table.READ_ONLY

    def __post_init__(self) -> None:
        self.value, self.mutability = self.row.value, self.row.mutability

    @property
    def variable(self) -> Payload:
        """VariableType."""
        _, name, *instance = self.row.name.split(".")
        return {"name": name} | ({"instance": instance[0]} if instance else {})

    @property
    def readable(self) -> bool:
        """Whether its value may be told."""
        return self.mutability != table.WRITE_ONLY

    def fits(self, text: str) -> bool:
        """Whether the value is of the type and within the limits."""
        low, high = self.row.limits
        options = {option.casefold() for option in self.row.values.split(",")}
        match self.row.type:
            case table.BOOLEAN:
                return text.casefold() in ("true", "false")
            case table.INTEGER | table.DECIMAL:
                number = _number(text, whole=self.row.type == table.INTEGER)
                return number is not None and (low is None or number >= low) and (high is None or number <= high)
            case table.OPTION:
                return text.casefold() in options
            case table.MEMBERS | table.SEQUENCE:
                return all(item.strip().casefold() in options for item in text.split(",") if item)
            case table.MOMENT:
                return _is_moment(text)
        return high is None or len(text) <= high

    def report(self, value: str) -> Payload:
        """ReportDataType."""
        row = self.row
        limits = dict(zip(("minLimit", "maxLimit"), row.limits, strict=True))
        characteristics: Payload = {"dataType": row.type, "supportsMonitoring": row.monitored}
        characteristics |= {name: limit for name, limit in limits.items() if limit is not None}
        characteristics |= {"unit": row.unit} if row.unit else {}
        characteristics |= {"valuesList": row.values} if row.values else {}
        attribute: Payload = {"type": ACTUAL, "mutability": self.mutability, "persistent": True, "constant": False}
        attribute |= {"value": value} if self.readable else {}
        return {
            "component": self.component,
            "variable": self.variable,
            "variableAttribute": [attribute],
            "variableCharacteristics": characteristics,
        }


def _number(text: str, *, whole: bool) -> float | None:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        return None


def _is_moment(text: str) -> bool:
    try:
        moment(text)
    except ValueError:
        return False
    return True


@dataclass
class DeviceModel:
    """All variables, and those values that wait for a reboot; also the core's settings."""

    machine: Machine
    rows: tuple[Row, ...] = ()
    variables: dict[Key, Variable] = field(default_factory=dict)
    pending: dict[Key, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        oddities = self.machine.oddities
        for variable in self._made():
            if not {variable.row.name, variable.row.core} & oddities.missing_keys - {""}:
                self.variables[key(variable.component, variable.variable)] = variable
            if {variable.row.name, variable.row.core} & oddities.read_only_keys - {""}:
                variable.mutability = table.READ_ONLY
        self.implied = dict(IMPLIED)
        for name, value in oddities.key_values.items():
            self.preset(name, value)

    def _made(self) -> Iterator[Variable]:
        for row in (*table.STATION, *self.rows):
            yield Variable(row, {"name": row.name.split(".")[0]} | ({"instance": row.which} if row.which else {}))
        told = set()
        for place in self.machine.connectors.values():
            if place.number and place.evse not in told:
                told.add(place.evse)
                for row in table.EVSE:
                    yield Variable(row, {"name": "EVSE", "evse": {"id": place.evse}}, place)
            if place.number:
                evse = {"id": place.evse, "connectorId": place.position}
                for row in table.CONNECTOR:
                    yield Variable(row, {"name": "Connector", "evse": evse}, place)

    # --- the core's view --------------------------------------------------------------------------------------------

    def preset(self, name: str, value: str) -> None:
        """Set by the core's name or as Component.Variable, whatever the rules."""
        found = self._named(name)
        if found is None:
            self.implied[name] = value
        else:
            found.value = value

    def text(self, name: str) -> str:
        """A value; empty when there is no such variable."""
        found = self._named(name)
        return self.implied.get(name, "") if found is None else self.read(found)

    def number(self, name: str, otherwise: int = 0) -> int:
        """A value as a number."""
        value = self.text(name)
        return int(value) if value.isdecimal() else otherwise

    def on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.text(name).casefold() == "true"

    def items(self, name: str) -> list[str]:
        """A comma separated list."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def reboot(self) -> None:
        """Put in force what waited for a reboot."""
        for place, value in self.pending.items():
            self.variables[place].value = value
        self.pending.clear()

    def _named(self, name: str) -> Variable | None:
        return next((v for v in self.variables.values() if name in (v.row.core, v.row.name)), None)

    # --- the central system's view ----------------------------------------------------------------------------------

    def read(self, variable: Variable) -> str:
        """The actual value at this moment."""
        if variable.row.read is not None:
            return variable.row.read(self.machine, variable.place)
        return variable.value

    def find(self, component: Payload, variable: Payload, kind: str = ACTUAL) -> Variable | str:
        """The variable, or the status that tells what is unknown (B05, B06)."""
        found = self.variables.get(key(component, variable))
        if found is not None:
            return found if kind == ACTUAL else NO_SUCH_TYPE
        known = {place[:3] for place in self.variables}
        return UNKNOWN_VARIABLE if component_key(component) in known else UNKNOWN_COMPONENT

    def get(self, component: Payload, variable: Payload, kind: str) -> tuple[str, str]:
        """(attributeStatus, value)."""
        found = self.find(component, variable, kind)
        if isinstance(found, str):
            return found, ""
        return (ACCEPTED, self.read(found)) if found.readable else (REJECTED, "")

    def set(self, component: Payload, variable: Payload, kind: str, value: str) -> str:
        """Write a value; SetVariableStatusEnumType."""
        found = self.find(component, variable, kind)
        if isinstance(found, str):
            return found
        names, oddities = (found.row.name, found.row.core, "*"), self.machine.oddities
        fixed = next((oddities.key_answers[name] for name in names if name in oddities.key_answers), None)
        if fixed is not None:
            return fixed
        if found.mutability == table.READ_ONLY or not found.fits(value):
            return REJECTED
        if set(names) & oddities.ignores_change_of:
            return ACCEPTED
        if found.row.reboots:
            self.pending[key(component, variable)] = value
            return REBOOT
        found.value = value
        return ACCEPTED
