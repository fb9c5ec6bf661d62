"""Records are kept for as long as their owner wants, and no longer."""

from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.ocpp_home.const import CONF_KEEP_READINGS, CONF_KEEP_SESSIONS
from custom_components.ocpp_home.csms.model.meter import Quantity, Reading
from custom_components.ocpp_home.csms.model.transaction import Closing, Opening
from custom_components.ocpp_home.hub import Hub
from custom_components.ocpp_home.retention import ALWAYS, readings_kept, sessions_kept, terms_of
from tests.household import hub_entry, set_up

pytestmark = pytest.mark.usefixtures("socket_enabled")

DAY = timedelta(days=1)


async def recorded(hub: Hub, *ages: int) -> None:
    """A session that ended so many days ago, for each."""
    for age in ages:
        begin = dt_util.utcnow() - age * DAY - DAY / 24
        transaction = hub.ledger.start(Opening("CP1", 1, 1, "04A2", begin, 0.0, id=f"T{age}"))
        hub.ledger.read(transaction, [Reading(Quantity.ENERGY_IMPORT, 500.0, begin + DAY / 48)])
        hub.ledger.stop(transaction, Closing(stopped=begin + DAY / 24, meter_stop=1000.0, received=begin + DAY / 24))
        hub.records.settle(transaction)
    if (durable := hub.ledger.commit()) is not None:
        await durable


async def night(hass: HomeAssistant) -> None:
    """Let it be the next night."""
    now = dt_util.now()
    tonight = now.replace(hour=3, minute=17, second=0, microsecond=0)
    async_fire_time_changed(hass, (tonight if tonight > now else tonight + DAY) + timedelta(seconds=1))
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_sessions_that_are_too_old_are_deleted_at_night(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(options={CONF_KEEP_SESSIONS: 30}))
    await recorded(hub, 0, 10, 40)
    await night(hass)
    assert sorted(one.id for one in await hub.ledger.transactions("CP1")) == ["T0", "T10"]


async def test_what_is_kept_is_up_to_the_owner(hass: HomeAssistant) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    assert (readings_kept(entry), sessions_kept(entry)) == (400 * DAY, None)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(result["flow_id"], {"next_step_id": "records"})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "records")
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_KEEP_READINGS: 0, CONF_KEEP_SESSIONS: 3650}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (readings_kept(entry), sessions_kept(entry)) == (None, 3650 * DAY)
    assert terms_of(entry).keep_readings == ALWAYS


async def test_readings_go_and_their_session_stays(hass: HomeAssistant) -> None:
    hub = await set_up(hass, hub_entry(options={CONF_KEEP_READINGS: 30}))
    await recorded(hub, 0, 40)
    old, new = hub.ledger.find("CP1", "T40"), hub.ledger.find("CP1", "T0")
    assert old is not None
    assert new is not None
    assert len(await hub.ledger.readings(old)) == 1
    await night(hass)
    assert await hub.ledger.readings(old) == []
    assert len(await hub.ledger.readings(new)) == 1
    assert old.energy == 1000.0
