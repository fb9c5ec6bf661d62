"""A household for tests: Home Assistant with a hub on a free port, and the stations that dial in there."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
import random
import socket
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ocpp_home.const import (
    CONF_IDENTITY,
    CONF_LEDGER,
    CONF_NUMBER,
    DOMAIN,
    SUBENTRY_CARD,
    SUBENTRY_STATION,
)
from custom_components.ocpp_home.csms.model.transaction import Transaction
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.migration import MINOR
from tests.simulator import Station as Simulated

HOST = "192.0.2.9"
VERSIONS = ("1.6", "2.0.1", "2.1")


def free_port() -> int:
    """A port nobody listens on, below those the system gives to whoever dials out."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("", port))
            return port


def station_data(identity: str, title: str | None = None, **settings: Any) -> ConfigSubentryData:
    """The subentry of a station that is known from the beginning."""
    return ConfigSubentryData(
        data=MappingProxyType({CONF_IDENTITY: identity, **settings}),
        subentry_type=SUBENTRY_STATION,
        title=title or identity,
        unique_id=identity.casefold(),
    )


def card_data(number: str, name: str = "Fob", **rules: Any) -> ConfigSubentryData:
    """The subentry of a card that is known from the beginning."""
    return ConfigSubentryData(
        data=MappingProxyType({CONF_NUMBER: number, **rules}),
        subentry_type=SUBENTRY_CARD,
        title=name,
        unique_id=f"card/{number.casefold()}",
    )


def hub_entry(
    *subentries: ConfigSubentryData, port: int = 0, options: Mapping[str, Any] | None = None
) -> MockConfigEntry:
    """A hub that is not running yet."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="OCPP Home",
        data={CONF_HOST: HOST, CONF_PORT: port or free_port(), CONF_LEDGER: "ledger.db"},
        options=dict(options or {}),
        subentries_data=subentries,
        minor_version=MINOR,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> Hub:
    """Run a hub."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    hub: Hub = entry.runtime_data
    return hub


def simulated(entry: MockConfigEntry, identity: str, **details: Any) -> Simulated:
    """A station that dials a hub."""
    return Simulated(f"ws://127.0.0.1:{entry.data[CONF_PORT]}", identity, **details)


async def confirm(hass: HomeAssistant, name: str = "Garage") -> None:
    """Take in the station that has called, under a name."""

    def cards() -> list[ConfigFlowResult]:
        flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        return [flow for flow in flows if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY]

    await until(cards)
    result = await hass.config_entries.flow.async_configure(cards()[0]["flow_id"], {"name": name})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "station_added")
    await hass.async_block_till_done()


def ledger_truth(transaction: Transaction) -> tuple[Any, ...]:
    """A transaction of the ledger in the words of the simulated station's own record (`Transaction.truth`)."""
    return (
        transaction.connector if transaction.evse == 1 else transaction.evse,
        transaction.started,
        transaction.meter_start,
        transaction.stopped,
        transaction.meter_stop,
        transaction.reason or "",
    )


async def until(condition: Callable[[], object], timeout: float = 3.0) -> None:
    """Wait for something that happens on the other side of a socket."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.005)
