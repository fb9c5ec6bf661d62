"""The configuration keys of a realistic 1.6 station (OCPP 1.6 ed. 2 - 9, security whitepaper ed. 3 - 4)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from .measurands import MEASURANDS, known
from .oddities import Oddities, Payload

ACCEPTED, REJECTED, NOT_SUPPORTED, REBOOT_REQUIRED = "Accepted", "Rejected", "NotSupported", "RebootRequired"


def _boolean(value: str) -> bool:
    return value.casefold() in ("true", "false")


def _count(value: str) -> bool:
    return value.isdecimal()


def _text(_: str) -> bool:
    return True


def _measurands(value: str) -> bool:
    return all(known(name) for name in _items(value))


def _items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


@dataclass(frozen=True, slots=True)
class Key:
    """One setting."""

    value: str
    fits: Callable[[str], bool] = _text
    read_only: bool = False
    needs_reboot: bool = False
    hidden: bool = False  # written only, never reported


def _fixed(value: str) -> Key:
    return Key(value, read_only=True)


USUAL = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
FACTORY: Mapping[str, Key] = {
    "AllowOfflineTxForUnknownId": Key("true", _boolean),
    "AuthorizationCacheEnabled": Key("true", _boolean),
    "AuthorizationKey": Key("", lambda value: 16 <= len(value) <= 40, hidden=True),
    "AuthorizeRemoteTxRequests": Key("true", _boolean),
    "BlinkRepeat": Key("3", _count),
    "ChargeProfileMaxStackLevel": _fixed("8"),
    "ChargingScheduleAllowedChargingRateUnit": _fixed("Current,Power"),
    "ChargingScheduleMaxPeriods": _fixed("24"),
    "ClockAlignedDataInterval": Key("0", _count),
    "ConnectionTimeOut": Key("60", _count),
    "ConnectorPhaseRotation": Key("1.RST"),
    "ConnectorSwitch3to1PhaseSupported": _fixed("true"),
    "CpoName": Key("Home"),
    "GetConfigurationMaxKeys": _fixed("50"),
    "HeartbeatInterval": Key("300", _count),
    "LightIntensity": Key("80", lambda value: _count(value) and int(value) <= 100),
    "LocalAuthListEnabled": Key("true", _boolean),
    "LocalAuthListMaxLength": _fixed("100"),
    "LocalAuthorizeOffline": Key("true", _boolean),
    "LocalPreAuthorize": Key("false", _boolean),
    "MaxChargingProfilesInstalled": _fixed("20"),
    "MaxEnergyOnInvalidId": Key("0", _count),
    "MeterValueSampleInterval": Key("60", _count),
    "MeterValuesAlignedData": Key("Energy.Active.Import.Register", _measurands),
    "MeterValuesAlignedDataMaxLength": _fixed("10"),
    "MeterValuesSampledData": Key(USUAL, _measurands),
    "MeterValuesSampledDataMaxLength": _fixed(str(len(MEASURANDS))),
    "MinimumStatusDuration": Key("0", _count),
    "NumberOfConnectors": _fixed("1"),
    "ReserveConnectorZeroSupported": _fixed("true"),
    "ResetRetries": Key("1", _count),
    "SecurityProfile": Key("0", _count),
    "SendLocalListMaxLength": _fixed("50"),
    "StopTransactionOnEVSideDisconnect": Key("true", _boolean),
    "StopTransactionOnInvalidId": Key("true", _boolean),
    "StopTxnAlignedData": Key("", _measurands),
    "StopTxnSampledData": Key("", _measurands),
    "SupportedFeatureProfiles": _fixed(
        "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"
    ),
    "SupportedFileTransferProtocols": _fixed("HTTP,HTTPS,FTP"),
    "TransactionMessageAttempts": Key("3", _count),
    "TransactionMessageRetryInterval": Key("60", _count),
    "UnlockConnectorOnEVSideDisconnect": Key("true", _boolean),
    "WebSocketPingInterval": Key("0", _count),
    "VendorLedColour": Key("green", needs_reboot=True),
}


@dataclass
class Configuration:
    """The keys in force, and those that wait for a reboot."""

    oddities: Oddities
    keys: dict[str, Key] = field(default_factory=lambda: dict(FACTORY))
    pending: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.oddities.missing_keys:
            self.keys.pop(name, None)
        for name in self.oddities.read_only_keys & self.keys.keys():
            self.keys[name] = replace(self.keys[name], read_only=True)
        for name, value in self.oddities.key_values.items():
            self.preset(name, value)

    def preset(self, name: str, value: str) -> None:
        """Set a value as the factory or the installer would, whatever the rules."""
        self.keys[name] = replace(self.keys.get(name, Key("")), value=value)

    def text(self, name: str) -> str:
        """A key's value; empty when there is no such key."""
        key = self.keys.get(name)
        return key.value if key else ""

    def number(self, name: str, otherwise: int = 0) -> int:
        """A key's value as a number."""
        value = self.text(name)
        return int(value) if value.isdecimal() else otherwise

    def on(self, name: str) -> bool:
        """Whether a switch is on."""
        return self.text(name).casefold() == "true"

    def items(self, name: str) -> list[str]:
        """A comma separated list."""
        return _items(self.text(name))

    def change(self, name: str, value: str) -> str:
        """Change a key from outside; returns a ConfigurationStatus (5.3)."""
        fixed = self.oddities.key_answers.get(name, self.oddities.key_answers.get("*"))
        found = self._find(name)
        if fixed is not None:
            return fixed
        if found is None:
            return NOT_SUPPORTED
        key = self.keys[found]
        if key.read_only or not key.fits(value):
            return REJECTED
        if found in self.oddities.ignores_change_of:
            return ACCEPTED
        if key.needs_reboot:
            self.pending[found] = value
            return REBOOT_REQUIRED
        self.keys[found] = replace(key, value=value)
        return ACCEPTED

    def report(self, names: Iterable[str]) -> Payload:
        """GetConfiguration.conf for these keys, or for all when there are none."""
        wanted = list(names)
        found = {name: self._find(name) for name in wanted} if wanted else {name: name for name in self.keys}
        known_keys = [self._entry(real) for real in found.values() if real and not self.keys[real].hidden]
        unknown = [name for name, real in found.items() if real is None or self.keys[real].hidden] if wanted else []
        return {"configurationKey": known_keys} | ({"unknownKey": unknown} if unknown else {})

    def reboot(self) -> None:
        """Put in force what waited for a reboot."""
        for name, value in self.pending.items():
            self.preset(name, value)
        self.pending.clear()

    def _entry(self, name: str) -> Payload:
        key = self.keys[name]
        written = name.lower() if self.oddities.lower_case_keys else name
        return {"key": written, "readonly": key.read_only, "value": key.value}

    def _find(self, name: str) -> str | None:
        """Keys are CiStrings: case does not matter (OCPP 1.6 ed. 2 - 6.9)."""
        folded = name.casefold()
        return next((key for key in self.keys if key.casefold() == folded), None)
