"""OCPP 2.0.1, Authorization (OCPP 2.0.1 ed. 3 - C01, C09 to C12, C16)."""

import pytest

from custom_components.ocpp_home.csms.central import Central
from custom_components.ocpp_home.csms.ledger import Ledger
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.token import Decision, Verdict
from tests.certification.stage import Dial, admit, books_agree
from tests.simulator import Hardware, Oddities, Station as Simulated

FAMILY = Verdict(Decision.ACCEPTED, group="FAMILY")
MASTER = {"AuthCtrlr.MasterPassGroupId": "MASTER"}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


async def refused(station: Simulated, ledger: Ledger, decision: Decision) -> None:
    """A card is refused in these words, and nothing starts."""
    await station.plug_in()
    assert await station.present_card("CARD-1") == decision.value
    (told,) = station.told("Authorize")
    assert told["idToken"]["idToken"] == "CARD-1"
    assert await books_agree(ledger, station) == []


async def test_tc_c_02_local_start_invalid(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    admit(central, garage, **{"CARD-2": Verdict(Decision.ACCEPTED)})
    await refused(station, ledger, Decision.INVALID)


async def test_tc_c_06_local_start_blocked(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    admit(central, garage, **{"CARD-1": Verdict(Decision.BLOCKED)})
    await refused(station, ledger, Decision.BLOCKED)


async def test_tc_c_07_local_start_expired(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    admit(central, garage, **{"CARD-1": Verdict(Decision.EXPIRED)})
    await refused(station, ledger, Decision.EXPIRED)


async def test_tc_c_08_authorization_through_cache_accepted(
    dial: Dial, central: Central, garage: Station, ledger: Ledger
) -> None:
    station = await dial(version="2.0.1", **{"AuthCtrlr.LocalPreAuthorize": "true"})
    admit(central, garage, **{"CARD-1": Verdict(Decision.ACCEPTED)})
    for _ in range(2):
        await station.start()
        await station.stop()
        await station.unplug()
    assert len(station.told("Authorize")) == 1, "the second time the station knows the card"
    recorded = await books_agree(ledger, station)
    assert [(one.token, one.reason) for one in recorded] == [("CARD-1", "Local")] * 2


async def test_tc_c_20_authorization_through_cache_invalid(
    dial: Dial, central: Central, garage: Station, ledger: Ledger
) -> None:
    station = await dial(version="2.0.1", **{"AuthCtrlr.LocalPreAuthorize": "true"})
    admit(central, garage, **{"CARD-2": Verdict(Decision.ACCEPTED)})
    await station.plug_in()
    assert await station.present_card("CARD-1") == "Invalid"
    assert await station.present_card("CARD-1") == "Invalid"
    assert len(station.told("Authorize")) == 2, "what is not accepted is asked for again"
    assert await books_agree(ledger, station) == []


async def test_tc_c_37_clear_cache_accepted(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", **{"AuthCtrlr.LocalPreAuthorize": "true"})
    await station.start()
    await station.stop()
    await garage.require().remote.clear_cache()
    assert station.asked("ClearCache") == [{}]
    await station.unplug()
    await station.start()
    assert len(station.told("Authorize")) == 2, "the station has forgotten the card"


async def test_tc_c_38_clear_cache_rejected(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", oddities=Oddities(answers={"ClearCache": {"status": "Rejected"}}))
    with pytest.raises(Refused) as refusal:
        await garage.require().remote.clear_cache()
    assert refusal.value.status == "Rejected"
    assert station.asked("ClearCache") == [{}]


async def test_tc_c_39_authorization_by_group_id(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    admit(central, garage, **{"CARD-1": FAMILY, "CARD-2": FAMILY})
    await station.start()
    assert await station.present_card("CARD-2", 1) == "Accepted"
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.token, recorded.stop_token, recorded.active) == ("CARD-1", "CARD-2", False)


async def test_tc_c_40_group_id_with_local_list(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    admit(central, garage, **{"CARD-1": FAMILY, "CARD-2": FAMILY})
    local = garage.require().local_list
    assert local is not None
    await local.send(1, {"CARD-1": FAMILY, "CARD-2": FAMILY})
    await station.start()
    assert await station.present_card("CARD-2", 1) == "Accepted"
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.token, recorded.stop_token, recorded.active) == ("CARD-1", "CARD-2", False)
    (sent,) = station.asked("SendLocalList")
    groups = [entry["idTokenInfo"]["groupIdToken"]["idToken"] for entry in sent["localAuthorizationList"]]
    assert groups == ["FAMILY", "FAMILY"]


async def test_tc_c_43_group_id_invalid_with_local_list(
    station: Simulated, central: Central, garage: Station, ledger: Ledger
) -> None:
    invalid = Verdict(Decision.INVALID, group="FAMILY")
    admit(central, garage, **{"CARD-1": FAMILY, "CARD-2": invalid})
    local = garage.require().local_list
    assert local is not None
    await local.send(1, {"CARD-1": FAMILY, "CARD-2": invalid})
    await station.start()
    assert await station.present_card("CARD-2", 1) == "Invalid"
    (recorded,) = await books_agree(ledger, station)
    assert recorded.active


async def test_tc_c_49_stop_with_master_pass_without_ui(
    dial: Dial, central: Central, garage: Station, ledger: Ledger
) -> None:
    station = await dial(version="2.0.1", hardware=Hardware(evses=2), **MASTER)
    admit(central, garage, **{"CARD-1": FAMILY, "CHIEF": Verdict(Decision.ACCEPTED, group="MASTER")})
    await station.start()
    assert await station.present_card("CHIEF", 1) == "Accepted"
    (recorded,) = await books_agree(ledger, station)
    assert (recorded.reason, recorded.stop_token) == ("MasterPass", "CHIEF")
    assert garage.evse(1).transaction is None
