"""Paying through a page whose address a station shows (OCPP 2.1 ed. 1 - C25)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.ocpp_home.csms.dialogue.call import Caller
from custom_components.ocpp_home.csms.model.blocks import Visit
from custom_components.ocpp_home.csms.model.commands import Commands
from custom_components.ocpp_home.csms.model.errors import Invalid, Refused, Unsupported
from custom_components.ocpp_home.csms.model.session_limit import SessionLimit
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2.configuration import Configuration
from custom_components.ocpp_home.csms.v2.remote import Remote
from custom_components.ocpp_home.csms.v2.web_payment import KEY, offer, one_time_password, visit
from tests.csms.peer import Payload, Peer

SECRET = "a shared secret"
TEMPLATE = "https://pay.example/{chargingstationid}/{evse}/{totp}/{version}"
NOW = datetime(2026, 6, 1, 12, 0, 10, tzinfo=UTC)


def test_a_one_time_password_is_made_as_the_specification_says() -> None:
    """C25, TOTP algorithm, version 1: HMAC-SHA256 of 59343840, big-endian, from the byte its last one points to."""
    assert one_time_password(SECRET, 1780315210.9) == "503jPGBH"
    assert len(one_time_password(SECRET, 0, 60, 12)) == 12


@pytest.fixture
def shown(station: Station) -> Station:
    """A station that shows an address."""
    station.evse(1)
    station.keep(KEY, {"template": TEMPLATE, "secret": SECRET})
    return station


def address(late: float = 0, *, name: str = "CP1", evse: object = 1, version: str = "v1", query: str = "") -> str:
    totp = one_time_password(SECRET, (NOW + timedelta(seconds=late)).timestamp())
    return f"https://pay.example/{name}/{evse}/{totp}/{version}{query}"


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("", SessionLimit()),
        ("/?maxenergy=20000&colour=red", SessionLimit(energy=20000)),
        ("?maxtime=3600&maxcost=12.5", SessionLimit(time=3600, cost=12.5)),
    ],
)
def test_an_address_tells_where_and_how_much(shown: Station, query: str, limit: SessionLimit) -> None:
    """C25.FR.07, C25.FR.09, C25.FR.59, C25.FR.60."""
    assert visit(shown, address(query=query), NOW) == Visit(1, limit)


@pytest.mark.parametrize(("late", "valid"), [(-61, False), (-30, True), (30, True), (61, False)])
def test_a_password_is_good_for_a_moment(shown: Station, late: float, valid: bool) -> None:
    """C25.FR.07, C25.FR.08: those of the neighbouring intervals are, too."""
    if valid:
        assert visit(shown, address(late), NOW).evse == 1
        return
    with pytest.raises(Refused) as refusal:
        visit(shown, address(late), NOW)
    assert refusal.value.status == "InvalidTotp"


@pytest.mark.parametrize(
    "url",
    [
        address(name="CP2"),
        address(version="v2"),
        address(evse=7),
        address(evse="one"),
        address(query="?maxenergy=much"),
        address(query="?maxcost=-1"),
        address(query="?maxtime=inf"),
        address(query="/more"),
        "https://elsewhere.example/CP1/1/x/v1",
        "",
    ],
)
def test_an_address_that_is_none_of_the_stations_is_invalid(shown: Station, url: str) -> None:
    """C25.FR.08, C25.FR.09."""
    with pytest.raises(Invalid):
        visit(shown, url, NOW)


def test_an_address_need_not_tell_the_evse(shown: Station) -> None:
    template = "https://pay.example/?cs={chargingstationid}&p={totp}&v={version}&again={version}"
    shown.keep(KEY, {"template": template, "secret": SECRET})
    totp = one_time_password(SECRET, NOW.timestamp())
    url = f"https://pay.example/?cs=CP1&p={totp}&v=v1&again=v1"
    assert visit(shown, url, NOW) == Visit()
    with pytest.raises(Invalid):
        visit(shown, url.replace("again=v1", "again=v2"), NOW)


def test_where_no_address_is_shown_none_is_valid(station: Station) -> None:
    with pytest.raises(Invalid, match="no address"):
        visit(station, address(), NOW)


class Shop:
    """A station that shows addresses, as far as it tells."""

    def __init__(self, station: Station, call: Caller, peer: Peer, *known: str) -> None:
        station.connect("2.1", Commands(Remote(station, call), Configuration(station, call)))
        for name in known:
            station.variables.put(Variable(VariableKey("WebPaymentsCtrlr", name), ""))
        self.refused = ""
        peer.answers["SetVariables"] = self.set

    def set(self, payload: Payload) -> Payload:
        return {"setVariableResult": [self._result(asked) for asked in payload["setVariableData"]]}

    def _result(self, asked: dict[str, Any]) -> Payload:
        status = "Rejected" if asked["variable"]["name"] == self.refused else "Accepted"
        return {part: asked[part] for part in ("component", "variable")} | {"attributeStatus": status}


def written(peer: Peer) -> dict[str, str]:
    data = [asked for told in peer.told("SetVariables") for asked in told["setVariableData"]]
    return {asked["variable"]["name"]: asked["attributeValue"] for asked in data}


async def test_a_station_is_given_an_address_and_a_secret(station: Station, call: Caller, peer: Peer) -> None:
    """C25.FR.50."""
    Shop(station, call, peer, "URLTemplate", "Enabled")
    await offer(station, TEMPLATE)
    told = written(peer)
    secret = told.pop("SharedSecret")
    assert len(secret) >= 32
    rest = {"URLTemplate": TEMPLATE, "TOTPVersion": "v1", "ValidityTime": "30", "Length": "8", "Enabled": "true"}
    assert told == rest
    assert station.variables.text("SharedSecret", "WebPaymentsCtrlr") is None
    totp = one_time_password(secret, NOW.timestamp())
    station.evse(1)
    assert visit(station, f"https://pay.example/CP1/1/{totp}/v1", NOW) == Visit(1)


async def test_an_address_that_is_not_taken_is_not_valid(station: Station, call: Caller, peer: Peer) -> None:
    Shop(station, call, peer, "URLTemplate").refused = "Length"
    with pytest.raises(Refused, match="Length"):
        await offer(station, TEMPLATE)
    assert "Enabled" not in written(peer)
    assert station.ledger.recall("CP1", KEY) is None


@pytest.mark.parametrize(
    "template", ["https://pay.example/{chargingstationid}/{version}", TEMPLATE.replace("https", "http")]
)
async def test_an_address_proves_that_it_is_the_stations(
    station: Station, call: Caller, peer: Peer, template: str
) -> None:
    """C25.FR.50."""
    Shop(station, call, peer, "URLTemplate")
    with pytest.raises(Invalid, match="totp"):
        await offer(station, template)
    assert peer.asked == []


async def test_a_station_without_a_display_for_it_is_left_alone(station: Station, call: Caller, peer: Peer) -> None:
    Shop(station, call, peer)
    with pytest.raises(Unsupported):
        await offer(station, TEMPLATE)
    assert peer.asked == []
