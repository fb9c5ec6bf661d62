"""Plug & Charge of a hub: its options, who is trusted over restarts, and what a provider of contracts answers."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.ocpp_home import plug_and_charge
from custom_components.ocpp_home.const import (
    CONF_CERTIFICATE_REACH,
    CONF_PROVIDER_TOKEN,
    CONF_PROVIDER_URL,
    CONF_SECURITY_PROFILE,
)
from custom_components.ocpp_home.csms.model.station import Identity
from custom_components.ocpp_home.csms.model.trust import Application, Inquiry, Unreachable
from custom_components.ocpp_home.csms.security.certificate import named
from custom_components.ocpp_home.diagnostics import async_get_config_entry_diagnostics
from custom_components.ocpp_home.hub import Hub
from tests.household import hub_entry, set_up, station_data
from tests.pki import root
from tests.simulator.trust import Trust

REQUEST = {"iso15118SchemaVersion": "2", "action": "Install", "exiRequest": "gA=="}
TOKEN = "very secret token"

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Provider:
    """A provider of contracts that answers as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, str | None]] = []
        self.answer: Any = {"status": "Accepted", "exiResponse": "gB=="}
        self.status = 200
        self.url = ""

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append((await request.json(), request.headers.get("Authorization")))
        if self.status == 302:
            raise web.HTTPFound(self.url)
        if self.answer is None:
            await asyncio.sleep(0.3)
        if isinstance(self.answer, str):
            return web.Response(text=self.answer, content_type="application/json", status=self.status)
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def provider() -> AsyncGenerator[Provider]:
    provider, application = Provider(), web.Application()
    application.router.add_post("/contracts", provider.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}/contracts"
    yield provider
    await runner.cleanup()


async def hub_of(hass: HomeAssistant, **options: str) -> Hub:
    return await set_up(hass, hub_entry(station_data("GARAGE"), station_data("YARD"), options=options))


async def provided(hub: Hub) -> Any:
    pool = hub.central.household.trust.provider
    assert pool is not None
    return await pool.provide(REQUEST)


async def test_a_provider_is_asked_as_the_options_say(hass: HomeAssistant, provider: Provider) -> None:
    hub = await hub_of(hass)
    assert hub.central.household.trust.provider is None
    hass.config_entries.async_update_entry(hub.entry, options={CONF_PROVIDER_URL: provider.url})
    await hass.async_block_till_done()
    assert await provided(hub) == provider.answer
    options = {CONF_PROVIDER_URL: provider.url, CONF_PROVIDER_TOKEN: TOKEN}
    hass.config_entries.async_update_entry(hub.entry, options=options)
    await hass.async_block_till_done()
    await provided(hub)
    assert provider.asked == [(REQUEST, None), (REQUEST, f"Bearer {TOKEN}")]
    assert TOKEN not in str(await async_get_config_entry_diagnostics(hass, hub.entry))
    hass.config_entries.async_update_entry(hub.entry, options={})
    await hass.async_block_till_done()
    assert hub.central.household.trust.provider is None


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        ({}, 503, "answers 503"),
        ({}, 302, "answers 302"),
        ([], 200, "not understood"),
        ("no json", 200, "does not answer"),
        (None, 200, "does not answer"),
    ],
)
async def test_a_provider_that_does_not_answer_well_is_none(
    hass: HomeAssistant, provider: Provider, monkeypatch: pytest.MonkeyPatch, answer: Any, status: int, why: str
) -> None:
    monkeypatch.setattr(plug_and_charge, "PATIENCE", plug_and_charge.ClientTimeout(total=0.1))
    provider.answer, provider.status = answer, status
    hub = await hub_of(hass, **{CONF_PROVIDER_URL: provider.url})
    with pytest.raises(Unreachable, match=why):
        await provided(hub)
    assert len(provider.asked) == 1


async def test_who_is_trusted_is_trusted_after_a_restart(hass: HomeAssistant) -> None:
    hub = await hub_of(hass)
    await hub.plug_and_charge.trust(root("MO Root").pem)
    assert await hass.config_entries.async_reload(hub.entry.entry_id)
    again: Hub = hub.entry.runtime_data
    assert again is not hub
    assert again.plug_and_charge.roots == (root("MO Root").certificate,)


@pytest.mark.parametrize(
    ("reach", "why"), [("nowhere", "nobody may be asked"), (None, "private"), ("anywhere", "answer")]
)
async def test_who_may_be_asked_is_what_the_options_say(hass: HomeAssistant, reach: str | None, why: str) -> None:
    hub = await hub_of(hass, **({CONF_CERTIFICATE_REACH: reach} if reach else {}))
    revocations = hub.central.household.trust.revocations
    assert revocations is not None
    one = root("MO Root").certificate
    with pytest.raises(Unreachable, match=why):
        await revocations.ask(Inquiry(named(one, one), ("http://127.0.0.1:1/ocsp",)))


async def test_nobody_gets_a_certificate_in_the_name_of_another_station(hass: HomeAssistant) -> None:
    hub = await hub_of(hass)
    signer = hub.central.household.trust.signer
    assert signer is not None
    organisation = hub.certificates.authority.organisation

    def objection(name: str) -> str | None:
        csr = Trust().request("ChargePoint", organisation, name)
        return signer.objection(Application("GARAGE", name, csr, proved=True))

    assert objection("SN-1") is None
    assert objection("YARD") == "of_another"
    hub.stations["yard"].identify(Identity(serial="SN-1"))
    assert objection("SN-1") is None, "anybody can say it has that number, for nothing is asked of it"
    await hub.credentials.assign("YARD", "a-password-of-its-own")
    yard = next(one for one in hub.entry.subentries.values() if one.unique_id == "yard")
    hass.config_entries.async_update_subentry(hub.entry, yard, data={**yard.data, CONF_SECURITY_PROFILE: 1})
    assert objection("SN-1") == "of_another"


async def test_the_preferences_take_a_provider(hass: HomeAssistant) -> None:
    hub = await hub_of(hass)
    flow = await hass.config_entries.options.async_init(hub.entry.entry_id)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "plug_and_charge"})
    for odd in ("ftp://contracts.example", "contracts.example", "http://[odd", "http://"):
        told = {CONF_CERTIFICATE_REACH: "public", CONF_PROVIDER_URL: odd}
        flow = await hass.config_entries.options.async_configure(flow["flow_id"], told)
        assert flow["errors"] == {CONF_PROVIDER_URL: "no_address"}
    told = {
        CONF_CERTIFICATE_REACH: "nowhere",
        CONF_PROVIDER_URL: "https://contracts.example",
        CONF_PROVIDER_TOKEN: TOKEN,
    }
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], told)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert dict(hub.entry.options) == told
    flow = await hass.config_entries.options.async_init(hub.entry.entry_id)
    flow = await hass.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "plug_and_charge"})
    await hass.config_entries.options.async_configure(flow["flow_id"], {CONF_CERTIFICATE_REACH: "public"})
    assert dict(hub.entry.options) == {CONF_CERTIFICATE_REACH: "public"}
