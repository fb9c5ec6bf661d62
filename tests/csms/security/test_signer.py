"""Whether a station gets the certificate it asks for."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
import pytest

from custom_components.ocpp_home.csms.model.trust import Application, Unsigned
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.csms.security.certificate import signed_by
from custom_components.ocpp_home.csms.security.issuing import Family, PrivateKey, new_key
from custom_components.ocpp_home.csms.security.signer import (
    MOST,
    NOT_PROVED,
    OF_ANOTHER,
    PERIOD,
    TOO_MANY,
    VOUCHED,
    Signer,
)
from tests.csms.security.papers import NOW

V2G = "V2GCertificate"


def small(family: Family, bits: int) -> PrivateKey:
    """A root's key that is quickly made."""
    return new_key(family, 2048)


def csr(common: str = "SN-1", organisation: str = "Home") -> str:
    names = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    key = ec.generate_private_key(ec.SECP256R1())
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def application(request: str, **more: object) -> Application:
    return Application(**{"station": "CP1", "serial": "SN-1", "csr": request, "proved": True} | more)  # type: ignore[arg-type] - the fields of an Application


class Office:
    def __init__(self) -> None:
        self.now = NOW
        self.kept = 0
        self.authority = Authority.create("Home", NOW, small)
        self.signer = Signer(self.authority, self.keep, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def keep(self) -> None:
        assert self.authority.issued
        self.kept += 1


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


async def test_a_certificate_is_signed_and_remembered_before_it_leaves(office: Office) -> None:
    asked = application(csr())
    assert office.signer.objection(asked) is None
    leaf = x509.load_pem_x509_certificate((await office.signer.sign(asked)).encode())
    assert any(signed_by(leaf, root) for root in office.authority.roots)
    assert office.kept == 1
    (issued,) = office.authority.issued
    assert (issued.station, issued.kind, issued.number) == ("CP1", "ChargingStationCertificate", leaf.serial_number)
    assert list(office.signer.ending("CP1", NOW + timedelta(days=400))) == ["ChargingStationCertificate"]
    assert list(office.signer.ending("CP1", NOW + timedelta(days=30))) == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (application(csr(), proved=False), NOT_PROVED),
        (application(csr(), kind=V2G, proved=False), NOT_PROVED),
        (application("no request"), "csr_unreadable"),
        (application(csr("SN-2")), "csr_serial"),
        (application(csr(organisation="Elsewhere")), "csr_organisation"),
        (application(csr("10.0.0.1"), kind=V2G), "csr_common_name"),
        (application(csr(), serial=""), "csr_serial"),
    ],
    ids=["not proved", "not proved to cars", "unreadable", "of another", "elsewhere", "an address", "no serial"],
)
async def test_an_objection_is_told_and_nothing_is_signed(office: Office, asked: Application, why: str) -> None:
    before = office.authority.issued
    assert office.signer.objection(asked) == why
    with pytest.raises(Unsigned, match=why):
        await office.signer.sign(asked)
    assert office.authority.issued == before


async def test_a_station_without_a_serial_number_is_known_by_its_identity(office: Office) -> None:
    assert office.signer.objection(application(csr("CP1"), serial="")) is None


async def test_what_is_shown_to_cars_names_the_station_as_it_likes(office: Office) -> None:
    assert office.signer.objection(application(csr("SECC-77", "Maker"), kind=V2G)) is None


async def test_a_station_is_signed_so_many_certificates_a_day(office: Office) -> None:
    request = csr("SN-9")
    asked = application(request, station="CP9", serial="SN-9")
    for _ in range(MOST):
        await office.signer.sign(asked)
    assert office.signer.objection(asked) == TOO_MANY
    assert office.signer.objection(application(csr())) is None, "others are not held back"
    office.now += PERIOD
    assert office.signer.objection(asked) is None
    office.now = NOW


@pytest.mark.parametrize("kind", ["ChargingStationCertificate", V2G])
@pytest.mark.parametrize("name", ["SN-2", "Garage", "SN-1 SN-2"])
async def test_nobody_gets_a_certificate_in_the_name_of_another_station(office: Office, kind: str, name: str) -> None:
    """A station that says it has the serial number of another would be let in as that one."""
    office.signer.others = lambda station: {"CP1": ("SN-2", "Garage", "")}.get(station, ())
    assert office.signer.objection(application(csr(name), serial=name, kind=kind)) == OF_ANOTHER
    assert office.signer.objection(application(csr(name), serial=name, kind=kind, station="CP2")) is None
    assert office.signer.objection(application(csr("SN-1"), kind=kind)) is None


async def test_a_request_of_a_station_the_owner_vouches_for_is_signed_once() -> None:
    office = Office()
    asked = application(csr("SN-9"), station="CP9", serial="SN-9", proved=False)
    assert office.signer.objection(asked) == NOT_PROVED
    office.signer.vouch("cp9")
    assert office.signer.objection(application(csr("SN-8"), station="CP8", serial="SN-8", proved=False)) == NOT_PROVED
    assert await office.signer.sign(asked)
    assert office.signer.objection(asked) == NOT_PROVED
    office.signer.vouch("CP9")
    office.now += VOUCHED
    assert office.signer.objection(asked) == NOT_PROVED
