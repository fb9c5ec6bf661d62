"""How 2.x writes a `sampledValue` (OCPP 2.0.1 ed. 3 - 2.41 SampledValueType)."""

from datetime import datetime

from ..dialogue import sampled
from ..dialogue.fields import text, whole
from ..dialogue.sampled import Sample, Words, word
from ..model.meter import Reading
from ..model.station import Station
from ..wire.frame import Payload


def readings(station: Station, values: object, now: datetime) -> list[Reading]:
    """All readings of a `meterValue` list in the order of time."""
    return sampled.readings(station, values, now, sample_of)


def sample_of(payload: Payload) -> Sample:
    """One sample: a number times ten to the power of its multiplier, and its signature if it has one."""
    unit = _part(payload, "unitOfMeasure")
    get = payload.get
    where = (word(get("phase")), word(get("location")), word(get("context")))
    words = Words(word(get("measurand")), *where, word(unit.get("unit")))
    signature = text(_part(payload, "signedMeterValue"), "signedMeterData", 2500)
    power = max(-30, min(30, whole(unit, "multiplier") or 0))
    return Sample(words, get("value"), 10.0**power, signature or None)


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}
