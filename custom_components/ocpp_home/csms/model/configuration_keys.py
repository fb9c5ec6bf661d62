"""What kind of value a configuration key has by nature, so that it can be shown as a switch, a number or a list.

Standard keys of OCPP 1.6 ed. 2 - 9 and of its security whitepaper ed. 3 - 7. Component "" is where 1.6 keeps its keys.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .meter import Quantity


class Nature(StrEnum):
    """What a value is."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CHOICE = "choice"
    """One word out of `options`."""
    LIST = "list"
    """Words out of `options`, separated by comma."""
    TEXT = "text"
    MOMENT = "moment"
    """A point in time, which is looked at and never set (2.x)."""
    SECRET = "secret"
    """Written, never read and never kept."""


class Group(StrEnum):
    """What a key is about."""

    AUTHORIZATION = "authorization"
    CAPABILITY = "capability"
    CONNECTION = "connection"
    HARDWARE = "hardware"
    METERING = "metering"
    SECURITY = "security"
    TRANSACTION = "transaction"
    VENDOR = "vendor"
    """Whatever no specification names."""


@dataclass(frozen=True, slots=True)
class Natural:
    """A key with what its value is; `common` keys are those people use, the others are there for whoever looks."""

    name: str
    nature: Nature
    group: Group
    component: str = ""
    instance: str = ""
    writable: bool = True
    common: bool = False
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[str, ...] = ()

    @property
    def fold(self) -> tuple[str, str, str]:
        """Component, name and instance in the form that compares."""
        return (self.component.casefold(), self.name.casefold(), self.instance.casefold())


MEASURANDS: Final = tuple(sorted(Quantity))
PROFILES: Final = (
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
)
DAY: Final = 86_400


def _switch(name: str, group: Group, *, common: bool = False) -> Natural:
    return Natural(name, Nature.BOOLEAN, group, common=common)


def _seconds(name: str, group: Group, *, common: bool = False, maximum: int = DAY) -> Natural:
    return Natural(name, Nature.INTEGER, group, common=common, unit="s", minimum=0, maximum=maximum)


def _count(name: str, group: Group, maximum: int) -> Natural:
    return Natural(name, Nature.INTEGER, group, minimum=0, maximum=maximum)


def _measured(name: str, *, common: bool = False) -> Natural:
    return Natural(name, Nature.LIST, Group.METERING, common=common, options=MEASURANDS)


def _told(name: str, group: Group = Group.CAPABILITY, nature: Nature = Nature.INTEGER) -> Natural:
    return Natural(name, nature, group, writable=False)


NATURAL: Final = (
    # OCPP 1.6 ed. 2 - 9.1, Core
    _switch("AllowOfflineTxForUnknownId", Group.AUTHORIZATION),
    _switch("AuthorizationCacheEnabled", Group.AUTHORIZATION),
    _switch("AuthorizeRemoteTxRequests", Group.AUTHORIZATION, common=True),
    _count("BlinkRepeat", Group.HARDWARE, 255),
    _seconds("ClockAlignedDataInterval", Group.METERING, common=True),
    _seconds("ConnectionTimeOut", Group.TRANSACTION, common=True, maximum=3600),
    Natural("ConnectorPhaseRotation", Nature.TEXT, Group.HARDWARE),
    _told("ConnectorPhaseRotationMaxLength"),
    _told("GetConfigurationMaxKeys"),
    _seconds("HeartbeatInterval", Group.CONNECTION, common=True),
    Natural("LightIntensity", Nature.INTEGER, Group.HARDWARE, common=True, unit="%", minimum=0, maximum=100),
    _switch("LocalAuthorizeOffline", Group.AUTHORIZATION, common=True),
    _switch("LocalPreAuthorize", Group.AUTHORIZATION),
    Natural("MaxEnergyOnInvalidId", Nature.INTEGER, Group.TRANSACTION, unit="Wh", minimum=0, maximum=1_000_000),
    _measured("MeterValuesAlignedData"),
    _told("MeterValuesAlignedDataMaxLength"),
    _measured("MeterValuesSampledData", common=True),
    _told("MeterValuesSampledDataMaxLength"),
    _seconds("MeterValueSampleInterval", Group.METERING, common=True, maximum=3600),
    _seconds("MinimumStatusDuration", Group.CONNECTION, maximum=3600),
    _told("NumberOfConnectors"),
    _count("ResetRetries", Group.HARDWARE, 100),
    _switch("StopTransactionOnEVSideDisconnect", Group.TRANSACTION, common=True),
    _switch("StopTransactionOnInvalidId", Group.TRANSACTION),
    _measured("StopTxnAlignedData"),
    _told("StopTxnAlignedDataMaxLength"),
    _measured("StopTxnSampledData"),
    _told("StopTxnSampledDataMaxLength"),
    Natural("SupportedFeatureProfiles", Nature.LIST, Group.CAPABILITY, writable=False, options=PROFILES),
    _told("SupportedFeatureProfilesMaxLength"),
    _count("TransactionMessageAttempts", Group.CONNECTION, 100),
    _seconds("TransactionMessageRetryInterval", Group.CONNECTION, maximum=3600),
    _switch("UnlockConnectorOnEVSideDisconnect", Group.HARDWARE, common=True),
    _seconds("WebSocketPingInterval", Group.CONNECTION, common=True, maximum=3600),
    # OCPP 1.6 ed. 2 - 8 names it; 9 has no entry for it
    Natural(
        "SupportedFileTransferProtocols",
        Nature.LIST,
        Group.CAPABILITY,
        writable=False,
        options=("FTP", "FTPS", "HTTP", "HTTPS", "SFTP"),
    ),
    # OCPP 1.6 ed. 2 - 9.2 to 9.4
    _switch("LocalAuthListEnabled", Group.AUTHORIZATION, common=True),
    _told("LocalAuthListMaxLength"),
    _told("SendLocalListMaxLength"),
    _told("ReserveConnectorZeroSupported", nature=Nature.BOOLEAN),
    _told("ChargeProfileMaxStackLevel"),
    Natural(
        "ChargingScheduleAllowedChargingRateUnit",
        Nature.LIST,
        Group.CAPABILITY,
        writable=False,
        options=("Current", "Power"),
    ),
    _told("ChargingScheduleMaxPeriods"),
    _told("ConnectorSwitch3to1PhaseSupported", nature=Nature.BOOLEAN),
    _told("MaxChargingProfilesInstalled"),
    # OCPP 1.6 security whitepaper ed. 3 - 7
    _told("AdditionalRootCertificateCheck", Group.SECURITY, Nature.BOOLEAN),
    Natural("AuthorizationKey", Nature.SECRET, Group.SECURITY),
    _told("CertificateSignedMaxChainSize", Group.SECURITY),
    _told("CertificateStoreMaxLength", Group.SECURITY),
    Natural("CpoName", Nature.TEXT, Group.SECURITY),
    Natural("SecurityProfile", Nature.INTEGER, Group.SECURITY, minimum=0, maximum=3),
)


_ROWS: Final = {row.fold: row for row in NATURAL}


def natural(name: str, component: str = "") -> Natural | None:
    """What is known of a key, None for a key of a vendor; names compare without regard to case."""
    return _ROWS.get((component.casefold(), name.casefold(), ""))
