"""Only who has a strong key, and names itself as it is called, gets a certificate."""

import base64
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID
import pytest

from custom_components.ocpp_home.csms.security.csr import OBJECTIONS, SigningRequest, Unusable, read

EC_KEY = ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def pem(key: CertificateIssuerPrivateKeyTypes, common: str = "SN1", organisation: str = "Home") -> str:
    names = [(NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, organisation)]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names if value])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, algorithm)
    return request.public_bytes(serialization.Encoding.PEM).decode()


def request(common: str = "SN1", organisation: str = "Home") -> SigningRequest:
    return SigningRequest(EC_KEY.public_key(), common, organisation)


def objection(text: str) -> str:
    with pytest.raises(Unusable) as unusable:
        read(text)
    assert str(unusable.value) in OBJECTIONS
    return str(unusable.value)


@pytest.mark.parametrize("key", [EC_KEY, ec.generate_private_key(ec.SECP224R1()), rsa_key(2048)])
def test_a_strong_key_and_the_names_are_read(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    assert read(pem(key)) == SigningRequest(key.public_key(), "SN1", "Home")


@pytest.mark.parametrize(
    "key",
    [
        rsa_key(1024),
        ec.generate_private_key(ec.SECP192R1()),
        ed25519.Ed25519PrivateKey.generate(),
        dsa.generate_private_key(2048),
    ],
    ids=["small RSA", "small EC", "Ed25519", "DSA"],
)
def test_a_key_that_is_too_small_or_of_another_kind_is_not_taken(
    key: CertificateIssuerPrivateKeyTypes,
) -> None:
    assert objection(pem(key)) == "csr_key"


def test_an_enormous_key_is_not_worked_with() -> None:
    modulus = rsa.RSAPublicNumbers(65537, (1 << 8200) + 1).public_key()
    lines = base64.encodebytes(_with_key(modulus)).decode()
    assert objection(f"-----BEGIN CERTIFICATE REQUEST-----\n{lines}-----END CERTIFICATE REQUEST-----\n") == "csr_key"


def _with_key(key: rsa.RSAPublicKey) -> bytes:
    """A request for a key whose private half nobody has: version 0, no names, any signature (RFC 2986 - 4)."""
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    algorithm = bytes.fromhex("300d06092a864886f70d01010b0500")
    return _sequence(_sequence(b"\x02\x01\x00", b"\x30\x00", spki, b"\xa0\x00"), algorithm, b"\x03\x02\x00\x01")


def _sequence(*parts: bytes) -> bytes:
    body = b"".join(parts)
    return b"\x30\x82" + len(body).to_bytes(2) + body


def test_who_does_not_have_the_key_gets_no_certificate_for_it() -> None:
    der = x509.load_pem_x509_csr(pem(EC_KEY).encode()).public_bytes(serialization.Encoding.DER)
    forged = der.replace(b"SN1", b"SN2")
    assert (
        objection(x509.load_der_x509_csr(forged).public_bytes(serialization.Encoding.PEM).decode()) == "csr_signature"
    )


@pytest.mark.parametrize(
    "text",
    ["", "garbage", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "\ud800"],
    ids=["nothing", "garbage", "no request", "no text"],
)
def test_what_is_no_request_is_not_read(text: str) -> None:
    assert objection(text) == "csr_unreadable"


def test_a_request_longer_than_a_message_holds_is_not_read() -> None:
    assert objection(pem(EC_KEY) + "\n" * 5500) == "csr_unreadable"


def test_a_key_on_a_curve_that_nobody_knows_is_not_taken() -> None:
    der = x509.load_pem_x509_csr(pem(EC_KEY).encode()).public_bytes(serialization.Encoding.DER)
    known, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d03017f")
    lines = base64.encodebytes(der.replace(known, unknown)).decode()
    assert objection(f"-----BEGIN CERTIFICATE REQUEST-----\n{lines}-----END CERTIFICATE REQUEST-----\n") == "csr_key"


def test_a_request_without_names_is_read_and_objected_to() -> None:
    read_back = read(pem(EC_KEY, "", ""))
    assert (read_back.common_name, read_back.organisation) == ("", "")
    assert read_back.objection("Home") == "csr_organisation"


@pytest.mark.parametrize("serials", [(), ("SN1",), ("sn1",), ("CP1", "SN1")])
def test_a_station_gets_a_certificate_in_its_own_name(serials: tuple[str, ...]) -> None:
    assert request().objection("Home", serials) is None


def test_no_station_gets_a_certificate_in_the_name_of_another() -> None:
    assert request().objection("Home", ("SN2", "CP1")) == "csr_serial"
    assert request("SN11").objection("Home", ("SN1",)) == "csr_serial"


@pytest.mark.parametrize(("organisation", "said"), [("Home", None), ("Home & Co", None), ("Else", "csr_organisation")])
def test_the_organisation_contains_the_name_of_the_operator(organisation: str, said: str | None) -> None:
    assert request(organisation=organisation).objection("Home") == said


@pytest.mark.parametrize(
    "common",
    ["", "192.0.2.1", "2001:db8::1", "home.example.org", "https://home", "wss:x", "a/b", "S\nN", "S\u202eN"],
)
def test_no_station_gets_a_certificate_that_a_server_could_use(common: str) -> None:
    assert request(common).objection("Home", (common,) if common else ()) == "csr_common_name"


def test_an_organisation_with_control_characters_is_none() -> None:
    assert request(organisation="Home\n").objection("Home") == "csr_organisation"


@pytest.mark.parametrize("common", ["SN1", "DE*ABC*E123", "12.345", "Garage left", "AB-1_2.3"])
def test_a_serial_number_may_look_like_what_stations_have(common: str) -> None:
    assert request(common).objection("Home", (common,)) is None
