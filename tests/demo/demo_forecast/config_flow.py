"""Setting it up asks nothing."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class DemoForecastFlow(ConfigFlow, domain="demo_forecast"):
    """One step, one entry."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make the entry."""
        return self.async_create_entry(title="Demo forecast", data={})
