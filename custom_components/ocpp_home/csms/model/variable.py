"""Configuration of a station: variables of 2.x, keys of 1.6 (component "")."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import isfinite
import re
from typing import Final

from .errors import Invalid

SECRET: Final = re.compile(r"passw|passphrase|secret|psk|authorizationkey|credential|privatekey", re.IGNORECASE)
"""What names variables whose values are for writing only."""
MOST: Final = 4000
"""No station has so many variables; what names more of them does not fill the memory."""

type Fold = tuple[str, str, int | None, int | None, str, str]

_PATH: Final = re.compile(
    r"(?P<component>[^.\[\]@]+)(\[(?P<which>[^\]]*)\])?\.(?P<name>[^.\[\]@]+)(\[(?P<instance>[^\]]*)\])?"
    r"(@(?P<evse>\d+)(:(?P<connector>\d+))?)?"
)


@dataclass(frozen=True, slots=True)
class VariableKey:
    """What names a variable; names compare without regard to case."""

    component: str
    name: str
    evse: int | None = None
    connector: int | None = None
    instance: str = ""
    """Which one, of a variable that there is several times (OCPP 2.0.1 ed. 3 - VariableType)."""
    component_instance: str = ""
    """Which one, of a component that there is several times in one place (OCPP 2.0.1 ed. 3 - ComponentType)."""

    @property
    def fold(self) -> Fold:
        """The key in the form that compares."""
        words = (self.component, self.name, self.instance, self.component_instance)
        component, name, instance, component_instance = map(str.casefold, words)
        return (component, name, self.evse, self.connector, instance, component_instance)

    @property
    def path(self) -> str:
        """The key as one word: a key of 1.6, or `Component[instance].Variable[instance]@evse:connector` of 2.x."""
        component, name = _with(self.component, self.component_instance), _with(self.name, self.instance)
        place = ":".join(str(part) for part in (self.evse, self.connector) if part is not None)
        return (f"{component}.{name}" if component else name) + (f"@{place}" if place else "")


@dataclass(frozen=True, slots=True)
class Traits:
    """What a station says a variable of 2.x is (VariableCharacteristicsType)."""

    kind: str
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable and its value as the station reported it; `value` is None where it has none or would not tell.

    A password is not kept, whoever tells it: the security whitepaper of OCPP 1.6 (ed. 3 - A01.FR.09) wants none in logs
    or debug information, and some stations tell what is for writing only.
    """

    key: VariableKey
    value: str | None
    readonly: bool = False
    writeonly: bool = False
    """Its value is never told (2.x)."""
    reboot_required: bool = False
    """A new value was accepted and waits for a reboot."""
    unit: str = ""
    """The unit of its value, where the station told one (2.x)."""
    monitored: bool | None = None
    """Whether it can be monitored; None where the station did not tell (2.x)."""
    traits: Traits | None = None
    attributes: tuple[tuple[str, str | None], ...] = ()
    """Its other values (2.x): `Target`, `MinSet`, `MaxSet`."""

    def __post_init__(self) -> None:
        """Let go of what is secret."""
        if SECRET.search(self.key.name) is not None:
            object.__setattr__(self, "value", None)
            object.__setattr__(self, "attributes", ())

    @property
    def number(self) -> float | None:
        """The value as a finite number, None where it is no such number."""
        try:
            number = float((self.value or "").strip())
        except ValueError:
            return None
        return number if isfinite(number) else None

    @property
    def moment(self) -> datetime | None:
        """The value as a moment (UTC, also where it tells no zone), None where it is none."""
        try:
            at = datetime.fromisoformat((self.value or "").strip().upper())
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except ValueError, OverflowError:
            return None

    @property
    def flag(self) -> bool | None:
        """The value as a boolean, None where it is neither true nor false."""
        word = (self.value or "").strip().casefold()
        return {"true": True, "1": True, "false": False, "0": False}.get(word)


@dataclass(slots=True)
class Variables:
    """The variables of one station."""

    known: dict[Fold, Variable] = field(default_factory=dict)
    unknown: set[Fold] = field(default_factory=set)
    """Names the station said it does not know."""

    kinds: int = 0
    """Rises whenever there are other variables, or one is something else; not with their values."""
    left_out: int = 0
    """How many reports of further variables were passed over."""
    _listeners: list[Callable[[Fold], None]] = field(default_factory=list, repr=False, compare=False)

    def subscribe(self, listener: Callable[[Fold], None]) -> Callable[[], None]:
        """Call `listener` with the folded key of each variable that changes; gives the way to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def put(self, variable: Variable) -> bool:
        """Take a reported variable over, of no more than `MOST`; tell whether it is new or changed."""
        fold = variable.key.fold
        if fold not in self.known and len(self.known) >= MOST:
            self.left_out += 1
            return False
        self.unknown.discard(fold)
        changed = self.known.get(fold) != variable
        if changed:
            self._change(fold, variable)
        return changed

    def miss(self, key: VariableKey) -> None:
        """Note that the station does not know this name."""
        self.unknown.add(key.fold)
        if key.fold in self.known:
            self._change(key.fold, None)

    def wrote(self, key: VariableKey, value: str, *, reboot_required: bool = False) -> None:
        """Note that the station accepted a new value."""
        known = self.known.get(key.fold) or Variable(key, None)
        self._change(key.fold, replace(known, value=value, reboot_required=reboot_required))

    def forget(self) -> None:
        """Know nothing, for whoever told all this has become something else."""
        self.unknown.clear()
        for fold in tuple(self.known):
            self._change(fold, None)

    def _change(self, fold: Fold, variable: Variable | None) -> None:
        before = self.known.pop(fold, None) if variable is None else self.known.get(fold)
        if variable is not None:
            self.known[fold] = variable
        if before is None or variable is None or _kind(before) != _kind(variable):
            self.kinds += 1
        for listener in tuple(self._listeners):
            listener(fold)

    def get(self, name: str, component: str = "", evse: int | None = None, instance: str = "") -> Variable | None:
        """The variable of that name, or None."""
        return self.known.get(VariableKey(component, name, evse, instance=instance).fold)

    def text(self, name: str, component: str = "", evse: int | None = None, instance: str = "") -> str | None:
        """Its value as it was reported, or None."""
        variable = self.get(name, component, evse, instance)
        return None if variable is None else variable.value

    def number(self, name: str, component: str = "", evse: int | None = None, instance: str = "") -> float | None:
        """Its value as a finite number, None where it is absent or no such number."""
        variable = self.get(name, component, evse, instance)
        return None if variable is None else variable.number

    def flag(self, name: str, component: str = "", evse: int | None = None, instance: str = "") -> bool | None:
        """Its value as a boolean, None where it is absent or neither true nor false."""
        variable = self.get(name, component, evse, instance)
        return None if variable is None else variable.flag

    def words(self, name: str, component: str = "", evse: int | None = None, instance: str = "") -> list[str]:
        """Its value as a list; stations separate by comma or semicolon and may quote or pad the words."""
        text = (self.text(name, component, evse, instance) or "").replace(";", ",")
        return [word for part in text.split(",") if (word := part.strip().strip("'\"").strip())]


def key_of(path: str) -> VariableKey:
    """What `Component[instance].Variable[instance]@evse:connector` names; raises Invalid for what names nothing."""
    found = _PATH.fullmatch(path.strip())
    if found is None:
        raise Invalid(f"{path} is no Component.Variable")
    evse, connector = (None if found[part] is None else int(found[part]) for part in ("evse", "connector"))
    words = (found[part] or "" for part in ("instance", "which"))
    return VariableKey(found["component"].strip(), found["name"].strip(), evse, connector, *words)


def _kind(variable: Variable) -> object:
    """What it is, whatever its value."""
    return variable.readonly, variable.writeonly, variable.unit, variable.traits


def _with(name: str, instance: str) -> str:
    return f"{name}[{instance}]" if instance else name
