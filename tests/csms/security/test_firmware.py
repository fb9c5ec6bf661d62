"""Signed firmware: certificate and signature, looked at before a station is told to fetch it."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
import pytest

from custom_components.ocpp_home.csms.model.commands import Signature
from custom_components.ocpp_home.csms.security.firmware import OBJECTIONS, objection
from tests.csms.security.papers import NOW, YEAR, Paper, new_key, paper

FILE = b"firmware " * 1000
DIGEST = sha256(FILE).digest()
SHA = hashes.SHA256()
ELLIPTIC, CLASSIC, EDWARDS = (paper("Maker", ca=False, key=new_key(family)) for family in ("EC", "RSA", "ED"))


def signature(by: Paper = ELLIPTIC, *, pss: bool = True, content: bytes = FILE) -> Signature:
    match by.key:
        case ec.EllipticCurvePrivateKey():
            signed = by.key.sign(content, ec.ECDSA(SHA))
        case rsa.RSAPrivateKey():
            way = padding.PSS(padding.MGF1(SHA), padding.PSS.MAX_LENGTH) if pss else padding.PKCS1v15()
            signed = by.key.sign(content, way, SHA)
        case _:
            signed = by.key.sign(content)
    return Signature(by.pem, b64encode(signed).decode())


@pytest.mark.parametrize(
    "sound", [signature(), signature(CLASSIC), signature(CLASSIC, pss=False)], ids=["ECDSA", "RSA-PSS", "RSA"]
)
def test_a_file_that_its_maker_signed_is_sound(sound: Signature) -> None:
    assert objection(sound, DIGEST, NOW) is None
    assert objection(sound, None, NOW) is None
    lines = "\n".join(sound.signature[at : at + 64] for at in range(0, len(sound.signature), 64))
    assert objection(replace(sound, signature=lines), DIGEST, NOW) is None


@pytest.mark.parametrize("by", [ELLIPTIC, CLASSIC], ids=["ECDSA", "RSA"])
def test_another_file_or_another_maker_is_not(by: Paper) -> None:
    assert objection(signature(by, content=b"other"), DIGEST, NOW) == "signature_wrong"
    other = paper("Maker", ca=False, key=new_key("RSA" if by is CLASSIC else "EC"))
    assert objection(replace(signature(by), certificate=other.pem), DIGEST, NOW) == "signature_wrong"
    assert objection(replace(signature(by), certificate=other.pem), None, NOW) is None, "nobody can tell yet"


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (replace(signature(), certificate="no certificate"), "certificate_unreadable"),
        (replace(signature(), signature="no signature!"), "signature_unreadable"),
        (replace(signature(), signature=""), "signature_unreadable"),
        (signature(EDWARDS), "certificate_key"),
    ],
)
def test_what_cannot_be_looked_at_is_told(odd: Signature, why: str) -> None:
    assert objection(odd, DIGEST, NOW) == why
    assert why in OBJECTIONS


def test_a_certificate_of_another_time_is_told() -> None:
    for at in (NOW - YEAR - timedelta(days=1), NOW + YEAR + timedelta(days=1)):
        assert objection(signature(), DIGEST, at) == "certificate_expired"
