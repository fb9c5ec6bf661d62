"""OCPP 2.0.1 and 2.1, Plug & Charge: contracts, the status of certificates, and new ones (C07, M01, M02, M06)."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.x509 import ocsp
import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from custom_components.ocpp_home.csms.model.transaction import Json
from custom_components.ocpp_home.csms.model.trust import Unreachable
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.csms.security.contract import Examiner
from custom_components.ocpp_home.csms.security.revocations import Responders
from tests.certification.stage import Dial, admit
from tests.csms.security.papers import RESPONDER, Paper, paper
from tests.simulator import Station as Simulated

EMAID: Final = "DE8AA1A2B3C4D5"
NOW: Final = datetime.now(UTC)
YEAR: Final = timedelta(days=365)
LIFE: Final = {"start": NOW - YEAR, "end": NOW + YEAR}
ROOT: Final = paper("MO Root", **LIFE)  # type: ignore[arg-type] - from when until when
CONTRACT: Final = ROOT.issue(EMAID, ca=False, ocsp_at=RESPONDER, **LIFE)
REVOKED, GOOD = ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.GOOD


class Internet:
    """A responder that knows what has become of the contract."""

    def __init__(self, status: ocsp.OCSPCertStatus = GOOD) -> None:
        self.status = status
        self.asked = 0

    async def __call__(self, url: str, body: bytes | None, most: int) -> bytes:
        if url != RESPONDER or body is None:
            raise Unreachable("no route")
        self.asked += 1
        return ROOT.vouch(
            CONTRACT.certificate, self.status, this=NOW - timedelta(hours=1), following=NOW + timedelta(days=1)
        )


def trusts(central: Central, internet: Internet, *roots: Paper) -> None:
    """Let a home trust the contracts of these."""
    known: list[x509.Certificate] = [root.certificate for root in roots]
    trust = central.household.trust
    trust.revocations = Responders(internet, lambda: known)
    trust.contracts = Examiner(lambda: known, trust.revocations)


def shows(**more: Any) -> dict[str, Any]:
    return {"idToken": {"idToken": EMAID, "type": "eMAID"}, **more}


def hash_data() -> dict[str, str]:
    which = named(CONTRACT.certificate, ROOT.certificate)
    return {
        "hashAlgorithm": which.algorithm,
        "issuerNameHash": which.issuer_name,
        "issuerKeyHash": which.issuer_key,
        "serialNumber": which.serial,
        "responderURL": RESPONDER,
    }


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


async def test_tc_c_50_contract_validated_by_the_station_accepted(
    station: Simulated, garage: Station, central: Central
) -> None:
    """C07.FR.02, C07.FR.14: the station has verified the chain, and tells what to ask about it."""
    internet = Internet()
    trusts(central, internet, ROOT)
    admit(central, garage, **{EMAID: Verdict(Decision.ACCEPTED)})
    answer = await station.send("Authorize", shows(iso15118CertificateHashData=[hash_data()]))
    assert answer == {"idTokenInfo": {"status": "Accepted"}, "certificateStatus": "Accepted"}
    assert internet.asked == 1


async def test_tc_c_51_contract_validated_by_the_station_rejected(
    station: Simulated, garage: Station, central: Central
) -> None:
    """C07.FR.13: the card is refused; C07.FR.16: the certificate is revoked, whatever the card."""
    trusts(central, Internet(), ROOT)
    admit(central, garage, **{EMAID: Verdict(Decision.BLOCKED)})
    asked = shows(iso15118CertificateHashData=[hash_data()])
    assert await station.send("Authorize", asked) == {
        "idTokenInfo": {"status": "Blocked"},
        "certificateStatus": "ContractCancelled",
    }
    trusts(central, Internet(REVOKED), ROOT)
    admit(central, garage, **{EMAID: Verdict(Decision.ACCEPTED)})
    assert await station.send("Authorize", asked) == {
        "idTokenInfo": {"status": "Invalid"},
        "certificateStatus": "CertificateRevoked",
    }


async def test_tc_c_52_contract_validated_by_the_central_system_accepted(
    station: Simulated, garage: Station, central: Central
) -> None:
    """C07.FR.06: the chain itself; C07.FR.17: it counts for nothing where nobody trusts its root."""
    trusts(central, Internet(), ROOT)
    admit(central, garage, **{EMAID: Verdict(Decision.ACCEPTED)})
    asked = shows(certificate=CONTRACT.pem)
    assert await station.send("Authorize", asked) == {
        "idTokenInfo": {"status": "Accepted"},
        "certificateStatus": "Accepted",
    }
    trusts(central, Internet(), paper("MO Root", **LIFE))  # type: ignore[arg-type] - from when until when
    assert await station.send("Authorize", asked) == {
        "idTokenInfo": {"status": "Invalid"},
        "certificateStatus": "CertChainError",
    }


async def test_tc_m_24_get_charging_station_certificate_status(
    station: Simulated, garage: Station, central: Central
) -> None:
    """M06.FR.02, M06.FR.03, M06.FR.08, M06.FR.09: the response is handed on as it came."""
    trusts(central, Internet())
    answer = await station.send("GetCertificateStatus", {"ocspRequestData": hash_data()})
    assert answer["status"] == "Accepted"
    response = ocsp.load_der_ocsp_response(b64decode(answer["ocspResult"]))
    assert response.serial_number == CONTRACT.certificate.serial_number
    gone = hash_data() | {"responderURL": "http://gone.example"}
    assert (await station.send("GetCertificateStatus", {"ocspRequestData": gone}))["status"] == "Failed", "M06.FR.04"


class Pool:
    """Has two contracts for every car."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Json]] = []

    async def provide(self, request: Mapping[str, Json]) -> Mapping[str, Json]:
        self.asked.append(request)
        remaining = 2 - len(self.asked)
        return {"status": "Accepted", "exiResponse": f"gB{len(self.asked)}=", "remainingContracts": remaining}


async def asks(station: Simulated, central: Central, action: str) -> None:
    central.household.trust.provider = pool = Pool()
    request = {"iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef", "action": action, "exiRequest": "gA=="}
    assert await station.send("Get15118EVCertificate", request) == {"status": "Accepted", "exiResponse": "gB1="}
    assert pool.asked == [request]
    central.household.trust.provider = None
    answer = await station.send("Get15118EVCertificate", request)
    assert (answer["status"], answer["exiResponse"]) == ("Failed", "")


async def test_tc_m_26_certificate_installation_ev(station: Simulated, garage: Station, central: Central) -> None:
    await asks(station, central, "Install")


async def test_tc_m_28_certificate_update_ev(station: Simulated, garage: Station, central: Central) -> None:
    await asks(station, central, "Update")


async def test_tc_m_100_certificate_installation_ev_iso_15118_20(dial: Dial, garage: Station, central: Central) -> None:
    """M01.FR.04, M01.FR.07 (2.1): one contract after the other, and how many remain."""
    station = await dial(version="2.1")
    central.household.trust.provider = Pool()
    request = {
        "iso15118SchemaVersion": "urn:iso:std:iso:15118:-20:CommonMessages",
        "action": "Install",
        "exiRequest": "gA==",
        "maximumContractCertificateChains": 2,
        "prioritizedEMAIDs": [EMAID],
    }
    answers = [await station.send("Get15118EVCertificate", request) for _ in range(2)]
    assert [(one["exiResponse"], one["remainingContracts"]) for one in answers] == [("gB1=", 1), ("gB2=", 0)]
