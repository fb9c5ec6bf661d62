"""Certificates: read, named, and checked against who signed them."""

import base64
from datetime import timedelta
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.security.certificate import (
    chain_of,
    current,
    identifiers,
    issues,
    named,
    path_of,
    signed_by,
    verified,
)
from tests.csms.security.papers import NOW, YEAR, new_key, paper

ROOT = paper("Root")
MIDDLE = ROOT.issue("Middle")
LEAF = MIDDLE.issue("Leaf", ca=False)


def test_a_chain_is_read_in_its_order() -> None:
    assert chain_of(LEAF.pem + MIDDLE.pem) == [LEAF.certificate, MIDDLE.certificate]


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        ("", "PEM"),
        ("-----BEGIN CERTIFICATE-----\nMAo=\n-----END CERTIFICATE-----\n", "error"),
        ("x" * 20_001, "too long"),
        (LEAF.pem * 11, "too many"),
    ],
    ids=["nothing", "no certificate", "long", "many"],
)
def test_what_is_no_chain_is_told(pem: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        chain_of(pem)


def test_a_key_of_an_unknown_curve_is_told() -> None:
    der = LEAF.certificate.public_bytes(Encoding.DER)
    curve = bytes.fromhex("06082a8648ce3d030107")
    odd = der.replace(curve, bytes.fromhex("06082a8648ce3d03017f"))
    assert odd != der
    body = base64.encodebytes(odd).decode()
    with pytest.raises(ValueError, match="not known"):
        chain_of(f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")


@pytest.mark.parametrize("family", ["EC", "RSA"])
def test_a_root_is_named_by_the_hashes_of_its_own_name_and_key(family: str) -> None:
    root = paper("Root", key=new_key(family)).certificate
    key = root.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        bits = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        bits = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    name = sha256(root.subject.public_bytes()).hexdigest()
    assert identifiers(root, "SHA256") == (name, sha256(bits).hexdigest())
    serial = f"{root.serial_number:x}"
    assert named(root, root) == CertificateHash("SHA256", name, sha256(bits).hexdigest(), serial)
    assert len(named(root, root, "SHA512").issuer_key) == 128


def test_a_certificate_is_signed_by_its_issuer_only() -> None:
    assert signed_by(LEAF.certificate, MIDDLE.certificate)
    assert not signed_by(LEAF.certificate, ROOT.certificate)
    assert not signed_by(LEAF.certificate, paper("Middle").certificate), "of the same name, with another key"


def test_only_authorities_issue() -> None:
    assert [issues(one.certificate) for one in (ROOT, LEAF, paper("Old", ca=None))] == [True, False, False]


def test_a_way_leads_to_a_root_whatever_the_order_of_the_chain() -> None:
    ways = [
        path_of([LEAF.certificate, MIDDLE.certificate], [ROOT.certificate]),
        path_of([LEAF.certificate, ROOT.certificate, MIDDLE.certificate], [ROOT.certificate]),
    ]
    assert ways == [(LEAF.certificate, MIDDLE.certificate, ROOT.certificate)] * 2
    assert path_of([LEAF.certificate], [LEAF.certificate]) == (LEAF.certificate,), "who is trusted by itself"
    assert path_of([ROOT.certificate], [ROOT.certificate]) == (ROOT.certificate,)


def test_no_way_leads_over_who_may_not_sign_or_to_a_stranger() -> None:
    below = LEAF.issue("Below", ca=False)
    assert path_of([below.certificate, LEAF.certificate, MIDDLE.certificate], [ROOT.certificate]) is None
    assert path_of([LEAF.certificate, MIDDLE.certificate], [paper("Root").certificate]) is None
    assert path_of([LEAF.certificate], [ROOT.certificate]) is None
    assert path_of([below.certificate], [LEAF.certificate]) is None, "a trusted leaf is no authority"


def test_a_certificate_holds_between_its_days() -> None:
    times = (NOW, NOW - YEAR, NOW + YEAR, NOW + YEAR + timedelta(seconds=1), NOW - YEAR - timedelta(seconds=1))
    assert [current(LEAF.certificate, at) for at in times] == [True, True, True, False, False]


def test_a_signature_is_verified_over_a_digest() -> None:
    sha, data = hashes.SHA256(), b"firmware"
    digest, other = sha256(data).digest(), sha256(b"other").digest()
    elliptic, plain = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    signed = elliptic.sign(data, ec.ECDSA(sha))
    assert verified(elliptic.public_key(), signed, digest, sha)
    assert not verified(elliptic.public_key(), signed, other, sha)
    classic = plain.sign(data, padding.PKCS1v15(), sha)
    pss = plain.sign(data, padding.PSS(padding.MGF1(sha), padding.PSS.MAX_LENGTH), sha)
    key = plain.public_key()
    assert [verified(key, one, digest, sha) for one in (classic, pss)] == [True, False]
    assert [verified(key, one, digest, sha, pss=True) for one in (classic, pss)] == [False, True]
    assert not verified(ed25519.Ed25519PrivateKey.generate().public_key(), signed, digest, sha)
