"""Ten thousand who guess: what they cost a home, and what its stations notice of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
import secrets
from typing import Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.ocpp_home.const import DOMAIN
from custom_components.ocpp_home.csms.security.password import generate
from tests.household import hub_entry, set_up, station_data

from .conftest import Tell
from .crowd import basic, bystander, crowd, knock, memory, sizes
from .hostile import Hostile

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.slow, pytest.mark.timeout(600)]

MANY: Final = 10_000
MIB: Final = 16
"""So much more memory (MiB) may be held after eight thousand guesses than after two thousand."""


LINES: Final = 400
"""A minute has sixty lines, and the test takes less than five."""


class Watch:
    """The most cards and repairs there were at once."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.cards = self.repairs = 0
        self._hass = hass
        hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self.look)

    @callback
    def look(self, *_: object) -> None:
        self.cards = max(self.cards, len(self._hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
        ours = [issue for domain, issue in ir.async_get(self._hass).issues if domain == DOMAIN]
        self.repairs = max(self.repairs, len(ours))

    def looking(self, callers: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
        """The same callers, with a look at each."""
        for caller in callers:
            self.look()
            yield caller


def lines(caplog: pytest.LogCaptureFixture) -> int:
    """How many lines of ours are in the log."""
    return sum(record.name.startswith("custom_components.ocpp_home") for record in caplog.records)


def address(number: int) -> str:
    """One of sixty thousand addresses of this machine."""
    return f"127.1.{number // 250 % 250}.{number % 250 + 1}"


async def introduce(callers: Iterable[tuple[str, str, str]], port: int) -> None:
    """All of them say who they are, as a station does."""
    for name, _, _ in callers:
        async with Hostile(port, name, "1.6") as stranger:
            await stranger.say("BootNotification", stranger.full("BootNotification"))


async def test_ten_thousand_identities_are_no_more_than_five_cards(
    hass: HomeAssistant, tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    hub = await set_up(hass, hub_entry(station_data("BYSTANDER", security_waived=True)))
    hass.loop.set_debug(False)
    port, watch = hub.entry.data[CONF_PORT], Watch(hass)

    def callers(count: int) -> Iterator[tuple[str, str, str]]:
        return watch.looking((secrets.token_hex(8), "", address(number)) for number in range(count))

    async with bystander(port, "BYSTANDER") as seen:
        heard = await crowd(port, callers(MANY // 5))
        await hass.async_block_till_done()
        before, disk = memory(), sizes(hass.config.config_dir)
        heard += await crowd(port, callers(MANY - MANY // 5))
        await hass.async_block_till_done()
        more = memory() - before
        later = sizes(hass.config.config_dir)
        await introduce(watch.looking((secrets.token_hex(8), "", "") for _ in range(200)), port)
        await hass.async_block_till_done()
    watch.look()
    tell(
        f"{MANY} identities: {dict(heard)}, {watch.cards} cards, {watch.repairs} repairs, "
        f"{lines(caplog)} lines of the log, {more:+.1f} MiB, "
        f"bystander p99 {seen.p99 * 1000:.0f} ms of {len(seen.waits)}"
    )
    assert heard.total() == MANY
    assert heard.keys() <= {101, 404, 503}
    assert watch.cards == 5
    assert watch.repairs == 0
    assert lines(caplog) <= LINES
    assert more < MIB
    assert later == disk
    assert len(hub.central.strangers) <= 5
    assert seen.p99 < 1


async def test_ten_thousand_passwords_let_nobody_in_and_keep_nobody_out(
    hass: HomeAssistant, tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    entry = hub_entry(station_data("BYSTANDER", security_waived=True), station_data("CP1", security_profile=1))
    hub = await set_up(hass, entry)
    hass.loop.set_debug(False)
    port, watch, password = hub.entry.data[CONF_PORT], Watch(hass), generate()
    await hub.credentials.assign("CP1", password)
    told: Counter[str] = Counter()
    hass.bus.async_listen("ocpp_home_intruder", lambda event: told.update([str(event.event_type)]))

    def callers(count: int) -> Iterator[tuple[str, str, str]]:
        return watch.looking(("CP1", basic("CP1", secrets.token_hex(20)), address(number)) for number in range(count))

    async with bystander(port, "BYSTANDER") as seen:
        heard = await crowd(port, callers(MANY // 5))
        await hass.async_block_till_done()
        before, disk = memory(), sizes(hass.config.config_dir)
        heard += await crowd(port, callers(MANY - MANY // 5))
        entered = await knock(port, "CP1", basic("CP1", password), "127.0.0.9")
        await hass.async_block_till_done()
        more = memory() - before
        later = sizes(hass.config.config_dir)
    watch.look()
    tell(
        f"{MANY} passwords: {dict(heard)}, {watch.cards} cards, {watch.repairs} repairs, {told.total()} events, "
        f"{lines(caplog)} lines of the log, {more:+.1f} MiB, "
        f"bystander p99 {seen.p99 * 1000:.0f} ms of {len(seen.waits)}"
    )
    assert heard.total() == MANY
    assert heard.keys() <= {401, 429, 503}
    assert watch.cards == 0
    assert watch.repairs <= 1
    assert lines(caplog) <= LINES
    assert told.total() <= 1
    assert more < MIB
    assert later == disk
    assert entered == 101
    assert seen.p99 < 1
