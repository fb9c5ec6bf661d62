"""The authority of a home: made once, kept, carried elsewhere; it signs, renews and revokes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
import json
import subprocess
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
import pytest

from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.authority import KEPT, Authority, Chain
from custom_components.ocpp_home.csms.security.csr import SigningRequest
from custom_components.ocpp_home.csms.security.issuing import FAMILIES, Family, PrivateKey

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEYS: dict[Family, PrivateKey] = {family: issuing.new_key(family, 2048) for family in FAMILIES}
CUT = "-----END CERTIFICATE-----\n"
MORE: dict[Family, PrivateKey] = {family: issuing.new_key(family, 2048) for family in FAMILIES}


def key(family: Family, bits: int) -> PrivateKey:
    """A key that is there already; the size tells what for."""
    return KEYS[family] if bits == 3072 else MORE[family]


def authority(organisation: str = "Home") -> Authority:
    return Authority.create(organisation, NOW, key)


def request(family: Family = "ec", common: str = "SN1") -> SigningRequest:
    return SigningRequest(MORE[family].public_key(), common, "Home")


def certificate(pem: str) -> x509.Certificate:
    (only,) = x509.load_pem_x509_certificates(pem.encode())
    return only


def names(chain: Chain) -> list[str]:
    found = certificate(chain.certificates).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]


def test_a_home_makes_its_own_keys() -> None:
    made = Authority.create("Home", NOW)
    rsa_root, ec_root = (root.public_key() for root in made.roots)
    assert getattr(rsa_root, "key_size", 0) == 3072
    assert isinstance(ec_root, ec.EllipticCurvePublicKey)
    assert isinstance(ec_root.curve, ec.SECP256R1)


def test_no_two_homes_have_the_same_roots() -> None:
    first, second = authority(), authority()
    assert {root.subject for root in first.roots}.isdisjoint({root.subject for root in second.roots})
    assert len({root.subject for root in first.roots}) == 2


def test_what_is_kept_is_the_same_authority_again() -> None:
    made = authority()
    served = made.server(["home.example"], NOW, key)
    number = certificate(made.sign(request(), "Garage", NOW)).serial_number
    made.revoke(number)
    again = Authority.restored(json.loads(json.dumps(made.store())))
    assert again.organisation == "Home"
    assert again.roots == made.roots
    assert again.server(["home.example"], NOW, key) == served
    assert again.issued == made.issued
    assert again.revoked == {number}
    certificate(again.sign(request(), "Garage", NOW)).verify_directly_issued_by(made.roots[1])


@pytest.mark.parametrize(
    "change",
    [
        {"roots": []},
        {"roots": ["garbage"]},
        {"roots": 1},
        {"served": []},
        {"issued": [{}]},
        {"issued": [1]},
        {"served": {"names": [], "chains": [["only one"]]}},
    ],
    ids=str,
)
def test_what_is_something_else_is_no_authority(change: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="no certificate authority"):
        Authority.restored({**authority().store(), **change})


def test_nothing_is_no_authority() -> None:
    with pytest.raises(ValueError, match="no certificate authority"):
        Authority.restored(None)


def parts(made: Authority) -> list[tuple[str, str]]:
    """The roots that are kept, and their keys."""
    kept = made.store()["roots"]
    assert isinstance(kept, list)
    return [(root + CUT, private) for root, _, private in (str(text).partition(CUT) for text in kept)]


def test_a_root_with_the_key_of_another_is_no_authority() -> None:
    mine, other = authority(), Authority.create("Home", NOW, lambda family, _: MORE[family])
    mixed = [root + private for (root, _), (_, private) in zip(parts(mine), parts(other), strict=True)]
    with pytest.raises(ValueError, match="another certificate"):
        Authority.restored({**mine.store(), "roots": mixed})


def test_a_root_with_a_key_of_no_family_is_no_authority() -> None:
    kept = authority().store()
    strange = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    root = parts(authority())[0][0]
    with pytest.raises(ValueError, match="another certificate"):
        Authority.restored({**kept, "roots": [root + strange.decode()]})


def test_the_roots_are_shown_without_their_keys() -> None:
    made = authority()
    assert tuple(x509.load_pem_x509_certificates(made.pem.encode())) == made.roots
    assert "PRIVATE" not in made.pem


def test_the_authority_goes_elsewhere_under_a_password() -> None:
    made = authority()
    text = made.export("correct horse")
    assert "BEGIN PRIVATE KEY" not in text
    moved = Authority.imported(text, "correct horse")
    assert (moved.organisation, moved.roots) == ("Home", made.roots)
    certificate(moved.sign(request(), "Garage", NOW)).verify_directly_issued_by(made.roots[1])


@pytest.mark.parametrize("password", ["wrong", ""])
def test_without_its_password_an_export_is_worth_nothing(password: str) -> None:
    text = authority().export("correct horse")
    with pytest.raises(ValueError, match="no export"):
        Authority.imported(text, password)


@pytest.mark.parametrize("text", ["", "garbage", authority().pem], ids=["nothing", "garbage", "roots"])
def test_what_was_not_exported_is_not_taken_in(text: str) -> None:
    with pytest.raises(ValueError, match="no export"):
        Authority.imported(text, "correct horse")


def test_roots_without_a_name_of_an_organisation_are_taken_in() -> None:
    nameless = Authority.create("", NOW, key)
    assert Authority.imported(nameless.export("secret"), "secret").organisation == ""


def test_openssl_reads_an_export() -> None:
    text = authority().export("correct horse")
    read = subprocess.run(
        ["openssl", "pkey", "-passin", "pass:correct horse", "-noout", "-check"],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    assert b"Key is valid" in read.stdout + read.stderr


def test_a_server_has_a_certificate_of_each_family_under_all_its_names() -> None:
    made = authority()
    chains = made.server(["Home.Example.", "192.168.1.5", "192.168.1.5", "münchen.example", ""], NOW, key)
    for chain, root in zip(chains, made.roots, strict=True):
        certificate(chain.certificates).verify_directly_issued_by(root)
        assert names(chain) == ["home.example", "192.168.1.5", "192.168.1.5", "xn--mnchen-3ya.example"]
        loaded = serialization.load_pem_private_key(chain.key.encode(), None)
        assert loaded.public_key() == certificate(chain.certificates).public_key()


def test_the_server_keeps_its_certificates_while_they_hold() -> None:
    made = authority()
    first = made.server(["home"], NOW, key)
    assert made.server(["home"], NOW + timedelta(days=500), key) == first
    assert made.serves(["home"], NOW + timedelta(days=500))
    assert made.served == ("home",)


def test_the_server_gets_new_certificates_in_time_and_under_new_names() -> None:
    made = authority()
    first = made.server(["home"], NOW, key)
    late = NOW + timedelta(days=551)
    assert not made.serves(["home"], late)
    second = made.server(["home"], late, key)
    assert second[0].not_after == late + timedelta(days=730)
    third = made.server(["home", "192.168.1.5"], late, key)
    assert len({first, second, third}) == 3
    assert names(third[0]) == ["home", "192.168.1.5", "192.168.1.5"]


def test_a_name_that_cannot_be_one_is_left_out() -> None:
    (chain, _) = authority().server(["home", "a..b", "x" * 64], NOW, key)
    assert names(chain) == ["home"]


def test_the_server_makes_its_own_keys() -> None:
    (chain, _) = authority().server(["home"], NOW)
    assert getattr(certificate(chain.certificates).public_key(), "key_size", 0) == 2048


@pytest.mark.parametrize("family", FAMILIES)
def test_the_root_of_the_same_family_signs(family: Family) -> None:
    made = authority()
    signed = certificate(made.sign(request(family), "Garage", NOW))
    signed.verify_directly_issued_by(made.roots[FAMILIES.index(family)])


def test_a_signed_certificate_fits_small_stations() -> None:
    assert len(authority().sign(request("rsa"), "Garage", NOW)) < 5600


def test_what_was_signed_is_recorded() -> None:
    made = authority()
    signed = certificate(made.sign(request(), "Garage", NOW))
    (record,) = made.issued
    assert (record.station, record.kind, record.number) == (
        "Garage",
        "ChargingStationCertificate",
        signed.serial_number,
    )
    assert record.not_after == signed.not_valid_after_utc
    made.sign(request(), "Carport", NOW, "V2GCertificate")
    assert [(record.station, record.kind) for record in made.issued][1:] == [("Carport", "V2GCertificate")]


def test_a_clock_that_is_wrong_for_a_moment_forgets_nothing_that_was_signed() -> None:
    made = authority()
    assert made.revoke(certificate(made.sign(request(), "Garage", NOW)).serial_number)
    made.sign(request(), "Garage", NOW + timedelta(days=3660))
    assert len(made.revoked) == 1


def test_so_many_are_recorded_of_those_that_have_ended() -> None:
    made = authority()
    made.sign(request(), "Garage", NOW)
    kept = made.store()
    again = Authority.restored({**kept, "issued": [*kept["issued"]] * KEPT})  # type: ignore[misc] - a list
    again.sign(request(), "Carport", NOW + timedelta(days=800))
    assert [record.station for record in again.issued] == ["Carport"]


def test_a_revoked_certificate_counts_no_more() -> None:
    made = authority()
    first = certificate(made.sign(request(), "Garage", NOW)).serial_number
    second = certificate(made.sign(request(), "Garage", NOW)).serial_number
    assert made.revoked == frozenset()
    assert made.revoke(first)
    assert made.revoked == {first}
    assert [record.number for record in made.issued] == [first, second]
    assert not made.revoke(1)


def test_a_certificate_of_another_or_for_cars_does_not_prove_a_station() -> None:
    made = authority()
    own, old, others, cars = (
        certificate(made.sign(request(), station, NOW, kind)).serial_number
        for station, kind in (
            ("Garage", "ChargingStationCertificate"),
            ("Garage", "ChargingStationCertificate"),
            ("Carport", "ChargingStationCertificate"),
            ("Garage", "V2GCertificate"),
        )
    )
    made.revoke(old)
    assert made.foreign("GARAGE") == {old, others, cars}
    assert made.foreign("Carport") == {own, old, cars}
    assert (made.own("GARAGE"), made.own("Carport"), made.own("Yard")) == ({own}, {others}, set())


def test_it_is_known_whose_certificates_end_soon() -> None:
    made = authority()
    soon = NOW + timedelta(days=370)
    made.sign(request(), "Garage", NOW)
    assert made.ending("GARAGE", soon) == ["ChargingStationCertificate"]
    assert made.ending("Garage", NOW + timedelta(days=300)) == []
    assert made.ending("Carport", soon) == []
    made.sign(request(), "Garage", NOW + timedelta(days=100))
    assert made.ending("Garage", soon) == []


def test_a_revoked_certificate_is_no_reason_to_renew() -> None:
    made = authority()
    made.revoke(certificate(made.sign(request(), "Garage", NOW)).serial_number)
    assert made.ending("Garage", NOW + timedelta(days=370)) == []


def test_nobody_sees_a_key_by_accident() -> None:
    made = authority()
    assert "PRIVATE" not in repr(made.server(["home"], NOW, key))
