"""How 1.6 writes a `sampledValue` (OCPP 1.6 ed. 2 - 7.43)."""

from datetime import datetime

from ..dialogue import sampled
from ..dialogue.sampled import NOT_TOLD, Registers, Sample, word
from ..model.meter import Reading
from ..model.station import Station
from ..wire.frame import Payload


def readings(station: Station, values: object, now: datetime, registers: Registers = NOT_TOLD) -> list[Reading]:
    """All readings of a `meterValue` list in the order of time."""
    return sampled.readings(station, values, now, sample_of, registers)


def sample_of(payload: Payload) -> Sample:
    """One sample; a signature has one of its own (4.7: `SignedData`), beside that of the value it signs or alone."""
    get = payload.get
    words = (get("measurand"), get("phase"), get("location"), get("context"), get("unit"))
    if "format" in payload and word(payload["format"]).strip().casefold() == "signeddata":
        return words, None, 1.0, str(get("value", ""))
    return words, get("value"), 1.0, None
