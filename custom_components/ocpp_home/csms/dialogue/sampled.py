"""From `meterValue` elements to readings in base units; how a sample is written, each version knows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from ..model.meter import Location, Phase, Quantity, Reading
from ..model.station import Station
from ..wire.frame import Payload
from . import clock
from .fields import parse

PERIODIC: Final = "Sample.Periodic"
BEGIN: Final = "Transaction.Begin"
END: Final = "Transaction.End"
RANKS: Final = {
    context.casefold(): (rank, context)
    for rank, context in enumerate(
        (
            *(BEGIN, "Other", "Interruption.Begin", "Interruption.End"),
            *("Sample.Clock", PERIODIC, "Trigger", END),
        )
    )
}
"""OCPP 1.6 ed. 2 - 7.35, the context that counts most last."""
QUANTITIES: Final = {quantity.casefold(): quantity for quantity in Quantity} | {
    "power": Quantity.POWER,
    "current": Quantity.CURRENT_IMPORT,
    "energy": Quantity.ENERGY_IMPORT,
}
PHASES: Final = {phase.casefold(): phase for phase in Phase}
LOCATIONS: Final = {location.casefold(): location for location in Location}
_FLOW: Final = "W"
UNITS: Final = {
    **dict.fromkeys(("w", "wh", "va", "vah", "var", "varh", "power"), (_FLOW, 1.0, 0.0)),
    **dict.fromkeys(("kw", "kwh", "kva", "kvah", "kvar", "kvarh"), (_FLOW, 1000.0, 0.0)),
    **dict.fromkeys(("mw", "mwh"), (_FLOW, 1000000.0, 0.0)),
    **dict.fromkeys(("a", "amp", "ampere"), ("A", 1.0, 0.0)),
    "ma": ("A", 1e-3, 0.0),
    "v": ("V", 1.0, 0.0),
    "kv": ("V", 1e3, 0.0),
    "mv": ("V", 1e-3, 0.0),
    **dict.fromkeys(("celsius", "celcius", "c", "°c"), ("C", 1.0, 0.0)),
    **dict.fromkeys(("fahrenheit", "f", "°f"), ("C", 5 / 9, -160 / 9)),
    **dict.fromkeys(("k", "kelvin"), ("C", 1.0, -273.15)),
    **dict.fromkeys(("", "percent", "%", "hz", "hertz", "rpm"), ("", 1.0, 0.0)),
}
"""What is measured, and how a value becomes one in base units: times the factor, plus the shift."""
DIMENSIONS: Final = {"Energy": _FLOW, "Power": _FLOW, "Current": "A", "Voltage": "V", "Temperature": "C"}
_LONGEST: Final = 40
_MANY: Final = 1024

type Words = tuple[object, object, object, object, object]
"""Measurand, phase, location, context and unit, as a station wrote them; None where it did not."""
type Sample = tuple[Words, object, float, str | None]
"""The words around a value, the value (None where there is only a signature), its factor, and its signature."""
type Sampling = Callable[[Payload], Sample]
"""How a version writes its `sampledValue`."""
type Registers = Mapping[str, float]
"""The register (Wh) of some contexts, where it was told beside the values: a signature may stand there alone."""

NOT_TOLD: Final[Registers] = MappingProxyType({})


class Meaning(NamedTuple):
    """What the words around a value mean."""

    quantity: Quantity
    phase: Phase | None
    location: Location
    context: str
    rank: int
    factor: float
    shift: float


_MEANINGS: Final[dict[Words, Meaning | str]] = {}
_REGISTER: Final = (Quantity.ENERGY_IMPORT, None, Location.OUTLET)


def readings(
    station: Station, values: object, now: datetime, sampling: Sampling, registers: Registers = NOT_TOLD
) -> list[Reading]:
    """All readings of a `meterValue` list in the order of time; of one moment the context that counts most is last."""
    found: list[tuple[datetime, int, Reading]] = []
    for bucket in _objects(values):
        at = clock.read(station, bucket.get("timestamp"), now).at
        found += _bucket(station, map(sampling, _objects(bucket.get("sampledValue"))), at, registers)
    found.sort(key=itemgetter(0, 1))
    return [reading for _, _, reading in found]


def newest(values: object) -> object:
    """The timestamp of the last element."""
    return next((bucket.get("timestamp") for bucket in reversed(_objects(values))), None)


def _objects(values: object) -> list[Payload]:
    """The objects of a list; a single one may stand for a list of one."""
    if isinstance(values, dict):
        return [values]
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _bucket(
    station: Station, samples: Iterable[Sample], at: datetime, registers: Registers
) -> Iterable[tuple[datetime, int, Reading]]:
    found: dict[Meaning, Reading] = {}
    signatures: dict[Meaning, str] = {}
    for words, told, factor, signed in samples:
        meaning = meaning_of(words)
        if isinstance(meaning, str):
            station.count(meaning)
            continue
        if told is None and signed is not None:
            signatures[meaning] = signed
            continue
        value = parse(told)
        if value is None:
            station.count("unusable value")
            continue
        quantity, phase, location, context, _, scale, shift = meaning
        found[meaning] = Reading(quantity, value * factor * scale + shift, at, phase, location, context, signed)
    for meaning, signature in signatures.items():
        plain = next((key for key in found if key[:4] == meaning[:4]), None)
        if plain is not None:
            found[plain] = replace(found[plain], signed=signature)
        elif meaning[:3] == _REGISTER and meaning.context in registers:
            told = registers[meaning.context]
            found[meaning] = Reading(Quantity.ENERGY_IMPORT, told, at, context=meaning.context, signed=signature)
        else:
            station.ledger.quarantine(station.name, "signed value", signature, f"{meaning.quantity} has no plain value")
    return [(at, meaning.rank, reading) for meaning, reading in found.items()]


def word(value: object) -> str:
    """A word of the specification as a station wrote it, no longer than one may be; empty where there is none."""
    return value[:_LONGEST] if isinstance(value, str) else ""


def meaning_of(words: Words) -> Meaning | str:
    """What words mean, or what is counted because one of them is not known; blanks around a word mean nothing.

    Stations say the same words all day, so what they mean is found out once.
    """
    try:
        return _MEANINGS[words]
    except KeyError, TypeError:  # new, or no words at all
        return _learned(words)


def _learned(words: Words) -> Meaning | str:
    meaning = _understood(*map(word, words))
    if all(said is None or (isinstance(said, str) and len(said) <= _LONGEST) for said in words):
        if len(_MEANINGS) == _MANY:
            _MEANINGS.clear()
        _MEANINGS[words] = meaning
    return meaning


def _understood(*said: str) -> Meaning | str:
    measurand, phase, location, context, unit = (text.strip().strip("\x00").strip() for text in said)
    quantity, line = _quantity(measurand.casefold())
    if quantity is None:
        return "unknown measurand"
    if phase:
        line = PHASES.get(phase.casefold())
        if line is None:
            return "unknown phase"
    place = LOCATIONS.get(location.casefold()) if location else Location.OUTLET
    rank = RANKS.get((context or PERIODIC).casefold())
    if place is None or rank is None:
        return "unknown context or location"
    dimension, factor, shift = UNITS.get(unit.casefold(), (None, 1.0, 0.0))
    if dimension is None:
        return "unknown unit"
    if dimension != DIMENSIONS.get(quantity.partition(".")[0]) or quantity is Quantity.POWER_FACTOR:
        factor, shift = 1.0, 0.0  # a unit that does not fit the quantity is a slip, the value is not
    return Meaning(quantity, line, place, rank[1], rank[0], factor, shift)


def _quantity(name: str) -> tuple[Quantity | None, Phase | None]:
    """A measurand; without one it is the energy register (7.31). Some stations append the phase to it."""
    if not name:
        return Quantity.ENERGY_IMPORT, None
    quantity = QUANTITIES.get(name)
    if quantity is not None:
        return quantity, None
    stem, _, last = name.rpartition(".")
    return (QUANTITIES.get(stem), PHASES[last]) if last in PHASES else (None, None)
