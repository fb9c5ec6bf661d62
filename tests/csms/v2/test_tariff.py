"""Costs and tariffs."""

from datetime import UTC, datetime

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.blocks import TariffAssignment
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused
from custom_components.ocpp_home.csms.model.price import Price, Pricing
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.remote import Remote
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


PRICE = Price.of(datetime(2026, 6, 1, tzinfo=UTC), "EUR", "0.2899")
CONTROLLER = "TariffCostCtrlr"


def has(station: Station, name: str, value: str, instance: str = "", component: str = CONTROLLER) -> None:
    """Let the station report a variable."""
    station.variables.put(Variable(VariableKey(component, name, instance=instance), value))


def has_all(station: Station, told: str) -> None:
    """`Enabled.Cost=true Available.Cost=false`."""
    for name, value in (item.split("=") for item in told.split()):
        has(station, name.split(".")[0], value, "".join(name.split(".")[1:]))


@pytest.mark.parametrize(
    ("version", "told", "shown"),
    [
        ("2.0.1", "", False),
        ("2.0.1", "Enabled.Cost=true", True),
        ("2.0.1", "Available.Cost=true", True),
        ("2.0.1", "Available.Cost=true Enabled.Cost=false", False),
        ("2.1", "", False),
        ("2.1", "Enabled.Cost=true", True),
        ("2.1", "Enabled.Cost=true Enabled.Tariff=true", False),
        ("2.1", "Available.Cost=true Enabled.Cost=false Enabled.Tariff=true", True),
        ("2.1", "Available.Cost=false Enabled.Cost=false", False),
    ],
)
def test_a_station_shows_what_it_is_told_unless_it_reckons_by_itself(
    call: Caller, station: Station, version: str, told: str, shown: bool
) -> None:
    """2.0.1 - 2.10.4, 2.10.5; 2.1 - 2.12.4, 2.12.5."""
    station.version = version
    has_all(station, told)
    assert Costs(call).shown is shown


def test_a_station_of_2_1_with_a_display_shows_costs(call: Caller, station: Station) -> None:
    station.version = "2.1"
    has(station, "Available", "true", component="DisplayMessageCtrlr")
    assert (Costs(call).shown, Costs(call).final) == (True, False)


@pytest.fixture
def written(peer: Peer) -> list[dict[str, str]]:
    """The variables that are written, as they come."""
    found: list[dict[str, str]] = []

    def answer(payload: Payload) -> Payload:
        data = payload["setVariableData"]
        found.extend({one["variable"]["name"]: one["attributeValue"]} for one in data)
        kept = [{name: one[name] for name in ("component", "variable")} for one in data]
        return {"setVariableResult": [one | {"attributeStatus": "Accepted"} for one in kept]}

    peer.answers["SetVariables"] = answer
    return found


@pytest.fixture
def costs(call: Caller, station: Station) -> Costs:
    station.connect("2.1", Commands(Remote(station, call), Configuration(station, call)))
    return Costs(call)


async def test_the_currency_and_the_price_in_words_are_written_where_they_differ(
    costs: Costs, station: Station, peer: Peer, written: list[dict[str, str]]
) -> None:
    await costs.prepare(Pricing(PRICE, post=True))
    assert peer.asked == []
    has_all(station, "Currency=USD TariffFallbackMessage=free")
    for _ in range(2):
        await costs.prepare(Pricing(PRICE, post=True))
    assert written == [{"Currency": "EUR"}, {"TariffFallbackMessage": "0.2899 EUR/kWh"}]
    await costs.greet("CARD", PRICE)
    assert set(peer.actions()) == {"SetVariables"}


@pytest.mark.parametrize(
    "pricing", [Pricing(post=True), Pricing(PRICE), Pricing(Price(PRICE.at, "EUR", None), post=True)]
)
async def test_a_price_that_is_not_to_be_set_or_not_known_stays_away(
    costs: Costs, station: Station, peer: Peer, pricing: Pricing
) -> None:
    has_all(station, "Currency=EUR TariffFallbackMessage=free Enabled.Tariff=true")
    await costs.prepare(pricing)
    assert peer.asked == []


async def test_i07_fr_04_the_price_is_installed_as_a_tariff_once(costs: Costs, station: Station, peer: Peer) -> None:
    """I07.FR.12, I08.FR.08."""
    has(station, "Enabled", "true", "Tariff")
    peer.answers |= {"GetTariffs": {"status": "NoTariff"}, "SetDefaultTariff": YES}
    await costs.prepare(Pricing(PRICE, post=True))
    name = "home-EUR-289900"
    tariff = {"tariffId": name, "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.2899}]}}
    assert peer.told("SetDefaultTariff") == [{"evseId": 0, "tariff": tariff}]
    told = [{"tariffId": name, "tariffKind": "DefaultTariff", "evseIds": [1]}]
    peer.answers["GetTariffs"] = YES | {"tariffAssignments": told}
    await costs.prepare(Pricing(PRICE, post=True))
    assert peer.actions() == ["GetTariffs", "SetDefaultTariff", "GetTariffs"]
