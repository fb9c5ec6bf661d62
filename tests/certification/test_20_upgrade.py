"""OCPP 2.0.1 and 2.1, Security: a station is led to a higher security profile (OCPP 2.0.1 ed. 3 - A05)."""

from custom_components.ocpp_home.csms.security.proof import Profile
from tests.security.stairs import NAME, stairs
from tests.simulator import Station as Simulated

PRIORITY, ACTIVE = "OCPPCommCtrlr.NetworkConfigurationPriority", "OCPPCommCtrlr.ActiveNetworkProfile"


async def test_tc_a_19_upgrade_charging_station_security_profile_accepted() -> None:
    async with stairs() as up, Simulated(f"ws://127.0.0.1:{up.port}", NAME, version="2.0.1") as station:
        station.redial = 0.05
        await up.ascent(Profile.BASIC).climb()
        done = len(station.calls)
        await up.ascent(Profile.TLS).climb()
        asked = [call.action for call in station.calls[done:]]
        assert [action for action in asked if action not in {"GetVariables", "GetInstalledCertificateIds"}] == [
            *("InstallCertificate", "InstallCertificate", "SetNetworkProfile", "SetVariables", "Reset")
        ]
        (data,) = station.asked("SetVariables")[-1]["setVariableData"]
        assert (data["variable"]["name"], data["attributeValue"]) == ("NetworkConfigurationPriority", "1,2")
        connection = station.asked("SetNetworkProfile")[-1]["connectionData"]
        assert (connection["securityProfile"], connection["ocppCsmsUrl"]) == (2, f"wss://127.0.0.1:{up.port}")
        assert (up.profile, up.station.proved) == (Profile.TLS, 2)
        assert [station.configuration.text(name) for name in (PRIORITY, ACTIVE)] == ["1", "1"], "A05.FR.06"
        assert station.boots[-1]["status"] == "Accepted"
        assert station.violations == []
