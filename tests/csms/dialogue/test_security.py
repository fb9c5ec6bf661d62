"""Security events, requests for certificates, and the names of certificates."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.security import (
    certificate_hash,
    hashes,
    security_event_notification,
    sign_certificate,
)
from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.model.event import Event, Kind, Notice
from custom_components.ocpp_home.csms.model.station import Station

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}


@pytest.mark.parametrize("kind", ["InvalidChargePointCertificate", "InvalidCsmsCertificate", "MemoryExhaustion"])
def test_a_serious_event_is_kept_before_the_owners_eyes(station: Station, events: list[Event], kind: str) -> None:
    payload = {"type": kind, "timestamp": "2026-11-24T12:00:00Z", "techInfo": "expired"}
    assert security_event_notification(station, payload, NOON) == {}
    data = {"type": kind, "info": "expired", "at": "2026-11-24T12:00:00Z"}
    assert events == [Event(Kind.SECURITY, NOON, data=data)]
    assert station.notices["security_event", 0] == Notice("security_event", 0, {"type": kind, "info": "expired"})


def test_an_ordinary_event_is_only_told(station: Station, events: list[Event]) -> None:
    early = (NOON - timedelta(hours=1)).isoformat()
    security_event_notification(station, {"type": "StartupOfTheDevice", "timestamp": early}, NOON)
    assert [(event.at, event.live) for event in events] == [(NOON - timedelta(hours=1), False)]
    assert station.notices == {}


def test_a_certificate_request_is_rejected_because_nobody_signs(station: Station) -> None:
    assert sign_certificate(station, {"csr": "-----BEGIN CERTIFICATE REQUEST-----"}, NOON) == {"status": "Rejected"}
    assert station.counters == {"unsigned certificate request": 1}


def test_a_certificate_is_named_as_it_was_reported() -> None:
    assert certificate_hash(HASH) == CertificateHash("SHA256", "aa", "bb", "FFF")
    assert hashes(certificate_hash(HASH)) == HASH
