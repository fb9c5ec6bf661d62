"""Files and contracts: logs that Home Assistant takes itself, firmware it has looked at, and whose contracts count."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.core import Event
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.ocpp_home.const import DOMAIN, EVENT_FILE
from tests.pki import root
from tests.simulator import Oddities, Station
from tests.simulator.trust import Trust

from .home import Home

OURS = "http://127.0.0.1:8123"


@pytest.fixture(autouse=True)
async def _address(home: Home, tmp_path: Path) -> None:
    home.hass.config.config_dir = str(tmp_path)
    await home.hass.config.async_update(internal_url=OURS)


async def household(home: Home, action: str, **fields: Any) -> dict[str, Any]:
    answer = await home.hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
    assert isinstance(answer, dict)
    return answer


async def test_a_security_log_comes_to_home_assistant_and_is_downloaded(
    home: Home, garage: Station, hass_client_no_auth: ClientSessionGenerator
) -> None:
    told: list[Event] = []
    home.hass.bus.async_listen(EVENT_FILE, told.append)
    answer = await home.do("get_diagnostics", log="SecurityLog")
    assert answer == {"GARAGE": {"file_name": "securitylog-SIM-0001.log"}}
    (asked,) = garage.asked("GetLog")
    place = asked["log"]["remoteLocation"]
    assert place.startswith(f"{OURS}/api/ocpp_home/upload/")
    client = await hass_client_no_auth()
    assert (await client.put(place.removeprefix(OURS), data=b"2026-11-25 TamperDetectionActivated")).status == 201
    await home.hass.async_block_till_done()
    (event,) = told
    (file,) = (await household(home, "list_uploads"))["files"]
    assert event.data == {"station": "GARAGE", "file_name": file["file_name"]}
    assert file["size"] == 35
    assert await (await client.get(file["url"])).read() == b"2026-11-25 TamperDetectionActivated"


async def test_an_address_is_worth_nothing_when_the_station_does_not_send(
    home: Home, hass_client_no_auth: ClientSessionGenerator
) -> None:
    async with home.station(oddities=Oddities(answers={"GetLog": {"status": "Rejected"}})) as garage:
        with pytest.raises(HomeAssistantError, match="Rejected"):
            await home.do("get_diagnostics")
        (asked,) = garage.asked("GetLog")
    path = asked["log"]["remoteLocation"].removeprefix(OURS)
    assert (await (await hass_client_no_auth()).put(path, data=b"x")).status == 404


async def test_without_an_address_of_its_own_home_assistant_takes_nothing(home: Home, garage: Station) -> None:
    await home.hass.config.async_update(internal_url=None)
    home.hass.config.api = None
    with pytest.raises(HomeAssistantError) as error:
        await home.do("get_diagnostics")
    assert error.value.translation_key == "no_own_address"
    assert garage.asked("GetLog") == []


# --- firmware ---------------------------------------------------------------------------------------------------------
FILE = b"firmware " * 100


@pytest.fixture
async def place(socket_enabled: None) -> AsyncGenerator[str]:
    """Where a firmware lies."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=FILE)

    application = web.Application()
    application.router.add_get("/1.bin", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/1.bin"
    await runner.cleanup()


def signed(content: bytes = FILE) -> dict[str, str]:
    maker = root("Maker")
    assert isinstance(maker.key, ec.EllipticCurvePrivateKey)
    signature = maker.key.sign(content, ec.ECDSA(hashes.SHA256()))
    return {"signing_certificate": maker.pem, "signature": b64encode(signature).decode()}


async def test_firmware_is_looked_at_before_a_station_hears_of_it(home: Home, garage: Station, place: str) -> None:
    answer = await home.do("update_firmware", location=place, **signed())
    assert answer == {"GARAGE": {"verified": True}}
    assert garage.asked("SignedUpdateFirmware")[0]["firmware"]["location"] == place


async def test_firmware_with_the_signature_of_another_is_not_sent(home: Home, garage: Station, place: str) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await home.do("update_firmware", location=place, **signed(b"another"))
    assert error.value.translation_placeholders == {"reason": "signature_wrong"}
    assert garage.asked("SignedUpdateFirmware") == []


# --- contracts --------------------------------------------------------------------------------------------------------
async def test_an_authority_is_trusted_until_it_is_removed(home: Home) -> None:
    one, other = root("V2G Root"), root("MO Root")
    assert await household(home, "list_contract_authorities") == {"authorities": []}
    told = await household(home, "add_contract_authority", certificate=one.pem + other.pem)
    await household(home, "add_contract_authority", certificate=one.pem)
    assert [entry["name"] for entry in told["authorities"]] == ["CN=V2G Root,O=Home", "CN=MO Root,O=Home"]
    assert await household(home, "list_contract_authorities") == told
    assert home.hub.vault.roots == (one.pem, other.pem)
    number = told["authorities"][0]["serial_number"].upper()
    remove = {"serial_number": number}
    await home.hass.services.async_call(DOMAIN, "remove_contract_authority", remove, blocking=True)
    assert [root.subject for root in home.hub.plug_and_charge.roots] == [other.certificate.subject]
    with pytest.raises(ServiceValidationError) as error:
        await home.hass.services.async_call(DOMAIN, "remove_contract_authority", remove, blocking=True)
    assert error.value.translation_key == "no_such_certificate"


@pytest.mark.parametrize("what", ["none", "leaf", "many"])
async def test_what_is_no_authority_is_not_trusted(home: Home, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.ocpp_home.plug_and_charge.MOST", 1)
    chain = {
        "none": "no certificate",
        "leaf": root().sign(garage_request()),
        "many": root("V2G Root").pem + root("MO Root").pem,
    }[what]
    with pytest.raises(ServiceValidationError):
        await household(home, "add_contract_authority", certificate=chain)
    assert home.hub.plug_and_charge.roots == ()


def garage_request() -> str:
    return Trust().request("ChargePoint", "Home", "SIM-0001")
