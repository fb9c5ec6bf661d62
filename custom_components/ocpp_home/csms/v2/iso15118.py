"""Plug & Charge on behalf of a car (OCPP 2.0.1 ed. 3 - M01, M02, M06; OCPP 2.1 - M07).

Nobody here provides contract certificates or asks about revocations yet, and stations are told so.
"""

from datetime import datetime
from typing import Final

from ..dialogue.call import Handler
from ..dialogue.clock import stamp
from ..model.station import Station
from ..wire.frame import Payload

NOBODY: Final = {"reasonCode": "UnsupportedRequest", "additionalInfo": "no provider"}


def get_15118_ev_certificate(station: Station, payload: Payload, now: datetime) -> Payload:
    """A car wants its contract certificate: there is no pool to ask.

    M01.FR.04 (2.1): who says how many contracts a car takes hears how many remain.
    """
    station.count("contract certificate not available")
    remaining = {"remainingContracts": 0} if "maximumContractCertificateChains" in payload else {}
    return {"status": "Failed", "statusInfo": NOBODY, "exiResponse": ""} | remaining


def get_certificate_status(station: Station, payload: Payload, now: datetime) -> Payload:
    """M06.FR.04: who could not retrieve the status of a certificate answers Failed."""
    station.count("certificate status not available")
    return {"status": "Failed", "statusInfo": NOBODY}


def get_certificate_chain_status(station: Station, payload: Payload, now: datetime) -> Payload:
    """M07.FR.02, M07.FR.05: Failed for each certificate that could not be checked; M07.FR.08: in one list."""
    station.count("certificate status not available")
    return {
        "certificateStatus": [
            {
                "certificateHashData": request["certificateHashData"],
                "source": request["source"],
                "status": "Failed",
                "nextUpdate": stamp(now),
            }
            for request in payload["certificateStatusRequests"]
        ]
    }


REQUESTS: Final[dict[str, Handler]] = {
    "Get15118EVCertificate": get_15118_ev_certificate,
    "GetCertificateChainStatus": get_certificate_chain_status,
    "GetCertificateStatus": get_certificate_status,
}
