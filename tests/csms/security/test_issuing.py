"""What stands in the certificates of an authority, and what does not."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID
import pytest

from custom_components.ocpp_home.csms.model.trust import CHARGING_STATION
from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.csr import PublicKey, SigningRequest
from custom_components.ocpp_home.csms.security.issuing import FAMILIES, Family, Root, family_of, new_key

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEYS = {family: new_key(family, 2048) for family in FAMILIES}
OTHERS = {family: new_key(family, 2048) for family in FAMILIES}
ROOTS = {family: issuing.root("Home", f"Home {family}", KEYS[family], NOW) for family in FAMILIES}


def public(family: Family) -> PublicKey:
    return OTHERS[family].public_key()


def usages(certificate: x509.Certificate) -> set[str]:
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    names = ("digital_signature", "key_encipherment", "key_agreement", "key_cert_sign", "crl_sign")
    return {name for name in names if getattr(usage.value, name)}


def told(certificate: x509.Certificate, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


def server(*names: str, family: Family = "ec", now: datetime = NOW) -> x509.Certificate:
    return issuing.server(ROOTS[family], "Home", public(family), names, now)


def station(family: Family = "ec", kind: str = CHARGING_STATION, now: datetime = NOW) -> x509.Certificate:
    return issuing.station(ROOTS[family], SigningRequest(public(family), "SN1", "Home"), kind, now)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_root_signs_certificates_and_no_other_authorities(family: Family) -> None:
    root = ROOTS[family].certificate
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert usages(root) == {"key_cert_sign", "crl_sign"}
    assert (told(root, NameOID.ORGANIZATION_NAME), told(root)) == ("Home", f"Home {family}")
    root.verify_directly_issued_by(root)


@pytest.mark.parametrize(
    ("year", "ending"),
    [(2026, 2045), (2035, 2049), (2038, 2049), (2041, 2060)],
)
def test_a_root_lives_long_and_its_end_is_written_so_that_all_can_read_it(year: int, ending: int) -> None:
    made = issuing.root("Home", "Root", KEYS["ec"], datetime(year, 1, 1, tzinfo=UTC)).certificate
    assert (made.not_valid_after_utc.year, made.not_valid_after_utc.month) == (ending, 12)
    general = b"\x18\x0f" in made.tbs_certificate_bytes
    assert general == (ending > 2049)


@pytest.mark.parametrize("year", [1970, 2019, 2024])
def test_a_computer_that_has_lost_the_time_makes_certificates_that_hold_once_it_knows_it(year: int) -> None:
    lost = datetime(year, 1, 1, tzinfo=UTC)
    made = server("home", now=lost)
    assert (made.not_valid_before_utc.year, made.not_valid_after_utc) == (2020, NOW + issuing.SERVER_LIFE)
    root = issuing.root("Home", "Root", KEYS["ec"], lost).certificate
    assert root.not_valid_after_utc >= datetime(2039, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("family", FAMILIES)
def test_who_signed_and_what_is_signed_name_their_keys(family: Family) -> None:
    for certificate in (server("home", family=family), station(family)):
        certificate.verify_directly_issued_by(ROOTS[family].certificate)
        above = ROOTS[family].certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        own = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        assert named.key_identifier == above.digest
        assert own == x509.SubjectKeyIdentifier.from_public_key(public(family))
        assert certificate.serial_number != ROOTS[family].certificate.serial_number


def test_rsa_signs_in_the_way_every_station_verifies() -> None:
    for certificate in (ROOTS["rsa"].certificate, server("home", family="rsa"), station("rsa")):
        assert isinstance(certificate.signature_algorithm_parameters, padding.PKCS1v15)
        assert isinstance(certificate.signature_hash_algorithm, hashes.SHA256)


@pytest.mark.parametrize(
    ("family", "expected"), [("rsa", {"digital_signature", "key_encipherment"}), ("ec", {"digital_signature"})]
)
def test_a_key_is_for_what_tls_does_with_it(family: Family, expected: set[str]) -> None:
    assert usages(server("home", family=family)) == usages(station(family)) == expected


def test_a_server_has_all_its_names_and_the_first_in_its_common_name() -> None:
    made = server("192.168.1.5", "homeassistant.local", "2001:db8::1")
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert told(made) == "192.168.1.5"
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("192.168.1.5"), ip_address("2001:db8::1")]
    assert names.get_values_for_type(x509.DNSName) == ["192.168.1.5", "homeassistant.local"]


def test_a_name_too_long_for_the_common_name_is_an_alternative_name() -> None:
    long = "a" * 60 + ".example.org"
    made = server(long, "home")
    assert told(made) == "home"
    assert long in made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )
    assert told(server(long)) == "Home"


def test_a_server_without_names_is_that_of_its_organisation() -> None:
    made = server()
    assert told(made) == "Home"
    with pytest.raises(x509.ExtensionNotFound):
        made.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)


def test_a_server_with_many_names_fits_small_stations() -> None:
    names = [f"192.168.{number}.5" for number in range(8)] + ["homeassistant.local", "my-home.example.org"]
    assert len(server(*names, family="rsa").public_bytes(Encoding.DER)) <= 2048


def test_a_server_is_valid_for_stations_that_lost_the_time() -> None:
    assert server("home").not_valid_before_utc == datetime(2020, 1, 1, tzinfo=UTC)
    assert server("home").not_valid_after_utc == NOW + timedelta(days=730)


def test_nothing_outlives_its_root() -> None:
    end = ROOTS["ec"].certificate.not_valid_after_utc
    late = end - timedelta(days=1)
    assert server("home", now=late).not_valid_after_utc == end
    assert station(now=late).not_valid_after_utc == end


def test_a_station_is_named_and_nothing_else() -> None:
    made = station()
    assert made.subject.rfc4514_string() == "CN=SN1,O=Home"
    assert {extension.oid for extension in made.extensions} == {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    }
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_station_has_its_certificate_for_a_year_and_at_once() -> None:
    made = station()
    assert made.not_valid_before_utc == NOW - timedelta(hours=1)
    assert made.not_valid_after_utc == NOW + timedelta(days=365)


@pytest.mark.parametrize("kind", ["V2GCertificate", "V2G20Certificate"])
def test_a_certificate_towards_cars_says_so(kind: str) -> None:
    made = station(kind=kind)
    assert usages(made) == {"digital_signature", "key_agreement"}
    assert told(made, NameOID.DOMAIN_COMPONENT) == "CPO"
    assert usages(station("rsa", kind)) == {"digital_signature", "key_encipherment"}


def test_the_family_of_a_key_is_that_of_its_public_half() -> None:
    for family in FAMILIES:
        assert family_of(KEYS[family]) == family_of(KEYS[family].public_key()) == family


def test_a_root_tells_nobody_its_key() -> None:
    assert "key" not in repr(Root(ROOTS["ec"].certificate, KEYS["ec"]))
