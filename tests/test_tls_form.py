"""The owner chooses how stations may come in, and is told at once what cannot work."""

from pathlib import Path
from typing import Any

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home.const import (
    CONF_CERTIFICATE,
    CONF_CERTIFICATE_FILE,
    CONF_KEY_FILE,
    CONF_LEGACY_TLS,
    CONF_TLS,
    CONF_TLS_NAMES,
    CONF_TLS_PORT,
    CONF_TRUSTED_FILE,
)
from custom_components.ocpp_home.csms.security import issuing
from custom_components.ocpp_home.csms.security.authority import Authority
from custom_components.ocpp_home.tls_settings import Mode, Source, TlsSettings
from tests.household import HOST, free_port, hub_entry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

EXPERT = (CONF_TRUSTED_FILE, CONF_TLS_PORT, CONF_LEGACY_TLS)


async def form(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """Open the form about encryption."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert "tls" in result["menu_options"]
    return dict(await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "tls"}))


async def fill(hass: HomeAssistant, flow_id: str, **told: Any) -> dict[str, Any]:
    """Fill the form in; what is for experts is told with the rest."""
    expert = {name: told.pop(name) for name in EXPERT if name in told}
    filled = {CONF_TLS: "both", CONF_CERTIFICATE: "own", **told, "expert": expert}
    result = dict(await hass.config_entries.options.async_configure(flow_id, filled))
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


def given(folder: Path) -> dict[str, str]:
    """The files of a certificate."""
    now = dt_util.utcnow()
    authority = Authority.create("Public", now, lambda family, _: issuing.new_key(family, 2048))
    (chain, _) = authority.server([HOST], now)
    (folder / "chain.pem").write_text(chain.certificates)
    (folder / "chain.key").write_text(chain.key)
    return {CONF_CERTIFICATE_FILE: str(folder / "chain.pem"), CONF_KEY_FILE: str(folder / "chain.key")}


async def test_the_form_tells_for_which_names_the_certificate_is(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    shown = await form(hass, entry)
    assert (shown["type"], shown["step_id"]) == (FlowResultType.FORM, "tls")
    assert shown["description_placeholders"]["names"].startswith(f"`{HOST}`, `homeassistant.local`")


async def test_what_is_chosen_holds_and_is_shown_again(hass: HomeAssistant, tmp_path: Path) -> None:
    entry = hub_entry(options={"publish_interval": 3})
    await set_up(hass, entry)
    port = free_port()
    files = given(tmp_path)
    told = {
        CONF_TLS: "only",
        CONF_TLS_NAMES: ["tunnel.example"],
        CONF_CERTIFICATE: "files",
        **files,
        CONF_TLS_PORT: port,
        CONF_LEGACY_TLS: True,
        CONF_TRUSTED_FILE: files[CONF_CERTIFICATE_FILE],
    }
    result = await fill(hass, (await form(hass, entry))["flow_id"], **told)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"publish_interval": 3, **told}
    assert TlsSettings.of(hass, entry.options) == TlsSettings(
        mode=Mode.ONLY,
        names=("tunnel.example",),
        source=Source.FILES,
        files=(files[CONF_CERTIFICATE_FILE], files[CONF_KEY_FILE]),
        trusted=files[CONF_CERTIFICATE_FILE],
        port=port,
        legacy=True,
    )
    schema = (await form(hass, entry))["data_schema"].schema
    suggested = {str(key): key.description["suggested_value"] for key in schema if key.description}
    assert suggested == {name: told[name] for name in told if name not in EXPERT}
    (expert,) = (value for key, value in schema.items() if key == "expert")
    assert {str(key): key.description["suggested_value"] for key in expert.schema.schema} == {
        name: told[name] for name in EXPERT
    }


async def test_what_is_left_empty_is_no_option(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    await fill(hass, (await form(hass, entry))["flow_id"], **{CONF_CERTIFICATE_FILE: "", CONF_TRUSTED_FILE: ""})
    assert entry.options == {CONF_TLS: "both", CONF_TLS_NAMES: [], CONF_CERTIFICATE: "own", CONF_LEGACY_TLS: False}
    assert TlsSettings.of(hass, entry.options) == TlsSettings()


async def test_a_choice_that_cannot_work_is_told_at_once_and_can_be_put_right(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    flow_id = (await form(hass, entry))["flow_id"]
    files = given(tmp_path)
    (tmp_path / "half.pem").write_text("-----BEGIN CERTIFICATE-----")
    half = {CONF_CERTIFICATE: "files", **files, CONF_CERTIFICATE_FILE: str(tmp_path / "half.pem")}
    for told, errors in (
        ({CONF_TLS_PORT: entry.data[CONF_PORT]}, {"base": "same_port"}),
        ({CONF_CERTIFICATE: "home_assistant"}, {CONF_CERTIFICATE: "no_certificate"}),
        ({CONF_CERTIFICATE: "files"}, {CONF_CERTIFICATE: "files_missing"}),
        (half, {"base": "certificate_unusable"}),
        ({**half, CONF_CERTIFICATE_FILE: str(tmp_path / "none.pem")}, {"base": "certificate_unusable"}),
        ({CONF_TRUSTED_FILE: str(tmp_path / "half.pem")}, {"base": "certificate_unusable"}),
    ):
        result = await fill(hass, flow_id, **told)
        assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert entry.options == {}
    result = await fill(hass, flow_id, **{CONF_CERTIFICATE: "files", **files})
    assert result["type"] is FlowResultType.CREATE_ENTRY
