"""The components and variables of a realistic 2.x station (OCPP 2.0.1 ed. 3 - Referenced Components and Variables)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .clock import stamp
from .measurands import MEASURANDS

if TYPE_CHECKING:
    from .connector import Connector
    from .machine import Machine

BOOLEAN, INTEGER, DECIMAL, STRING, MOMENT = "boolean", "integer", "decimal", "string", "dateTime"
OPTION, MEMBERS, SEQUENCE = "OptionList", "MemberList", "SequenceList"
READ_ONLY, READ_WRITE, WRITE_ONLY = "ReadOnly", "ReadWrite", "WriteOnly"
POINTS = "ParkingBayOccupancy,EVConnected,Authorized,DataSigned,PowerPathClosed,EnergyTransfer"
ALL_MEASURANDS = ",".join(MEASURANDS)
USUAL = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
REGISTER = "Energy.Active.Import.Register"

type Read = Callable[[Any, Connector | None], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One variable as the factory makes it; `name` is Component.Variable or Component.Variable.Instance."""

    name: str
    value: str
    type: str = STRING
    mutability: str = READ_ONLY
    unit: str = ""
    values: str = ""
    limits: tuple[float | None, float | None] = (None, None)
    core: str = ""  # the core's word for it
    reboots: bool = False
    read: Read | None = None  # instead of a stored value
    monitored: bool = False
    physical: bool = False  # no part of a ConfigurationInventory
    which: str = ""  # the instance of its component


def _switch(name: str, value: bool, core: str = "", mutability: str = READ_WRITE) -> Row:
    return Row(name, str(value).lower(), BOOLEAN, mutability, core=core)


def _number(name: str, value: int, core: str = "", mutability: str = READ_WRITE, unit: str = "") -> Row:
    return Row(name, str(value), INTEGER, mutability, unit, limits=(0, None), core=core)


def _fixed(name: str, value: int) -> Row:
    return _number(name, value, mutability=READ_ONLY)


def _members(name: str, value: str, values: str, core: str = "", mutability: str = READ_WRITE) -> Row:
    return Row(name, value, MEMBERS, mutability, values=values, core=core)


STATION: tuple[Row, ...] = (
    _number("AlignedDataCtrlr.Interval", 0, "ClockAlignedDataInterval", unit="s"),
    _members("AlignedDataCtrlr.Measurands", REGISTER, ALL_MEASURANDS, "MeterValuesAlignedData"),
    _switch("AlignedDataCtrlr.SendDuringIdle", False),
    _number("AlignedDataCtrlr.TxEndedInterval", 0, unit="s"),
    _members("AlignedDataCtrlr.TxEndedMeasurands", "", ALL_MEASURANDS),
    _switch("AuthCacheCtrlr.Available", True, mutability=READ_ONLY),
    _switch("AuthCacheCtrlr.Enabled", True, "AuthorizationCacheEnabled"),
    _number("AuthCacheCtrlr.LifeTime", 0, unit="s"),
    _switch("AuthCacheCtrlr.DisablePostAuthorize", False),
    _switch("AuthCtrlr.Enabled", True),
    _switch("AuthCtrlr.AuthorizeRemoteStart", True, "AuthorizeRemoteTxRequests"),
    _switch("AuthCtrlr.LocalAuthorizeOffline", True, "LocalAuthorizeOffline"),
    _switch("AuthCtrlr.LocalPreAuthorize", False, "LocalPreAuthorize"),
    _switch("AuthCtrlr.OfflineTxForUnknownIdEnabled", True, "AllowOfflineTxForUnknownId"),
    Row("AuthCtrlr.MasterPassGroupId", "", STRING, READ_WRITE),
    Row("ClockCtrlr.DateTime", "", MOMENT, read=lambda machine, _: stamp(machine.clock.now())),
    Row("ClockCtrlr.TimeSource", "Heartbeat", SEQUENCE, READ_WRITE, values="Heartbeat,NTP,RealTimeClock"),
    Row("ClockCtrlr.TimeZone", "Etc/UTC", STRING, READ_WRITE),
    _fixed("DeviceDataCtrlr.BytesPerMessage.GetReport", 65535),
    _fixed("DeviceDataCtrlr.BytesPerMessage.GetVariables", 65535),
    _fixed("DeviceDataCtrlr.BytesPerMessage.SetVariables", 65535),
    _fixed("DeviceDataCtrlr.ItemsPerMessage.GetReport", 20),
    _fixed("DeviceDataCtrlr.ItemsPerMessage.GetVariables", 20),
    _fixed("DeviceDataCtrlr.ItemsPerMessage.SetVariables", 10),
    _switch("DisplayMessageCtrlr.Available", True, mutability=READ_ONLY),
    Row(
        "DisplayMessageCtrlr.DisplayMessages",
        "0",
        INTEGER,
        limits=(None, 10),
        read=lambda machine, _: str(len(machine.shelf.get("messages", ()))),
    ),
    _members("DisplayMessageCtrlr.SupportedFormats", "ASCII,UTF8", "ASCII,HTML,URI,UTF8", mutability=READ_ONLY),
    _members(
        "DisplayMessageCtrlr.SupportedPriorities",
        "AlwaysFront,InFront,NormalCycle",
        "AlwaysFront,InFront,NormalCycle",
        mutability=READ_ONLY,
    ),
    _fixed("LocalAuthListCtrlr.BytesPerMessage", 65535),
    _switch("LocalAuthListCtrlr.Enabled", True, "LocalAuthListEnabled"),
    Row(
        "LocalAuthListCtrlr.Entries",
        "0",
        INTEGER,
        limits=(None, 100),
        read=lambda machine, _: str(len(machine.tags.listed)),
    ),
    _fixed("LocalAuthListCtrlr.ItemsPerMessage", 50),
    _switch("MonitoringCtrlr.Available", True, mutability=READ_ONLY),
    _switch("MonitoringCtrlr.Enabled", True),
    _fixed("MonitoringCtrlr.BytesPerMessage.SetVariableMonitoring", 65535),
    _fixed("MonitoringCtrlr.ItemsPerMessage.SetVariableMonitoring", 10),
    _fixed("MonitoringCtrlr.ItemsPerMessage.ClearVariableMonitoring", 10),
    Row("MonitoringCtrlr.ActiveMonitoringBase", "FactoryDefault", OPTION, values="All,FactoryDefault,HardwiredOnly"),
    _fixed("MonitoringCtrlr.ActiveMonitoringLevel", 9),
    _number("MonitoringCtrlr.OfflineQueuingSeverity", 5),
    Row("OCPPCommCtrlr.ActiveNetworkProfile", "1"),
    _members("OCPPCommCtrlr.FileTransferProtocols", "HTTP,HTTPS", "FTP,HTTP,HTTPS,SFTP", mutability=READ_ONLY),
    _number("OCPPCommCtrlr.HeartbeatInterval", 300, "HeartbeatInterval", unit="s"),
    _fixed("OCPPCommCtrlr.MessageTimeout.Default", 30),
    _number("OCPPCommCtrlr.MessageAttempts.TransactionEvent", 3, "TransactionMessageAttempts"),
    _number("OCPPCommCtrlr.MessageAttemptInterval.TransactionEvent", 60, "TransactionMessageRetryInterval", unit="s"),
    Row("OCPPCommCtrlr.NetworkConfigurationPriority", "1", SEQUENCE, READ_WRITE, values="1,2,3"),
    _number("OCPPCommCtrlr.NetworkProfileConnectionAttempts", 3),
    _number("OCPPCommCtrlr.OfflineThreshold", 60, unit="s"),
    _switch("OCPPCommCtrlr.QueueAllMessages", False),
    _number("OCPPCommCtrlr.ResetRetries", 1),
    _number("OCPPCommCtrlr.RetryBackOffRandomRange", 0, unit="s"),
    _number("OCPPCommCtrlr.RetryBackOffRepeatTimes", 3),
    _number("OCPPCommCtrlr.RetryBackOffWaitMinimum", 5, unit="s"),
    _switch("OCPPCommCtrlr.UnlockOnEVSideDisconnect", True, "UnlockConnectorOnEVSideDisconnect"),
    _number("OCPPCommCtrlr.WebSocketPingInterval", 0, "WebSocketPingInterval", unit="s"),
    _switch("ReservationCtrlr.Available", True, mutability=READ_ONLY),
    _switch("ReservationCtrlr.Enabled", True),
    _switch("ReservationCtrlr.NonEvseSpecific", True, "ReserveConnectorZeroSupported", READ_ONLY),
    _number("SampledDataCtrlr.TxEndedInterval", 0, unit="s"),
    _members("SampledDataCtrlr.TxEndedMeasurands", REGISTER, ALL_MEASURANDS),
    _members("SampledDataCtrlr.TxStartedMeasurands", REGISTER, ALL_MEASURANDS),
    _number("SampledDataCtrlr.TxUpdatedInterval", 60, "MeterValueSampleInterval", unit="s"),
    _members("SampledDataCtrlr.TxUpdatedMeasurands", USUAL, ALL_MEASURANDS, "MeterValuesSampledData"),
    Row("SecurityCtrlr.BasicAuthPassword", "", STRING, WRITE_ONLY, limits=(None, 40)),
    Row(
        "SecurityCtrlr.CertificateEntries",
        "0",
        INTEGER,
        read=lambda machine, _: str(sum(len(kind) for kind in machine.certificates.values())),
    ),
    Row("SecurityCtrlr.Identity", "", STRING, read=lambda machine, _: machine.identity),
    Row("SecurityCtrlr.OrganizationName", "Home", STRING, READ_WRITE),
    _fixed("SecurityCtrlr.SecurityProfile", 0),
    _switch("SmartChargingCtrlr.Available", True, mutability=READ_ONLY),
    _switch("SmartChargingCtrlr.Enabled", True),
    _switch("SmartChargingCtrlr.ACPhaseSwitchingSupported", False, mutability=READ_ONLY),
    Row(
        "SmartChargingCtrlr.Entries.ChargingProfiles",
        "0",
        INTEGER,
        limits=(None, 20),
        read=lambda machine, _: str(len(machine.profiles.installed)),
    ),
    Row("SmartChargingCtrlr.LimitChangeSignificance", "1", DECIMAL, READ_WRITE, "Percent", limits=(0, 100)),
    _fixed("SmartChargingCtrlr.PeriodsPerSchedule", 24),
    _fixed("SmartChargingCtrlr.ProfileStackLevel", 8),
    _members("SmartChargingCtrlr.RateUnit", "A,W", "A,W", mutability=READ_ONLY),
    Row("TariffCostCtrlr.Currency", "EUR", STRING, READ_WRITE),
    _switch("TariffCostCtrlr.Enabled.Cost", True),
    Row("TariffCostCtrlr.TariffFallbackMessage", "", STRING, READ_WRITE),
    Row("TariffCostCtrlr.TotalCostFallbackMessage", "", STRING, READ_WRITE),
    _number("TxCtrlr.EVConnectionTimeOut", 60, "ConnectionTimeOut", unit="s"),
    _number("TxCtrlr.MaxEnergyOnInvalidId", 0, "MaxEnergyOnInvalidId", unit="Wh"),
    _switch("TxCtrlr.StopTxOnEVSideDisconnect", True, "StopTransactionOnEVSideDisconnect"),
    _switch("TxCtrlr.StopTxOnInvalidId", True, "StopTransactionOnInvalidId"),
    _members("TxCtrlr.TxStartPoint", "PowerPathClosed", POINTS),
    _members("TxCtrlr.TxStopPoint", "EVConnected,Authorized", POINTS),
    Row("CustomizationCtrlr.VendorLedColour", "green", OPTION, READ_WRITE, values="green,blue,red", reboots=True),
    Row("ChargingStation.Model", "", read=lambda machine, _: machine.hardware.identity.model, physical=True),
    Row("ChargingStation.VendorName", "", read=lambda machine, _: machine.hardware.identity.vendor, physical=True),
    Row("ChargingStation.FirmwareVersion", "", read=lambda machine, _: machine.firmware, physical=True),
    Row("ChargingStation.SerialNumber", "", read=lambda machine, _: machine.hardware.identity.serial, physical=True),
    Row("ChargingStation.Available", "true", BOOLEAN, physical=True),
    Row(
        "ChargingStation.AvailabilityState",
        "",
        OPTION,
        values="Available,Occupied,Reserved,Unavailable,Faulted",
        read=lambda machine, _: "Available" if machine.connectors[0].operative else "Unavailable",
        monitored=True,
        physical=True,
    ),
    Row("ChargingStation.SupplyPhases", "", INTEGER, read=lambda machine, _: str(machine.phases), physical=True),
    Row("ChargingStation.Problem", "false", BOOLEAN, monitored=True, physical=True),
    Row(
        "ChargingStation.Temperature",
        "",
        DECIMAL,
        unit="Celsius",
        read=lambda machine, _: f"{25 + machine.connectors[0].meter.power / 1000:.1f}",
        monitored=True,
        physical=True,
    ),
)


def _word(machine: Machine, connector: Connector | None) -> str:
    assert connector is not None
    return machine.dialect.word(connector)


def _power(_: Machine, connector: Connector | None) -> str:
    assert connector is not None
    return f"{connector.meter.power:.1f}"


def _problem(_: Machine, connector: Connector | None) -> str:
    assert connector is not None
    return str(connector.error != "NoError").lower()


AVAILABILITY = "Available,Occupied,Reserved,Unavailable,Faulted"
EVSE: tuple[Row, ...] = (
    Row("EVSE.Available", "true", BOOLEAN, physical=True),
    Row("EVSE.AvailabilityState", "", OPTION, values=AVAILABILITY, read=_word, monitored=True, physical=True),
    Row("EVSE.AllowReset", "true", BOOLEAN, physical=True),
    Row("EVSE.Power", "", DECIMAL, unit="W", read=_power, monitored=True, physical=True),
    Row("EVSE.SupplyPhases", "", INTEGER, read=lambda machine, _: str(machine.phases), physical=True),
)
CONNECTOR: tuple[Row, ...] = (
    Row("Connector.Available", "true", BOOLEAN, physical=True),
    Row("Connector.AvailabilityState", "", OPTION, values=AVAILABILITY, read=_word, monitored=True, physical=True),
    Row("Connector.ConnectorType", "cType2", physical=True),
    Row("Connector.SupplyPhases", "", INTEGER, read=lambda machine, _: str(machine.phases), physical=True),
    Row("Connector.Problem", "", BOOLEAN, read=_problem, monitored=True, physical=True),
)
