"""Whom a household trusts with certificates: nobody, until somebody is there."""

from datetime import UTC, datetime

from custom_components.ocpp_home.csms.model.household import Household
from custom_components.ocpp_home.csms.model.trust import Application, Contract, Finding, Revocation, Trust


def test_nobody_does_anything_about_certificates_at_first() -> None:
    trust = Household().trust
    assert trust == Trust()
    assert (trust.signer, trust.revocations, trust.contracts, trust.provider) == (None,) * 4


def test_what_is_long_or_personal_is_not_shown() -> None:
    finding = Finding(Revocation.GOOD, datetime(2026, 1, 1, tzinfo=UTC), b"secret")
    assert "secret" not in repr(finding)
    assert "PEM" not in repr(Contract("DE8AA", "PEM"))


def test_a_request_is_for_the_certificate_of_the_station_unless_it_says_otherwise() -> None:
    application = Application("CP1", "SN1", "csr")
    assert (application.kind, application.proved) == ("ChargingStationCertificate", False)
