"""What 2.1 adds to the variables (OCPP 2.1 ed. 1 - Referenced Components and Variables)."""

from .v201_table import BOOLEAN, INTEGER, MEMBERS, READ_WRITE, Row

LIMITS = "maxEnergy,maxTime,maxCost,maxSoC"
ROWS: tuple[Row, ...] = (
    Row("CustomizationCtrlr.CustomTriggers", "SelfTest", MEMBERS, values="SelfTest"),
    Row("TxCtrlr.ResumptionTimeout", "60", INTEGER, READ_WRITE, "s", limits=(0, None)),
    Row("TxCtrlr.AllowEnergyTransferResumption", "true", BOOLEAN, READ_WRITE),
    Row("TxCtrlr.SupportedLimits", LIMITS, MEMBERS, values=LIMITS),
    Row("SmartChargingCtrlr.SupportsDynamicProfiles", "true", BOOLEAN),
    Row("SmartChargingCtrlr.SupportsPriorityCharging", "true", BOOLEAN),
    Row("SmartChargingCtrlr.SupportsMaxOfflineDuration", "true", BOOLEAN),
    Row("SmartChargingCtrlr.SupportsEvseSleep", "true", BOOLEAN),
    Row("MonitoringCtrlr.MaxPeriodicEventStreams", "4", INTEGER),
    Row("TariffCostCtrlr.Enabled.Tariff", "true", BOOLEAN, READ_WRITE),
    Row("V2XChargingCtrlr.Enabled", "false", BOOLEAN),
    Row("DCDERCtrlr.Available", "true", BOOLEAN),
)
