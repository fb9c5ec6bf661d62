"""Stations are shown certificates that they can trust from the first start on, and notice nothing when these change."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
import ssl
import tempfile
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.ocpp_home.const import (
    CONF_CERTIFICATE,
    CONF_CERTIFICATE_FILE,
    CONF_KEY_FILE,
    CONF_LEGACY_TLS,
    CONF_TLS,
    CONF_TLS_NAMES,
    CONF_TLS_PORT,
    CONF_TRUSTED_FILE,
    DOMAIN,
)
from custom_components.ocpp_home.csms.model.trust import Application
from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.authority import Authority, Chain
from custom_components.ocpp_home.csms.security.csr import SigningRequest
from custom_components.ocpp_home.hub import Hub
from tests.csms.wire.raw import Peer, handshake
from tests.household import HOST, free_port, hub_entry, set_up, station_data

pytestmark = pytest.mark.usefixtures("socket_enabled")


def trusting(pem: str) -> ssl.SSLContext:
    """A station that trusts these roots."""
    return ssl.create_default_context(cadata=pem)


async def dial(port: int, pem: str, name: str = HOST) -> Peer:
    """Connect with TLS under a name."""
    return Peer(*await asyncio.open_connection("127.0.0.1", port, ssl=trusting(pem), server_hostname=name))


async def enter(hub: Hub, port: int = 0, name: str = HOST) -> Peer:
    """Come in with TLS as a station that trusts the home."""
    peer = await dial(port or hub.entry.data[CONF_PORT], hub.certificates.authority.pem, name)
    await peer.ask(handshake("/Garage"))
    assert peer.status == 101
    return peer


async def served(peer: Peer) -> None:
    """The connection is still there, and served."""
    peer.say([2, "h", "Heartbeat", {}])
    while (await peer.hear())[:2] != [3, "h"]:
        pass


def shown(peer: Peer) -> x509.Certificate:
    """The certificate of the server."""
    return x509.load_der_x509_certificate(peer.writer.get_extra_info("ssl_object").getpeercert(binary_form=True))


async def change(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """The owner changes preferences."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await hass.async_block_till_done(wait_background_tasks=True)


def issues(hass: HomeAssistant) -> Mapping[str, str]:
    """The repairs about certificates and ports, and what they say."""
    return {
        issue.translation_key or "": (issue.translation_placeholders or {}).get("reason", "")
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and "reason" in (issue.translation_placeholders or {})
    }


def written(folder: Path, chain: Chain, name: str = "given") -> dict[str, str]:
    """Put a certificate into files, and name them as options do."""
    (folder / f"{name}.pem").write_text(chain.certificates)
    (folder / f"{name}.key").write_text(chain.key)
    return {
        CONF_CERTIFICATE: "files",
        CONF_CERTIFICATE_FILE: str(folder / f"{name}.pem"),
        CONF_KEY_FILE: str(folder / f"{name}.key"),
    }


def public(now: datetime, life: timedelta = timedelta(days=90)) -> tuple[str, Chain]:
    """A public authority: its roots, and a certificate of it that holds for so long."""
    then = now + life - issuing.SERVER_LIFE
    authority = Authority.create("Public", then, lambda family, _: issuing.new_key(family, 2048))
    return authority.pem, authority.server([HOST], then)[1]


async def test_a_station_may_come_encrypted_from_the_first_start_on(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("Garage")))
    peer = await enter(hub)
    certificate = shown(peer)
    peer.leave()
    assert certificate.subject.rfc4514_string() == f"CN={HOST},O=OCPP Home"
    plain = await Peer.enter(hub.entry.data[CONF_PORT], handshake("/Garage"))
    assert plain.status == 101
    plain.leave()


async def test_the_certificate_has_every_name_a_station_may_dial(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://home.lan:8123"
    hass.config.external_url = "https://home.example.org"
    hub = await set_up(hass, hub_entry(options={CONF_TLS_NAMES: ["tunnel.example"]}))
    names = ("home.lan", "home.example.org", "homeassistant.local", "tunnel.example")
    for name in names:
        (await enter(hub, name=name)).leave()
    with pytest.raises(ssl.SSLCertVerificationError):
        await enter(hub, name="elsewhere.example")


async def test_the_authority_outlives_a_restart(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    roots, certificate = hub.certificates.authority.pem, shown(await enter(hub))
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again: Hub = entry.runtime_data
    assert again is not hub
    assert again.certificates.authority.pem == roots
    peer = await enter(again)
    assert shown(peer) == certificate
    peer.leave()


async def test_what_the_vault_holds_may_be_no_authority(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    entry = hub_entry()
    key = f"{DOMAIN}.{entry.entry_id}"
    hass_storage[key] = {"version": 1, "key": key, "data": {"authority": {"roots": []}}}
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "no certificate authority" in (entry.reason or "")


async def test_another_address_gets_another_certificate_and_drops_nobody(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    peer = await enter(hub)
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_HOST: "new.lan"})
    await hass.async_block_till_done(wait_background_tasks=True)
    newcomer = await dial(entry.data[CONF_PORT], hub.certificates.authority.pem, "new.lan")
    assert shown(newcomer) != shown(peer)
    await served(peer)
    for one in (peer, newcomer):
        one.leave()


async def test_preferences_about_something_else_touch_no_certificate(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    context = hub.certificates.entrance.context
    await change(hass, entry, publish_interval=7)
    assert hub.certificates.entrance.context is context
    await change(hass, entry, **{CONF_TLS_NAMES: ["tunnel.example"]})
    assert hub.certificates.entrance.context is not context


async def test_the_own_certificate_is_renewed_in_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    hub = await set_up(hass, hub_entry())
    first = hub.certificates.not_after
    assert first is not None
    freezer.move_to(first - timedelta(days=200))
    await night(hass)
    assert hub.certificates.not_after == first
    freezer.move_to(first - timedelta(days=170))
    await night(hass)
    assert hub.certificates.not_after is not None
    assert hub.certificates.not_after > first + timedelta(days=500)
    assert issues(hass) == {}
    kept = Authority.restored(hub.vault.authority)
    assert kept.server([*hub.certificates.authority.served], dt_util.utcnow())[0].not_after > first


async def night(hass: HomeAssistant) -> None:
    """Let it be the next night."""
    now = dt_util.now()
    tonight = now.replace(hour=4, minute=23, second=0, microsecond=0)
    async_fire_time_changed(hass, (tonight if tonight > now else tonight + timedelta(days=1)) + timedelta(seconds=1))
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_given_certificate_is_shown(hass: HomeAssistant, tmp_path: Path) -> None:
    roots, chain = public(dt_util.utcnow())
    hub = await set_up(hass, hub_entry(options=written(tmp_path, chain)))
    peer = await dial(hub.entry.data[CONF_PORT], roots)
    assert shown(peer) == x509.load_pem_x509_certificate(chain.certificates.encode())
    assert hub.certificates.not_after == chain.not_after
    peer.leave()


async def test_the_certificate_of_the_pages_is_shown(hass: HomeAssistant, tmp_path: Path) -> None:
    roots, chain = public(dt_util.utcnow())
    files = written(tmp_path, chain)
    entry = hub_entry(options={CONF_CERTIFICATE: "home_assistant"})
    await set_up(hass, entry)
    assert set(issues(hass)) == {"certificate_unusable"}
    hass.http.ssl_certificate, hass.http.ssl_key = files[CONF_CERTIFICATE_FILE], files[CONF_KEY_FILE]
    await entry.runtime_data.certificates.renew()
    (await dial(entry.data[CONF_PORT], roots)).leave()
    assert issues(hass) == {}


async def test_a_given_certificate_that_was_renewed_is_read_at_night(hass: HomeAssistant, tmp_path: Path) -> None:
    first_roots, first = public(dt_util.utcnow())
    hub = await set_up(hass, hub_entry(station_data("Garage"), options=written(tmp_path, first)))
    peer = await dial(hub.entry.data[CONF_PORT], first_roots)
    await peer.ask(handshake("/Garage"))
    second_roots, second = public(dt_util.utcnow())
    written(tmp_path, second)
    await night(hass)
    newcomer = await dial(hub.entry.data[CONF_PORT], second_roots)
    await served(peer)
    for one in (peer, newcomer):
        one.leave()


async def test_a_certificate_that_cannot_be_read_changes_nothing(hass: HomeAssistant, tmp_path: Path) -> None:
    roots, chain = public(dt_util.utcnow())
    hub = await set_up(hass, hub_entry(options=written(tmp_path, chain)))
    (tmp_path / "given.pem").write_text("half of it")
    await night(hass)
    assert set(issues(hass)) == {"certificate_unusable"}
    (await dial(hub.entry.data[CONF_PORT], roots)).leave()
    written(tmp_path, chain)
    await hub.certificates.renew()
    assert issues(hass) == {}


async def test_a_certificate_that_cannot_be_read_at_the_start_is_replaced_by_the_own(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    missing = {
        CONF_CERTIFICATE: "files",
        CONF_CERTIFICATE_FILE: str(tmp_path / "no.pem"),
        CONF_KEY_FILE: str(tmp_path / "no.key"),
        CONF_TLS_NAMES: ["tunnel.example"],
    }
    hub = await set_up(hass, hub_entry(station_data("Garage"), options=missing))
    assert "No such file" in issues(hass)["certificate_unusable"]
    (await enter(hub, name="tunnel.example")).leave()


async def test_a_full_disk_keeps_nobody_out(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    assert "No such file" in issues(hass)["certificate_unusable"]
    plain = await Peer.enter(entry.data[CONF_PORT], handshake("/Garage"))
    assert (plain.status, hub.certificates.not_after) == (101, None)
    plain.leave()
    monkeypatch.setattr(tempfile, "tempdir", None)
    await hub.certificates.renew()
    assert issues(hass) == {}


async def test_a_given_certificate_that_ends_is_told_of(
    hass: HomeAssistant, tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    _, chain = public(dt_util.utcnow(), timedelta(days=20))
    entry = hub_entry(options=written(tmp_path, chain))
    await set_up(hass, entry)
    assert issues(hass) == {}
    freezer.tick(timedelta(days=7))
    await night(hass)
    assert issues(hass) == {"certificate_ending": dt_util.as_local(chain.not_after).date().isoformat()}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == {}


async def test_the_owner_may_want_encryption_only(hass: HomeAssistant) -> None:
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    assert (hub.url, hub.secure_url) == (f"ws://{HOST}:{hub.entry.data[CONF_PORT]}", hub.url.replace("ws:", "wss:"))
    staying = await Peer.enter(entry.data[CONF_PORT], handshake("/Garage"))
    await change(hass, entry, **{CONF_TLS: "only"})
    assert hub.url == hub.secure_url == f"wss://{HOST}:{entry.data[CONF_PORT]}"
    plain = await Peer.enter(entry.data[CONF_PORT], handshake("/Garage"))
    assert plain.status == 426
    await served(staying)
    for one in (staying, plain):
        one.leave()


async def test_the_owner_may_want_no_encryption(hass: HomeAssistant) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    await change(hass, entry, **{CONF_TLS: "off"})
    assert (hub.secure_url, hub.certificates.not_after) == (None, None)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await dial(entry.data[CONF_PORT], hub.certificates.authority.pem)
    assert hass.states.get(sensor(hass, entry)).state == "unknown"


def sensor(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """The sensor of the certificate."""
    unique_id = f"{entry.entry_id}_certificate_expiry"
    return er.async_get(hass).async_get_entity_id("sensor", DOMAIN, unique_id) or ""


async def test_a_sensor_tells_how_long_the_certificate_holds(hass: HomeAssistant, tmp_path: Path) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    entity = sensor(hass, entry)
    assert entity == "sensor.ocpp_home_certificate_valid_until"
    assert hub.certificates.not_after is not None
    assert hass.states.get(entity).state == hub.certificates.not_after.isoformat()
    _, chain = public(dt_util.utcnow())
    await change(hass, entry, **written(tmp_path, chain))
    assert hass.states.get(entity).state == chain.not_after.isoformat()


async def test_a_second_port_speaks_tls_alone(hass: HomeAssistant) -> None:
    second, third = free_port(), free_port()
    entry = hub_entry(station_data("Garage"), options={CONF_TLS_PORT: second})
    hub = await set_up(hass, entry)
    (await enter(hub, second)).leave()
    refused = await Peer.enter(second, handshake("/Garage"))
    assert refused.status == 426
    await change(hass, entry, **{CONF_TLS_PORT: third})
    (await enter(hub, third)).leave()
    with pytest.raises(OSError, match="Connect call failed"):
        await Peer.dial(second)
    await change(hass, entry, **{CONF_TLS: "off"})
    with pytest.raises(OSError, match="Connect call failed"):
        await Peer.dial(third)
    refused.leave()


async def test_old_versions_are_spoken_at_the_second_port_if_the_owner_wants_it(hass: HomeAssistant) -> None:
    second = free_port()
    hub = await set_up(hass, hub_entry(options={CONF_TLS_PORT: second, CONF_LEGACY_TLS: True}))
    old = trusting(hub.certificates.authority.pem)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    _, writer = await asyncio.open_connection("127.0.0.1", second, ssl=old, server_hostname=HOST)
    assert writer.get_extra_info("ssl_object").version() == "TLSv1.1"
    writer.close()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection("127.0.0.1", hub.entry.data[CONF_PORT], ssl=old, server_hostname=HOST)


async def test_a_second_port_that_is_taken_costs_the_first_nothing(hass: HomeAssistant) -> None:
    other = await asyncio.start_server(lambda *_: None, "0.0.0.0", 0)
    taken = other.sockets[0].getsockname()[1]
    entry = hub_entry(station_data("Garage"), options={CONF_TLS_PORT: taken})
    hub = await set_up(hass, entry)
    (await enter(hub)).leave()
    assert "in use" in issues(hass)["tls_port_taken"]
    other.close()
    await change(hass, entry, **{CONF_TLS_PORT: free_port()})
    assert issues(hass) == {}


async def test_a_certificate_that_a_station_brought_with_it_counts_by_a_root_of_the_owner(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    now = dt_util.utcnow()
    maker = Authority.create("Maker", now, lambda family, _: issuing.new_key(family, 2048))
    key = ec.generate_private_key(ec.SECP256R1())
    signed = maker.sign(SigningRequest(key.public_key(), "SN1", "Maker"), "Garage", now)
    brought = tmp_path / "brought.pem"
    brought.write_text(
        signed
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
    )
    (tmp_path / "maker.pem").write_text(maker.pem)
    entry = hub_entry(station_data("Garage"))
    hub = await set_up(hass, entry)
    context = trusting(hub.certificates.authority.pem)
    context.load_cert_chain(brought)

    async def come() -> Peer:
        opened = await asyncio.open_connection("127.0.0.1", entry.data[CONF_PORT], ssl=context, server_hostname=HOST)
        peer = Peer(*opened)
        await peer.ask(handshake("/Garage"))
        return peer

    def certified() -> bool:
        session = hub.central.session("Garage")
        assert session is not None
        return session.request.certificate is not None

    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await come()
    peer = await come()
    assert (peer.status, certified()) == (101, False), "it is not asked for a certificate again"
    peer.leave()
    await change(hass, entry, **{CONF_TRUSTED_FILE: str(tmp_path / "maker.pem")})
    peer = await come()
    assert (peer.status, certified()) == (101, True)
    peer.leave()


async def test_what_was_signed_for_a_station_is_on_disk_before_it_has_it(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(station_data("Garage")))
    signer = hub.central.household.trust.signer
    assert signer is not None
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, hub.certificates.authority.organisation),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "SN1"),
        ]
    )
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    csr = request.public_bytes(serialization.Encoding.PEM).decode()
    signed = x509.load_pem_x509_certificate(
        (await signer.sign(Application("Garage", "SN1", csr, proved=True))).encode()
    )
    assert hub.credentials.standing("GARAGE", {}).signed == {signed.serial_number}
    (record,) = Authority.restored(hub.vault.authority).issued
    assert (record.station, record.number) == ("Garage", signed.serial_number)
