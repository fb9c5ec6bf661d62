"""What a variable of 2.x has for a value, from what its station says of it, and what people make of it.

The standard ones of OCPP 2.0.1 ed. 3 and OCPP 2.1 ed. 1 - Referenced Components and Variables. What a key of 1.6 has
been before is that key under another name: whatever shows it goes on when a station comes back with a newer version.
"""

from dataclasses import replace
from typing import Final

from .configuration_keys import Group, Natural, Nature, natural
from .variable import Traits, Variable, VariableKey


def _own(name: str, nature: Nature, group: Group, *, common: bool = False, unit: str | None = None) -> Natural:
    component, _, name = name.partition(".")
    return Natural(name, nature, group, component=component, common=common, unit=unit)


STANDARD: Final = (
    _own("AlignedDataCtrlr.SendDuringIdle", Nature.BOOLEAN, Group.METERING),
    _own("AlignedDataCtrlr.TxEndedInterval", Nature.INTEGER, Group.METERING, unit="s"),
    _own("AuthCacheCtrlr.DisablePostAuthorize", Nature.BOOLEAN, Group.AUTHORIZATION),
    _own("AuthCacheCtrlr.LifeTime", Nature.INTEGER, Group.AUTHORIZATION, unit="s"),
    _own("AuthCtrlr.DisableRemoteAuthorization", Nature.BOOLEAN, Group.AUTHORIZATION),
    _own("AuthCtrlr.Enabled", Nature.BOOLEAN, Group.AUTHORIZATION, common=True),
    _own("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", Nature.BOOLEAN, Group.TRANSACTION),
    _own("ChargingStation.SupplyPhases", Nature.INTEGER, Group.HARDWARE),
    _own("ClockCtrlr.NtpServerUri", Nature.TEXT, Group.CONNECTION),
    _own("ClockCtrlr.TimeOffset", Nature.TEXT, Group.HARDWARE),
    _own("ClockCtrlr.TimeSource", Nature.LIST, Group.HARDWARE),
    _own("ClockCtrlr.TimeZone", Nature.TEXT, Group.HARDWARE),
    _own("DisplayMessageCtrlr.DisplayMessages", Nature.INTEGER, Group.HARDWARE),
    _own("DisplayMessageCtrlr.Enabled", Nature.BOOLEAN, Group.HARDWARE),
    _own("DisplayMessageCtrlr.Language", Nature.CHOICE, Group.HARDWARE, common=True),
    _own("LocalAuthListCtrlr.DisablePostAuthorize", Nature.BOOLEAN, Group.AUTHORIZATION),
    _own("LocalAuthListCtrlr.Entries", Nature.INTEGER, Group.AUTHORIZATION),
    _own("MonitoringCtrlr.Enabled", Nature.BOOLEAN, Group.CONNECTION),
    _own("MonitoringCtrlr.OfflineQueuingSeverity", Nature.INTEGER, Group.CONNECTION),
    _own("OCPPCommCtrlr.NetworkProfileConnectionAttempts", Nature.INTEGER, Group.CONNECTION),
    _own("OCPPCommCtrlr.OfflineThreshold", Nature.INTEGER, Group.CONNECTION, unit="s"),
    _own("OCPPCommCtrlr.PublicKeyWithSignedMeterValue", Nature.CHOICE, Group.METERING),
    _own("OCPPCommCtrlr.QueueAllMessages", Nature.BOOLEAN, Group.CONNECTION),
    _own("OCPPCommCtrlr.RetryBackOffRandomRange", Nature.INTEGER, Group.CONNECTION, unit="s"),
    _own("OCPPCommCtrlr.RetryBackOffRepeatTimes", Nature.INTEGER, Group.CONNECTION),
    _own("OCPPCommCtrlr.RetryBackOffWaitMinimum", Nature.INTEGER, Group.CONNECTION, unit="s"),
    _own("ReservationCtrlr.Enabled", Nature.BOOLEAN, Group.AUTHORIZATION),
    _own("SampledDataCtrlr.SignReadings", Nature.BOOLEAN, Group.METERING),
    _own("SampledDataCtrlr.TxEndedInterval", Nature.INTEGER, Group.METERING, unit="s"),
    _own("SampledDataCtrlr.TxStartedMeasurands", Nature.LIST, Group.METERING),
    _own("SecurityCtrlr.CertificateEntries", Nature.INTEGER, Group.SECURITY),
    _own("SmartChargingCtrlr.ACPhaseSwitchingSupported", Nature.BOOLEAN, Group.CAPABILITY),
    _own("SmartChargingCtrlr.Enabled", Nature.BOOLEAN, Group.CAPABILITY),
    _own("SmartChargingCtrlr.ExternalControlSignalsEnabled", Nature.BOOLEAN, Group.CAPABILITY, common=True),
    _own("SmartChargingCtrlr.LimitChangeSignificance", Nature.DECIMAL, Group.CAPABILITY, unit="%"),
    _own("TariffCostCtrlr.Currency", Nature.TEXT, Group.TRANSACTION),
    _own("TxCtrlr.AllowEnergyTransferResumption", Nature.BOOLEAN, Group.TRANSACTION),
    _own("TxCtrlr.ResumptionTimeout", Nature.INTEGER, Group.TRANSACTION, unit="s"),
    _own("TxCtrlr.TxBeforeAcceptedEnabled", Nature.BOOLEAN, Group.TRANSACTION),
    _own("TxCtrlr.TxStartPoint", Nature.LIST, Group.TRANSACTION),
    _own("TxCtrlr.TxStopPoint", Nature.LIST, Group.TRANSACTION),
    _own("V2XChargingCtrlr.Enabled", Nature.BOOLEAN, Group.CAPABILITY, common=True),
)
"""Those people may want to look at or set that 1.6 does not have."""

TWINS: Final = {
    "AdditionalRootCertificateCheck": VariableKey("SecurityCtrlr", "AdditionalRootCertificateCheck"),
    "AllowOfflineTxForUnknownId": VariableKey("AuthCtrlr", "OfflineTxForUnknownIdEnabled"),
    "AuthorizationCacheEnabled": VariableKey("AuthCacheCtrlr", "Enabled"),
    "AuthorizationKey": VariableKey("SecurityCtrlr", "BasicAuthPassword"),
    "AuthorizeRemoteTxRequests": VariableKey("AuthCtrlr", "AuthorizeRemoteStart"),
    "CertificateSignedMaxChainSize": VariableKey("SecurityCtrlr", "MaxCertificateChainSize"),
    "ChargeProfileMaxStackLevel": VariableKey("SmartChargingCtrlr", "ProfileStackLevel"),
    "ChargingScheduleAllowedChargingRateUnit": VariableKey("SmartChargingCtrlr", "RateUnit"),
    "ChargingScheduleMaxPeriods": VariableKey("SmartChargingCtrlr", "PeriodsPerSchedule"),
    "ClockAlignedDataInterval": VariableKey("AlignedDataCtrlr", "Interval"),
    "ConnectionTimeOut": VariableKey("TxCtrlr", "EVConnectionTimeOut"),
    "ConnectorSwitch3to1PhaseSupported": VariableKey("SmartChargingCtrlr", "Phases3to1"),
    "CpoName": VariableKey("SecurityCtrlr", "OrganizationName"),
    "HeartbeatInterval": VariableKey("OCPPCommCtrlr", "HeartbeatInterval"),
    "LocalAuthListEnabled": VariableKey("LocalAuthListCtrlr", "Enabled"),
    "LocalAuthorizeOffline": VariableKey("AuthCtrlr", "LocalAuthorizeOffline"),
    "LocalPreAuthorize": VariableKey("AuthCtrlr", "LocalPreAuthorize"),
    "MaxEnergyOnInvalidId": VariableKey("TxCtrlr", "MaxEnergyOnInvalidId"),
    "MeterValueSampleInterval": VariableKey("SampledDataCtrlr", "TxUpdatedInterval"),
    "MeterValuesAlignedData": VariableKey("AlignedDataCtrlr", "Measurands"),
    "MeterValuesSampledData": VariableKey("SampledDataCtrlr", "TxUpdatedMeasurands"),
    "ReserveConnectorZeroSupported": VariableKey("ReservationCtrlr", "NonEvseSpecific"),
    "ResetRetries": VariableKey("OCPPCommCtrlr", "ResetRetries"),
    "SecurityProfile": VariableKey("SecurityCtrlr", "SecurityProfile"),
    "SendLocalListMaxLength": VariableKey("LocalAuthListCtrlr", "ItemsPerMessage"),
    "StopTransactionOnEVSideDisconnect": VariableKey("TxCtrlr", "StopTxOnEVSideDisconnect"),
    "StopTransactionOnInvalidId": VariableKey("TxCtrlr", "StopTxOnInvalidId"),
    "StopTxnAlignedData": VariableKey("AlignedDataCtrlr", "TxEndedMeasurands"),
    "StopTxnSampledData": VariableKey("SampledDataCtrlr", "TxEndedMeasurands"),
    "SupportedFileTransferProtocols": VariableKey("OCPPCommCtrlr", "FileTransferProtocols"),
    "TransactionMessageAttempts": VariableKey("OCPPCommCtrlr", "MessageAttempts", instance="TransactionEvent"),
    "TransactionMessageRetryInterval": VariableKey(
        "OCPPCommCtrlr", "MessageAttemptInterval", instance="TransactionEvent"
    ),
    "UnlockConnectorOnEVSideDisconnect": VariableKey("OCPPCommCtrlr", "UnlockOnEVSideDisconnect"),
    "WebSocketPingInterval": VariableKey("OCPPCommCtrlr", "WebSocketPingInterval"),
}
"""Keys of 1.6 and what they are called in 2.x."""

KINDS: Final = {
    "boolean": Nature.BOOLEAN,
    "datetime": Nature.MOMENT,
    "decimal": Nature.DECIMAL,
    "integer": Nature.INTEGER,
    "memberlist": Nature.LIST,
    "optionlist": Nature.CHOICE,
    "sequencelist": Nature.LIST,
    "string": Nature.TEXT,
}
"""DataEnumType."""
NUMBERS: Final = frozenset({Nature.DECIMAL, Nature.INTEGER})
CONNECTIONS: Final = frozenset({"networkconfiguration", "networkconfigurationpriority"})
"""What OCPP 2.1 ed. 1 - B09 calls where a station dials in: what is mistaken there, the station is lost for us."""
SECRETS: Final = frozenset(
    {"apnpassword", "basicauthpassword", "password", "sharedsecret", "simpin", "vpnkey", "vpnpassword"}
)
"""Names of what is not kept at all."""
PERSONAL: Final = frozenset(
    {"certificate", "idtoken", "identity", "masterpassgroupid", "publickey", "token", "vehiclecertificate"}
)
"""Names of what is not for everybody who can look at a dashboard."""
TOLD: Final = frozenset({"availabilitystate", "activetransactionid", "chargingstate", "datetime", "evseid"})
"""Names of what a station tells in messages of its own; its clock is right only when it is looked at."""
IDENTITY: Final = frozenset({"firmwareversion", "model", "serialnumber", "vendorname"})
"""Of the station as a whole its boot tells them."""

_ROWS: Final = {row.fold: row for row in STANDARD}
_KEYS: Final = {
    (key.component.casefold(), key.name.casefold(), key.instance.casefold()): row
    for name, key in TWINS.items()
    if (row := natural(name)) is not None
}


def standard(key: VariableKey) -> Natural | None:
    """What the specification makes of a variable of the station as a whole, in any version; None for all others."""
    if not key.component:
        return natural(key.name)
    if key.evse or key.connector is not None or key.component_instance:
        return None
    fold = (key.component.casefold(), key.name.casefold(), key.instance.casefold())
    return _KEYS.get(fold) or _ROWS.get(fold)


def nature_of(variable: Variable) -> Natural | None:
    """What a variable is and in which bounds: what its station says of it counts; None for what is no natural value."""
    key, row = variable.key, standard(variable.key)
    if hidden(variable) or (row is not None and row.nature is Nature.SECRET):
        return None
    if not key.component:
        return None if row is None else replace(row, writable=row.writable and not variable.readonly)
    told = None if variable.traits is None else _told(variable.traits)
    told = None if told is Nature.MOMENT and not variable.readonly else told
    if row is None and told is None:
        return None
    known = row or Natural(key.name, told or Nature.TEXT, Group.VENDOR, key.component, key.instance)
    nature = told or known.nature
    if nature is Nature.CHOICE and (variable.traits is None or not variable.traits.values):
        nature = Nature.TEXT
    return _bounded(replace(known, nature=nature, writable=not variable.readonly), variable)


def secret(key: VariableKey) -> bool:
    """Whether the value of a variable of 2.x must not be kept, nor any other of its attributes."""
    return key.name.casefold() in SECRETS


def hidden(variable: Variable) -> bool:
    """Whether a variable is nothing to be shown: a secret, a connection, or told in another way."""
    component, name = variable.key.component.casefold(), variable.key.name.casefold()
    return (
        variable.writeonly
        or component in CONNECTIONS
        or name in CONNECTIONS
        or name in SECRETS | PERSONAL
        or name in TOLD
        or (component == "chargingstation" and name in IDENTITY)
    )


def _told(traits: Traits) -> Nature | None:
    return KINDS.get(traits.kind.casefold())


def _bounded(known: Natural, variable: Variable) -> Natural:
    """With the bounds and the choices the station tells; of words they are the length."""
    traits = variable.traits or Traits("")
    minimum = known.minimum if traits.minimum is None else traits.minimum
    maximum = known.maximum if traits.maximum is None else traits.maximum
    if minimum is not None and maximum is not None and minimum > maximum:
        minimum = maximum = None
    return replace(
        known,
        minimum=minimum,
        maximum=maximum,
        unit=variable.unit or known.unit if known.nature in NUMBERS else None,
        options=traits.values or known.options,
    )
