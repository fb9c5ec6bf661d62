"""Certificates that are listed, revoked, reloaded and taken elsewhere by actions."""

import asyncio
from http import HTTPStatus
from pathlib import Path
import ssl
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.const import CONF_PORT
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.ocpp_home.const import CONF_SECURITY_PROFILE, DOMAIN
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.csms.security.csr import SigningRequest
from custom_components.ocpp_home.hub import Hub
from tests.csms.wire.raw import Peer, handshake
from tests.household import HOST, hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")

PASSWORD = "correct horse"
ACTIONS: dict[str, dict[str, str]] = {
    "list_certificates": {},
    "reload_certificates": {},
    "revoke_certificate": {"serial_number": "1"},
    "export_authority": {"password": PASSWORD},
    "import_authority": {"password": PASSWORD, "pem": ""},
}


@pytest.fixture
async def hub(hass: HomeAssistant) -> Hub:
    return await set_up(hass, hub_entry(station_data("Garage", **{CONF_SECURITY_PROFILE: 3})))


async def do(hass: HomeAssistant, action: str, *, response: bool = True, **fields: Any) -> dict[str, Any]:
    """Call an action."""
    answer = await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=response)
    return dict(answer or {})


async def fetched(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, url: str) -> str:
    """Download a file."""
    client = await hass_client_no_auth()
    response = await client.get(url)
    assert response.status == HTTPStatus.OK
    return await response.text()


def signed(hub: Hub, folder: Path) -> ssl.SSLContext:
    """A station with the serial number Garage, which has a certificate of the home."""
    key = ec.generate_private_key(ec.SECP256R1())
    request = SigningRequest(key.public_key(), "Garage", "OCPP Home")
    chain = hub.certificates.authority.sign(request, "Garage", dt_util.utcnow())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "station.pem").write_text(chain + private.decode())
    context = ssl.create_default_context(cadata=hub.certificates.authority.pem)
    context.load_cert_chain(folder / "station.pem")
    return context


async def come(hub: Hub, context: ssl.SSLContext) -> Peer:
    """Dial in as the garage."""
    port = hub.entry.data[CONF_PORT]
    peer = Peer(*await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=HOST))
    await peer.ask(handshake("/Garage"))
    return peer


async def test_the_roots_are_given_as_text_and_as_a_file(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    told = await do(hass, "list_certificates")
    assert told["roots"] == hub.certificates.authority.pem
    assert (told["organisation"], told["issued"]) == ("OCPP Home", [])
    assert hub.certificates.not_after is not None
    assert told["server_not_after"] == hub.certificates.not_after.isoformat()
    assert await fetched(hass, hass_client_no_auth, told["url"]) == told["roots"]


async def test_a_revoked_certificate_ends_the_connection_and_counts_no_more(
    hass: HomeAssistant, hub: Hub, tmp_path: Path
) -> None:
    context = signed(hub, tmp_path)
    peer = await come(hub, context)
    assert peer.status == 101
    (issued,) = (await do(hass, "list_certificates"))["issued"]
    assert (issued["station"], issued["kind"], issued["revoked"]) == ("Garage", "ChargingStationCertificate", False)
    number = issued["serial_number"].upper()
    colons = ":".join(number[at : at + 2] for at in range(0, len(number), 2))
    await do(hass, "revoke_certificate", response=False, serial_number=colons)
    assert await peer.closed() == 1008
    assert (await come(hub, context)).status == 401
    assert [one["revoked"] for one in (await do(hass, "list_certificates"))["issued"]] == [True]
    assert Authority.restored(hub.vault.authority).revoked == {int(number, 16)}


async def test_another_certificate_of_a_station_is_not_touched(hass: HomeAssistant, hub: Hub, tmp_path: Path) -> None:
    signed(hub, tmp_path)
    peer = await come(hub, signed(hub, tmp_path))
    (lost, _) = (await do(hass, "list_certificates"))["issued"]
    await do(hass, "revoke_certificate", response=False, serial_number=lost["serial_number"])
    peer.say([2, "h", "Heartbeat", {}])
    while (await peer.hear())[:2] != [3, "h"]:
        pass
    peer.leave()


async def test_what_was_not_signed_cannot_be_revoked(hass: HomeAssistant, hub: Hub) -> None:
    with pytest.raises(ServiceValidationError, match="No certificate with this serial number"):
        await do(hass, "revoke_certificate", response=False, serial_number="4f2a")
    with pytest.raises(vol.Invalid):
        await do(hass, "revoke_certificate", response=False, serial_number="garbage")


async def test_certificates_are_reloaded(hass: HomeAssistant, hub: Hub) -> None:
    context = hub.certificates.entrance.context
    told = await do(hass, "reload_certificates")
    assert hub.certificates.not_after is not None
    assert told == {"server_not_after": hub.certificates.not_after.isoformat()}
    assert hub.certificates.entrance.context is not context


async def test_the_authority_is_taken_elsewhere(
    hass: HomeAssistant, hub: Hub, hass_client_no_auth: ClientSessionGenerator
) -> None:
    exported = await do(hass, "export_authority", password=PASSWORD)
    text = await fetched(hass, hass_client_no_auth, exported["url"])
    assert "BEGIN PRIVATE KEY" not in text
    other = Authority.imported(text, PASSWORD)
    assert other.pem == hub.certificates.authority.pem


async def test_an_authority_from_elsewhere_is_gone_on_with(hass: HomeAssistant, hub: Hub) -> None:
    elsewhere = Authority.create("Elsewhere", dt_util.utcnow())
    pem = elsewhere.export(PASSWORD)
    await do(hass, "import_authority", response=False, pem=pem, password=PASSWORD)
    await hass.async_block_till_done(wait_background_tasks=True)
    again: Hub = hub.entry.runtime_data
    assert again is not hub
    assert again.certificates.authority.pem == elsewhere.pem
    assert again.certificates.authority.organisation == "Elsewhere"
    context = ssl.create_default_context(cadata=elsewhere.pem)
    (await come(again, context)).leave()


async def test_what_is_no_export_changes_nothing(hass: HomeAssistant, hub: Hub) -> None:
    pem = hub.certificates.authority.export(PASSWORD)
    with pytest.raises(ServiceValidationError, match="cannot be imported: no export of an authority"):
        await do(hass, "import_authority", response=False, pem=pem, password="another horse")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hub.entry.runtime_data is hub


async def test_a_short_password_protects_no_keys(hass: HomeAssistant, hub: Hub) -> None:
    with pytest.raises(vol.Invalid):
        await do(hass, "export_authority", password="short")


@pytest.mark.parametrize("action", ACTIONS)
async def test_certificates_are_for_administrators(
    hass: HomeAssistant, hub: Hub, hass_read_only_user: MockUser, action: str
) -> None:
    response = action in ("list_certificates", "export_authority")
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            action,
            ACTIONS[action],
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
            return_response=response,
        )
