"""Plug & Charge on behalf of a car (OCPP 2.0.1 ed. 3 - M01, M02, M06; OCPP 2.1 - M07): all of it is in `dialogue`."""

from typing import Final

from ..dialogue.call import Handler
from ..dialogue.iso15118 import get_15118_ev_certificate, get_certificate_chain_status, get_certificate_status

REQUESTS: Final[dict[str, Handler]] = {
    "Get15118EVCertificate": get_15118_ev_certificate,
    "GetCertificateChainStatus": get_certificate_chain_status,
    "GetCertificateStatus": get_certificate_status,
}
