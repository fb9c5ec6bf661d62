"""OCPP 2.0.1 and 2.1, Diagnostics: logs and what is known of a customer (OCPP 2.0.1 ed. 3 - N01, N09, N10)."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from custom_components.ocpp_home.csms.model.commands import (
    CertificateHash,
    Customer,
    CustomerReference,
    Diagnostics,
    Transfer,
)
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.event import Kind
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Token, TokenType, Verdict
from tests.certification.stage import Dial, Diary, until
from tests.simulator import Oddities, Station as Simulated

FOLDER: Final = "https://127.0.0.1/logs"
SINCE, UNTIL = datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
CARD: Final = CustomerReference(token=Token("CARD-1", TokenType.ISO14443))
TOKEN: Final = {"idToken": {"idToken": "CARD-1", "type": "ISO14443"}}
KNOWN: Final = "CARD-1: Accepted"


def logs(garage: Station) -> Diagnostics:
    """The commands for logs."""
    found = garage.require().diagnostics
    assert found is not None
    return found


def customers(garage: Station) -> Customer:
    """The commands for what is known of customers."""
    found = garage.require().customer
    assert found is not None
    return found


# --- logs -------------------------------------------------------------------------------------------------------------
async def retrieves(station: Simulated, garage: Station, diary: Diary, log: str) -> None:
    """Ask for a log, and follow its upload to the end."""
    name = await logs(garage).upload(Transfer(FOLDER, retries=2, retry_interval=5, since=SINCE, until=UNTIL), log)
    (asked,) = station.asked("GetLog")
    place = {"remoteLocation": FOLDER, "oldestTimestamp": "2025-12-31T00:00:00Z"}
    assert asked == {
        "logType": log,
        "requestId": asked["requestId"],
        "log": place | {"latestTimestamp": "2026-01-01T00:00:00Z"},
        "retries": 2,
        "retryInterval": 5,
    }
    assert name == f"{log.lower()}-SIM-0001.log"
    await until(lambda: garage.log_status == "Uploaded")
    number = asked["requestId"]
    words = [{"status": word, "request": number} for word in ("Uploading", "Uploaded")]
    assert diary.data(Kind.LOG) == words


async def test_tc_n_25_retrieve_diagnostics_log(dial: Dial, garage: Station, diary: Diary) -> None:
    await retrieves(await dial(version="2.0.1"), garage, diary, "DiagnosticsLog")


async def test_tc_n_35_retrieve_security_log(dial: Dial, garage: Station, diary: Diary) -> None:
    await retrieves(await dial(version="2.0.1"), garage, diary, "SecurityLog")


async def test_tc_n_100_retrieve_data_collector_log(dial: Dial, garage: Station, diary: Diary) -> None:
    await retrieves(await dial(version="2.1"), garage, diary, "DataCollectorLog")


async def test_tc_n_34_retrieve_log_rejected(dial: Dial, garage: Station, diary: Diary) -> None:
    station = await dial(version="2.0.1", oddities=Oddities(answers={"GetLog": {"status": "Rejected"}}))
    with pytest.raises(Refused) as refusal:
        await logs(garage).upload(Transfer(FOLDER))
    assert refusal.value.status == "Rejected"
    assert len(station.asked("GetLog")) == 1
    assert (diary.data(Kind.LOG), garage.log_status) == ([], None)


async def test_tc_n_36_retrieve_log_second_request(dial: Dial, garage: Station, diary: Diary) -> None:
    answers = {"GetLog": {"status": "AcceptedCanceled", "filename": "second.log"}}
    station = await dial(version="2.0.1", oddities=Oddities(answers=answers))
    assert [await logs(garage).upload(Transfer(FOLDER)) for _ in range(2)] == ["second.log"] * 2
    first, second = (asked["requestId"] for asked in station.asked("GetLog"))
    assert first < second
    told = [(first, "AcceptedCanceled"), (second, "Uploading"), (second, "Uploaded")]
    for number, word in told:
        assert await station.send("LogStatusNotification", {"status": word, "requestId": number}) == {}
    assert [(data["request"], data["status"]) for data in diary.data(Kind.LOG)] == told
    assert garage.log_status == "Uploaded"


# --- customers --------------------------------------------------------------------------------------------------------
async def informed(garage: Station, who: CustomerReference = CARD, **flags: bool) -> str:
    """Ask what the station knows, with both flags."""
    return await customers(garage).information(who, **flags)


def flagged(station: Simulated, **wanted: Any) -> bool:
    """Whether the only request so far was this one."""
    (asked,) = station.asked("CustomerInformation")
    assert asked == {"requestId": asked["requestId"]} | wanted
    return True


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    """A station which remembers who was authorized."""
    station = await dial(version="2.0.1")
    assert await station.present_card("CARD-1") == "Accepted"
    assert "card-1" in station.tags.cache
    return station


async def test_tc_n_27_get_customer_information(station: Simulated, garage: Station) -> None:
    assert await informed(garage) == KNOWN
    assert flagged(station, **TOKEN, report=True, clear=False)


async def test_tc_n_28_get_customer_information_no_data(station: Simulated, garage: Station) -> None:
    assert await informed(garage, CustomerReference(token=Token("NOBODY", TokenType.ISO14443))) == ""
    assert [told["data"] for told in station.told("NotifyCustomerInformation")] == [""]


async def test_tc_n_29_get_customer_information_not_accepted(dial: Dial, garage: Station) -> None:
    answers = {"CustomerInformation": {"status": "Rejected"}}
    station = await dial(version="2.0.1", oddities=Oddities(answers=answers))
    with pytest.raises(Refused) as refusal:
        await informed(garage)
    assert refusal.value.status == "Rejected"
    assert station.told("NotifyCustomerInformation") == []


async def test_tc_n_30_clear_and_report(station: Simulated, garage: Station) -> None:
    assert await informed(garage, clear=True) == KNOWN
    assert flagged(station, **TOKEN, report=True, clear=True)
    assert "card-1" not in station.tags.cache
    assert await informed(garage) == ""


async def test_tc_n_31_clear_and_report_no_data(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1")
    assert await informed(garage, clear=True) == ""
    assert flagged(station, **TOKEN, report=True, clear=True)


async def test_tc_n_32_clear_and_no_report(station: Simulated, garage: Station) -> None:
    assert await informed(garage, report=False, clear=True) == ""
    assert flagged(station, **TOKEN, report=False, clear=True)
    assert "card-1" not in station.tags.cache


async def test_tc_n_46_clear_and_update_the_local_list(station: Simulated, garage: Station) -> None:
    listing = garage.require().local_list
    assert listing is not None
    await listing.send(1, {"CARD-1": Verdict(Decision.ACCEPTED), "CARD-2": Verdict(Decision.ACCEPTED)})
    await informed(garage, clear=True)
    gone = [{"idToken": {"idToken": "CARD-1", "type": "Central"}}]
    assert station.asked("SendLocalList")[-1] == {
        "versionNumber": 2,
        "updateType": "Differential",
        "localAuthorizationList": gone,
    }
    assert (sorted(station.tags.listed), await listing.version()) == (["card-2"], 2)
    assert await informed(garage) == ""


async def test_tc_n_62_clear_and_report_customer_identifier(station: Simulated, garage: Station) -> None:
    assert await informed(garage, CustomerReference(identifier="CARD-1"), clear=True) == KNOWN
    assert flagged(station, customerIdentifier="CARD-1", report=True, clear=True)
    assert "card-1" not in station.tags.cache


async def test_tc_n_63_clear_and_report_customer_certificate(station: Simulated, garage: Station) -> None:
    which = CertificateHash("SHA256", "aabbccdd" * 8, "ddccbbaa" * 8, "1234")
    assert await informed(garage, CustomerReference(certificate=which), clear=True) == ""
    told = {"issuerNameHash": "aabbccdd" * 8, "issuerKeyHash": "ddccbbaa" * 8, "serialNumber": "1234"}
    assert flagged(station, customerCertificate={"hashAlgorithm": "SHA256"} | told, report=True, clear=True)
