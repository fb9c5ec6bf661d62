"""Lists of revoked certificates."""

from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
import pytest

from custom_components.ocpp_home.csms.model.trust import Revocation
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.csms.security.crl import verdict
from custom_components.ocpp_home.csms.security.ocsp import Unusable
from tests.csms.security.papers import NOW, paper

ROOT = paper("Root")
LEAF = ROOT.issue("Leaf", ca=False).certificate
WHICH = named(LEAF, ROOT.certificate)


def test_a_certificate_in_the_list_is_revoked_and_another_is_good() -> None:
    """OCPP 2.1 - M07.FR.06, M07.FR.07."""
    revoked = verdict(ROOT.revoke(1, LEAF.serial_number), WHICH, [ROOT.certificate], NOW)
    good = verdict(ROOT.revoke(1), WHICH, [ROOT.certificate], NOW)
    assert (revoked.status, good.status) == (Revocation.REVOKED, Revocation.GOOD)
    assert (good.next_update, good.proved, good.response) == (NOW + timedelta(days=1), True, b"")


def test_a_list_may_be_text() -> None:
    pem = x509.load_der_x509_crl(ROOT.revoke(LEAF.serial_number)).public_bytes(Encoding.PEM)
    assert verdict(b"\n" + pem, WHICH, [], NOW).status is Revocation.REVOKED


def test_a_list_is_proved_by_the_issuer_only() -> None:
    assert not verdict(ROOT.revoke(), WHICH, [], NOW).proved
    assert not verdict(ROOT.revoke(), WHICH, [paper("Root").certificate], NOW).proved
    assert not verdict(paper("Root").revoke(), WHICH, [ROOT.certificate], NOW).proved


def test_a_list_that_is_old_or_none_is_told() -> None:
    with pytest.raises(Unusable, match="today"):
        verdict(ROOT.revoke(following=NOW - timedelta(days=1)), WHICH, [], NOW)
    with pytest.raises(Unusable, match="understood"):
        verdict(b"no list", WHICH, [], NOW)
    with pytest.raises(Unusable, match="understood"):
        verdict(ROOT.revoke(), replace(WHICH, serial="none"), [], NOW)
