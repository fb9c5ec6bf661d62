"""How 2.x writes a `sampledValue` (OCPP 2.0.1 ed. 3 - 2.41 SampledValueType)."""

from datetime import datetime

from ..dialogue import sampled
from ..dialogue.fields import text, whole
from ..dialogue.sampled import Sample
from ..model.meter import Reading
from ..model.station import Station
from ..wire.frame import Payload


def readings(station: Station, values: object, now: datetime) -> list[Reading]:
    """All readings of a `meterValue` list in the order of time."""
    return sampled.readings(station, values, now, sample_of)


def sample_of(payload: Payload) -> Sample:
    """One sample: a number times ten to the power of its multiplier, and its signature if it has one."""
    get = payload.get
    unit, factor = get("unitOfMeasure"), 1.0
    if not isinstance(unit, dict):
        unit = {}
    elif "multiplier" in unit:
        factor = 10.0 ** max(-30, min(30, whole(unit, "multiplier") or 0))
    words = (get("measurand"), get("phase"), get("location"), get("context"), unit.get("unit"))
    return words, get("value"), factor, _signature(get("signedMeterValue"))


def _signature(signed: object) -> str | None:
    return text(signed, "signedMeterData", 2500) or None if isinstance(signed, dict) else None
