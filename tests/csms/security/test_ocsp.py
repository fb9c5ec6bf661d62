"""The status of certificates by OCSP: only a proper answer from who may give it counts."""

from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
import pytest

from custom_components.ocpp_home.csms.model.trust import Revocation
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.csms.security.ocsp import UNTOLD, Unusable, answer, question
from tests.csms.security.papers import NOW, YEAR, new_key, paper

ROOT = paper("Root")
LEAF = ROOT.issue("Leaf", ca=False).certificate
WHICH = named(LEAF, ROOT.certificate)


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
def test_a_question_names_the_certificate_by_its_hashes(algorithm: str) -> None:
    which = named(LEAF, ROOT.certificate, algorithm)
    asked = ocsp.load_der_ocsp_request(question(which))
    assert asked.hash_algorithm.name.upper() == algorithm
    assert (asked.issuer_name_hash.hex(), asked.issuer_key_hash.hex()) == (which.issuer_name, which.issuer_key)
    assert asked.serial_number == LEAF.serial_number


@pytest.mark.parametrize("odd", [{"algorithm": "MD5"}, {"serial": "xyz"}, {"issuer_name": "zz"}, {"issuer_key": "aa"}])
def test_what_is_no_hash_is_not_asked_about(odd: dict[str, str]) -> None:
    with pytest.raises(Unusable, match="proper hashes"):
        question(replace(WHICH, **odd))


@pytest.mark.parametrize("status", list(ocsp.OCSPCertStatus))
def test_the_issuer_says_what_a_certificate_is(status: ocsp.OCSPCertStatus) -> None:
    der = ROOT.vouch(LEAF, status)
    found = answer(der, WHICH, [ROOT.certificate], NOW)
    assert (found.status.value.upper(), found.proved) == (status.name, True)
    assert (found.response, found.next_update) == (der, NOW + timedelta(days=1))


def test_capital_letters_and_rsa_are_understood() -> None:
    root = paper("Root", key=new_key("RSA"))
    leaf = root.issue("Leaf", ca=False).certificate
    which = named(leaf, root.certificate)
    which = replace(which, serial=which.serial.upper(), issuer_key=which.issuer_key.upper())
    assert answer(root.vouch(leaf), which, [root.certificate], NOW).proved


def test_an_answer_of_who_is_not_known_is_not_proved() -> None:
    assert not answer(ROOT.vouch(LEAF), WHICH, [], NOW).proved
    forged = ROOT.vouch(LEAF, by=paper("Root"))
    found = answer(forged, WHICH, [ROOT.certificate], NOW)
    assert (found.status, found.proved) == (Revocation.GOOD, False)


def test_an_issuer_that_comes_along_is_known_by_the_hash_of_its_key() -> None:
    assert answer(ROOT.vouch(LEAF, enclosed=[ROOT]), WHICH, [], NOW).proved
    impostor = paper("Root")
    assert not answer(ROOT.vouch(LEAF, by=impostor, enclosed=[impostor]), WHICH, [], NOW).proved


def test_a_delegate_needs_a_certificate_for_it_from_the_issuer() -> None:
    """RFC 6960 - 4.2.2.2."""
    delegates = {
        "delegate": ROOT.issue("Responder", ca=False, responder=True),
        "no delegate": ROOT.issue("Responder", ca=False),
        "expired": ROOT.issue("Responder", ca=False, responder=True, start=NOW - 2 * YEAR, end=NOW - YEAR),
        "of another": paper("Other").issue("Responder", ca=False, responder=True),
    }
    proved = {
        what: answer(ROOT.vouch(LEAF, by=who, enclosed=[who]), WHICH, [ROOT.certificate], NOW).proved
        for what, who in delegates.items()
    }
    assert proved == {"delegate": True, "no delegate": False, "expired": False, "of another": False}


def test_a_signature_without_a_hash_of_its_own_is_not_relied_on() -> None:
    root = paper("Root", key=new_key("ED"))
    leaf = root.issue("Leaf", ca=False).certificate
    found = answer(root.vouch(leaf, following=None), named(leaf, root.certificate), [root.certificate], NOW)
    assert (found.proved, found.next_update) == (False, NOW + UNTOLD)


@pytest.mark.parametrize(
    ("der", "why"),
    [
        (b"no response", "not understood"),
        (ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes, "try_later"),
        (ROOT.vouch(ROOT.issue("Other").certificate), "another certificate"),
        (ROOT.vouch(LEAF, following=NOW - timedelta(hours=1), this=NOW - YEAR), "not of today"),
        (ROOT.vouch(LEAF, this=NOW + timedelta(hours=1)), "not of today"),
    ],
    ids=["garbage", "unsuccessful", "of another", "of long ago", "of the future"],
)
def test_what_is_no_answer_to_the_question_is_told(der: object, why: str) -> None:
    given = der(Encoding.DER) if callable(der) else der
    assert isinstance(given, bytes)
    with pytest.raises(Unusable, match=why):
        answer(given, WHICH, [ROOT.certificate], NOW)
