"""Costs and tariffs."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.blocks import TariffAssignment
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.v2.tariff import Costs, Tariffs
from tests.csms.peer import Payload, Peer

TARIFF: Payload = {"tariffId": "T1", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.3}]}}
YES = {"status": "Accepted"}


@pytest.fixture
def tariffs(call: Caller) -> Tariffs:
    return Tariffs(call)


async def test_i02_fr_01_a_running_cost_is_told(old_call: Caller, old_peer: Peer) -> None:
    """I02.FR.01, I03.FR.04: 0 is free."""
    old_peer.answers["CostUpdated"] = {}
    await Costs(old_call).cost("tx-1", 0.0)
    assert old_peer.asked == [("CostUpdated", {"transactionId": "tx-1", "totalCost": 0.0})]


async def test_a_default_tariff_is_installed(tariffs: Tariffs, peer: Peer) -> None:
    """I07.FR.10, I07.FR.12."""
    peer.answers["SetDefaultTariff"] = YES
    await tariffs.set_default(0, TARIFF)
    assert peer.asked == [("SetDefaultTariff", {"evseId": 0, "tariff": TARIFF})]


@pytest.mark.parametrize("word", ["TooManyElements", "ConditionNotSupported", "DuplicateTariffId", "Rejected"])
async def test_a_tariff_may_be_refused(tariffs: Tariffs, peer: Peer, word: str) -> None:
    """I07.FR.02 to I07.FR.05."""
    peer.answers["SetDefaultTariff"] = {"status": word}
    with pytest.raises(Refused, match=word):
        await tariffs.set_default(0, TARIFF)


async def test_installed_tariffs_are_told(tariffs: Tariffs, peer: Peer) -> None:
    """I09.FR.01, I09.FR.04, I09.FR.05, I09.FR.07."""
    told = [
        {"tariffId": "T1", "tariffKind": "DefaultTariff", "evseIds": [1, 2], "validFrom": "2027-01-01T00:00:00Z"},
        {"tariffId": "T2", "tariffKind": "DriverTariff", "idTokens": ["AABB"]},
    ]
    peer.answers["GetTariffs"] = YES | {"tariffAssignments": told}
    assert await tariffs.installed() == [
        TariffAssignment("T1", "DefaultTariff", (1, 2), (), datetime(2027, 1, 1, tzinfo=UTC)),
        TariffAssignment("T2", "DriverTariff", (), ("AABB",)),
    ]
    peer.answers["GetTariffs"] = {"status": "NoTariff"}
    assert await tariffs.installed(2) == []
    assert peer.asked == [("GetTariffs", {"evseId": 0}), ("GetTariffs", {"evseId": 2})]


async def test_tariffs_are_removed(tariffs: Tariffs, peer: Peer) -> None:
    """I10."""
    peer.answers["ClearTariffs"] = {"clearTariffsResult": [{"status": "NoTariff"}]}
    await tariffs.clear()
    peer.answers["ClearTariffs"] = {"clearTariffsResult": [YES, {"status": "Rejected", "tariffId": "T2"}]}
    with pytest.raises(Refused, match="Rejected: T2"):
        await tariffs.clear(["T1", "T2"], 1)
    assert peer.asked == [("ClearTariffs", {}), ("ClearTariffs", {"tariffIds": ["T1", "T2"], "evseId": 1})]


async def test_a_running_transaction_gets_another_tariff(tariffs: Tariffs, peer: Peer) -> None:
    """I11."""
    peer.answers["ChangeTransactionTariff"] = YES
    await tariffs.change("tx-1", TARIFF)
    assert peer.asked == [("ChangeTransactionTariff", {"transactionId": "tx-1", "tariff": TARIFF})]
    peer.answers["ChangeTransactionTariff"] = {"status": "TxNotFound"}
    with pytest.raises(Refused, match="TxNotFound"):
        await tariffs.change("tx-2", TARIFF)


async def test_i08_fr_08_another_tariff_has_another_id(tariffs: Tariffs, peer: Peer) -> None:
    """I08.FR.08."""
    dearer: Payload = TARIFF | {"energy": {"prices": [{"priceKwh": 0.4}]}}
    peer.answers |= {"SetDefaultTariff": {"status": "Rejected"}, "ChangeTransactionTariff": YES}
    with pytest.raises(Refused):
        await tariffs.set_default(0, dearer)
    peer.answers["SetDefaultTariff"] = YES
    await tariffs.set_default(0, TARIFF)
    await tariffs.set_default(1, TARIFF)
    asked = len(peer.asked)
    with pytest.raises(Invalid, match="T1 has been another tariff"):
        await tariffs.set_default(0, dearer)
    with pytest.raises(Invalid, match=r"I08\.FR\.08"):
        await tariffs.change("tx-1", dearer)
    assert len(peer.asked) == asked
    await tariffs.change("tx-1", dearer | {"tariffId": "T2"})
