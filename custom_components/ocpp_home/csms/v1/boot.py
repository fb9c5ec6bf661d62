"""BootNotification and Heartbeat (OCPP 1.6 ed. 2 - 4.2, 4.6)."""

from datetime import datetime
from typing import Final

from ..dialogue import boot
from ..dialogue.call import Handler
from ..dialogue.fields import text
from ..model.serial import named
from ..model.station import Identity, Station
from ..wire.frame import Payload


def introduce(payload: Payload) -> Identity:
    """What a station says it is; fields are brought to what is safe to show and to store."""
    return Identity(
        vendor=text(payload, "chargePointVendor", 50),
        model=text(payload, "chargePointModel", 50),
        serial=text(payload, "chargePointSerialNumber", 50) or text(payload, "chargeBoxSerialNumber", 50),
        firmware=text(payload, "firmwareVersion", 50),
        iccid=text(payload, "iccid", 20),
        imsi=text(payload, "imsi", 20),
        meter_type=text(payload, "meterType", 50),
        meter_serial=text(payload, "meterSerialNumber", 50),
    )


def boot_notification(station: Station, payload: Payload, now: datetime) -> Payload:
    """Accept a station that has started."""
    told = [serial for part in ("chargePoint", "chargeBox") if (serial := text(payload, f"{part}SerialNumber", 50))]
    if station.certified is not None and told and not any(named(serial, station.certified) for serial in told):
        # OCPP 1.6 security whitepaper ed. 3 - A00.FR.405: the common name "contains the unique serial number"
        raise boot.Impostor
    return boot.greet(station, introduce(payload), now)


REQUESTS: Final[dict[str, Handler]] = {"BootNotification": boot_notification, **boot.REQUESTS}
