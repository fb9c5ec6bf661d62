"""Security events, requests for certificates, and the names of certificates."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.ocpp_home.csms.dialogue.security import (
    NOT_SIGNED,
    applied,
    certificate_hash,
    fitting,
    hashes,
    remember,
    security_event_notification,
    sign_certificate,
)
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.model.errors import Invalid
from custom_components.ocpp_home.csms.model.event import Event, Kind, Notice
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.model.trust import Application

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "FFF"}
CSR = "-----BEGIN CERTIFICATE REQUEST-----\nMAo=\n-----END CERTIFICATE REQUEST-----\n"
ONE, TWO, THREE = (
    f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n" for body in ("b25l", "dHdv", "MzM=")
)


class Desk:
    """Objects to all, or to nothing."""

    def __init__(self, objection: str | None = None) -> None:
        self.refusal = objection
        self.asked: list[Application] = []

    def objection(self, application: Application) -> str | None:
        self.asked.append(application)
        return self.refusal

    async def sign(self, application: Application) -> str:
        return ONE

    def ending(self, station: str, by: datetime) -> Sequence[str]:
        return ()


@pytest.mark.parametrize(
    "kind",
    [
        "InvalidChargePointCertificate",
        "InvalidCsmsCertificate",
        "MemoryExhaustion",
        "MaintenanceLoginFailed",
        "DiscardedRenewedClientCertificate",
        "TamperDetectionActivated",
    ],
)
def test_a_serious_event_is_kept_before_the_owners_eyes(station: Station, events: list[Event], kind: str) -> None:
    payload = {"type": kind, "timestamp": "2026-11-24T12:00:00Z", "techInfo": "expired"}
    assert security_event_notification(station, payload, NOON) == {}
    data = {"type": kind, "info": "expired", "at": "2026-11-24T12:00:00Z"}
    assert events == [Event(Kind.SECURITY, NOON, data=data)]
    assert station.notices["security_event", 0] == Notice("security_event", 0, {"type": kind, "info": "expired"})


@pytest.mark.parametrize("kind", ["StartupOfTheDevice", "InvalidMessages", "FailedToAuthenticateAtCsms", "Odd"])
def test_an_ordinary_event_is_only_told(station: Station, events: list[Event], kind: str) -> None:
    early = (NOON - timedelta(hours=1)).isoformat()
    security_event_notification(station, {"type": kind, "timestamp": early}, NOON)
    assert [(event.at, event.live) for event in events] == [(NOON - timedelta(hours=1), False)]
    assert station.notices == {}


def test_a_serious_event_outlives_a_restart_until_the_owner_has_confirmed_it(station: Station, ledger: Ledger) -> None:
    remember(station)
    assert station.notices == {}
    security_event_notification(station, {"type": "TamperDetectionActivated", "techInfo": "lid"}, NOON)
    station.count("something else")
    station.changed(station)
    again = Station("CP1", ledger)
    remember(again)
    assert again.notices["security_event", 0].data == {"type": "TamperDetectionActivated", "info": "lid"}
    again.settle("security_event")
    confirmed = Station("CP1", ledger)
    remember(confirmed)
    assert confirmed.notices == {}


def test_a_certificate_request_is_rejected_where_nobody_signs(station: Station, events: list[Event]) -> None:
    """A02.FR.12."""
    assert sign_certificate(station, {"csr": CSR}, NOON) == {"status": "Rejected"}
    assert station.counters == {"unsigned certificate request": 1}
    assert station.notices[NOT_SIGNED, 0].data == {"reason": "no_authority"}
    assert events == []


def test_a_certificate_request_with_an_objection_is_rejected_and_its_reason_told(
    station: Station, events: list[Event]
) -> None:
    station.household.trust.signer = Desk("csr_key")
    assert sign_certificate(station, {"csr": CSR}, NOON) == {"status": "Rejected"}
    assert station.notices[NOT_SIGNED, 0].data == {"reason": "csr_key"}
    assert events == []


def test_a_proper_request_is_accepted_and_told_to_whoever_signs(station: Station, events: list[Event]) -> None:
    """A02.FR.11: the answer goes before anything is signed."""
    station.household.trust.signer = desk = Desk()
    station.identify(Identity(serial="SN-1"))
    station.proved = 1
    asked = {"csr": CSR, "certificateType": "V2GCertificate", "requestId": 0}
    assert sign_certificate(station, asked, NOON) == {"status": "Accepted"}
    assert desk.asked == [Application("CP1", "SN-1", CSR, "V2GCertificate", proved=True)]
    assert events == [Event(Kind.CERTIFICATE, NOON, data={"csr": CSR, "kind": "V2GCertificate", "request": 0})]
    assert applied(station, events[0].data) == desk.asked[0]
    assert station.notices == {}


def test_without_a_kind_it_is_the_certificate_of_the_station(station: Station, events: list[Event]) -> None:
    station.household.trust.signer = Desk()
    sign_certificate(station, {"csr": CSR}, NOON)
    assert events[0].data == {"csr": CSR, "kind": None, "request": None}
    assert applied(station, {"csr": 5}) == Application("CP1", "", "", "ChargingStationCertificate")


def test_a_chain_is_cut_to_what_a_station_takes_from_its_end() -> None:
    chain = ONE + TWO + THREE
    assert fitting(chain, None) == chain
    assert fitting(chain, len(chain)) == chain
    assert fitting(chain, len(chain) - 1) == ONE + TWO
    assert fitting(chain, len(ONE)) == ONE
    for alone in (chain, ONE, "no certificate"):
        with pytest.raises(Invalid, match="takes 10 characters"):
            fitting(alone, 10)


def test_a_certificate_is_named_as_it_was_reported() -> None:
    assert certificate_hash(HASH) == CertificateHash("SHA256", "aa", "bb", "FFF")
    assert hashes(certificate_hash(HASH)) == HASH
