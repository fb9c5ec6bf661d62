"""A station for the tests of the platforms: the real model, with commands that keep a record and may refuse."""

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.model.commands import Commands, ResetKind, Write
from custom_components.ocpp_home.csms.model.errors import OcppError
from custom_components.ocpp_home.csms.model.evse import Evse
from custom_components.ocpp_home.csms.model.findings import Findings
from custom_components.ocpp_home.csms.model.meter import Location, Phase, Quantity, Reading
from custom_components.ocpp_home.csms.model.session_limit import SessionLimit, SessionLimits
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Token
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.csms.model.variable import Traits, Variable, VariableKey, key_of

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass
class Obliging:
    """Every block of commands in one: does what it is asked, or raises `refusal`."""

    station: Station
    refusal: OcppError | None = None
    asked: list[tuple[object, ...]] = field(default_factory=list)
    reboots: bool = False
    """Whether what is written is in force after the next reboot only."""
    findings: Findings = field(default_factory=Findings)
    """What a probe finds out."""
    supported: frozenset[str] = frozenset({"cost", "energy", "soc", "time"})
    """What a session can be limited by."""

    def _do(self, *what: object) -> None:
        self.asked.append(what)
        if self.refusal is not None:
            raise self.refusal

    async def start(self, evse: int | None, token: Token, profile: object = None) -> None:
        self._do("start", evse, token.id)

    async def stop(self, transaction: str) -> None:
        self._do("stop", transaction)

    async def unlock(self, evse: int, connector: int = 1) -> None:
        self._do("unlock", evse, connector)

    async def reset(self, kind: ResetKind, evse: int | None = None) -> None:
        self._do("reset", kind, evse)

    async def availability(self, evse: int, operative: bool) -> bool:
        self._do("availability", evse, operative)
        part = self.station.evse(evse) if evse else self.station
        part.operative = operative
        self.station.changed(part)
        return True

    async def clear_cache(self) -> None:
        self._do("clear_cache")

    async def refresh(self) -> None:
        self._do("refresh")

    async def write(self, name: str, value: str) -> Write:
        self._do("write", name, value)
        key = key_of(name) if "." in name else VariableKey("", name)
        self.station.variables.wrote(key, value, reboot_required=self.reboots)
        self.station.changed(self.station)
        return Write(Variable(key, value), self.reboots)

    async def use(self, transaction: str, *, active: bool) -> None:
        self._do("priority", transaction, active)
        for evse in self.station.evses.values():
            evse.priority = active
            self.station.changed(evse)

    async def limit(self, transaction: str, limit: SessionLimit) -> None:
        self._do("limit", transaction, limit.given)
        self.station.session_limits[transaction] = SessionLimits(wished=limit)
        for evse in self.station.evses.values():
            self.station.changed(evse)

    def postpone(self, evse: Evse, *, asked: bool = False) -> bool:
        return False

    def switches(self, evse: Evse) -> bool:
        return False

    async def set_limit(self, evse: Evse, amps: float | None, phases: int | None = None) -> str:
        self._do("set_limit", evse.id, amps)
        return "TxDefaultProfile/A/Absolute"

    async def probe(self, evse: Evse) -> Findings:
        self._do("probe", evse.id)
        evse.limits.findings = self.findings
        self.station.changed(evse)
        return self.findings

    async def leave(self, evse: Evse) -> None:
        self._do("leave", evse.id, evse.left.wished)
        evse.left.confirm(evse.left.wished, "TxDefaultProfile")


OLD = {"trigger", "charging", "local_list", "reservations", "firmware", "diagnostics", "security"}
"""The blocks of 1.6; 2.1 has them all."""


def connect(station: Station, *, blocks: bool = True, version: str = "1.6") -> Obliging:
    """Connect a station; it can do everything there is in its version, or only what every station can."""
    obliging = Obliging(station)
    names = OLD if version == "1.6" else {block.name for block in fields(Commands)} - {"unsupported"}
    more = dict.fromkeys(names - {"remote", "configuration"}, obliging) if blocks else {}
    station.connect(version, Commands(obliging, obliging, **more))  # type: ignore[arg-type] - a fake of all Protocols
    return obliging


def read(
    quantity: Quantity,
    value: float,
    phase: Phase | None = None,
    location: Location = Location.OUTLET,
    after: float = 0,
) -> Reading:
    """A reading taken so many seconds after noon."""
    return Reading(quantity, value, NOON + timedelta(seconds=after), phase, location)


def measure(station: Station, part: Station | Evse, *readings: Reading) -> None:
    """Bring readings into the model as a dialect does."""
    part.meter.update(readings)
    if isinstance(part, Evse):
        for reading in readings:
            if reading.quantity is Quantity.ENERGY_IMPORT and reading.phase is None:
                part.register.read(reading.value, reading.at)
    station.changed(part)


def configure(station: Station, **values: str) -> None:
    """Let a station report configuration keys; a trailing underscore makes one read-only."""
    for name, value in values.items():
        station.variables.put(Variable(VariableKey("", name.rstrip("_")), value, readonly=name.endswith("_")))
    station.changed(station)


def model(station: Station, path: str, value: str | None, kind: str = "", **more: object) -> Variable:
    """Let a station report a variable of 2.x by its path, with what it says it is."""
    readonly, unit = bool(more.pop("readonly", False)), str(more.pop("unit", ""))
    traits = Traits(kind, **more) if kind else None  # type: ignore[arg-type] - its own names
    variable = Variable(key_of(path), value, readonly=readonly, unit=unit, traits=traits)
    station.variables.put(variable)
    station.changed(station)
    return variable


def entity_id(hass: HomeAssistant, platform: str, key: str) -> str:
    """The entity of a unique id."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, key)
    assert found is not None, f"there is no {platform} {key}"
    return found


def shown(hass: HomeAssistant, platform: str, key: str) -> State:
    """The state of the entity of a unique id."""
    state = hass.states.get(entity_id(hass, platform, key))
    assert state is not None, f"{platform} {key} has no state"
    return state


def exists(hass: HomeAssistant, platform: str, key: str) -> bool:
    """Whether an entity of a unique id is registered."""
    return er.async_get(hass).async_get_entity_id(platform, DOMAIN, key) is not None


def session(station: Station, evse: Evse, **more: object) -> Transaction:
    """A transaction that runs since noon, begun at 1000 Wh."""
    running = Transaction("7", station.name, evse.id, 1, "04A2B3", NOON, 1000.0, **more)  # type: ignore[arg-type] - its own names
    evse.transaction = running
    station.changed(evse)
    return running
