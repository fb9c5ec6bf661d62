"""Secrets are kept where nobody else reads them, outlive a restart, and go with their hub."""

from collections.abc import Iterator
import json
import logging
from pathlib import Path
import stat

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest

from custom_components.ocpp_home.const import CONF_TLS_NAMES
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.vault import Vault
from tests.household import hub_entry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

DISK = {name: getattr(Store, name) for name in ("_async_load", "_async_write_data", "async_remove")}
"""What the test bench replaces by a memory."""


@pytest.fixture
def disk(hass: HomeAssistant) -> Iterator[None]:
    """What is stored goes to the disk, as it does in a real Home Assistant."""
    with pytest.MonkeyPatch.context() as patch:
        for name, method in DISK.items():
            patch.setattr(Store, name, method)
        yield


async def test_a_new_hub_has_no_secrets(hass: HomeAssistant) -> None:
    vault = await Vault.open(hass, "one")
    assert vault.authority is None
    assert vault.password("Garage") == ()


async def test_what_is_kept_is_there_after_a_restart(hass: HomeAssistant, disk: None) -> None:
    vault = await Vault.open(hass, "one")
    await vault.set_authority({"home": "Elm Street"})
    await vault.set_passwords("Garage", [{"hash": "a"}, {"hash": "b"}])
    again = await Vault.open(hass, "one")
    assert again.authority == {"home": "Elm Street"}
    assert again.password("GARAGE") == ({"hash": "a"}, {"hash": "b"})


async def test_whose_contracts_are_trusted_is_there_after_a_restart(hass: HomeAssistant, disk: None) -> None:
    vault = await Vault.open(hass, "one")
    assert vault.roots == ()
    await vault.set_roots(["one", "two"])
    assert (await Vault.open(hass, "one")).roots == ("one", "two")


async def test_two_hubs_do_not_see_each_other(hass: HomeAssistant) -> None:
    await (await Vault.open(hass, "one")).set_passwords("Garage", [{"hash": "a"}])
    assert (await Vault.open(hass, "two")).password("Garage") == ()


async def test_a_station_without_passwords_leaves_nothing_behind(hass: HomeAssistant, disk: None) -> None:
    vault = await Vault.open(hass, "one")
    await vault.set_passwords("Garage", [{"hash": "a"}])
    await vault.set_passwords("Garage", [])
    await vault.set_passwords("Carport", [])
    assert vault.password("Garage") == ()
    assert "garage" not in await hass.async_add_executor_job(vault.path.read_text)


async def test_only_home_assistant_may_read_the_file(hass: HomeAssistant, disk: None) -> None:
    vault = await Vault.open(hass, "one")
    await vault.set_passwords("Garage", [{"hash": "a"}])
    assert vault.path.parent == Path(hass.config.path(".storage"))
    assert stat.S_IMODE((await hass.async_add_executor_job(vault.path.stat)).st_mode) == 0o600


async def test_keys_are_in_no_log_and_in_no_diagnostics(
    hass: HomeAssistant, disk: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    entry = hub_entry(options={CONF_TLS_NAMES: ["tunnel.example"]})
    hub = await set_up(hass, entry)
    await hub.certificates.renew()
    await hub.vault.set_passwords("Garage", [{"digest": "c0ffee5a17"}])
    kept = await hass.async_add_executor_job(hub.vault.path.read_text)
    assert kept.count("PRIVATE KEY") == 8
    assert "c0ffee5a17" in kept
    told = json.dumps(await async_get_config_entry_diagnostics(hass, entry), default=str)
    for text in (told, caplog.text):
        assert "PRIVATE KEY" not in text
        assert "c0ffee5a17" not in text
    assert "tunnel.example" not in told


async def test_the_secrets_of_a_hub_go_with_it(hass: HomeAssistant, disk: None) -> None:
    entry = hub_entry()
    hub = await set_up(hass, entry)
    await hub.vault.set_passwords("Garage", [{"hash": "a"}])
    path = hub.vault.path
    assert await hass.async_add_executor_job(path.exists)
    await hass.config_entries.async_remove(entry.entry_id)
    assert not await hass.async_add_executor_job(path.exists)
