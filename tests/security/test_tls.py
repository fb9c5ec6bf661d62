"""A scanner looks at the port as it is by default, and finds no weakness; at one that is old it does."""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
import sys
from typing import Any, Final

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
import pytest

from custom_components.ocpp_home.const import CONF_LEGACY_TLS, CONF_TLS_PORT
from tests.household import free_port, hub_entry, set_up

from .conftest import Tell

pytestmark = pytest.mark.usefixtures("socket_enabled")

VERSIONS: Final = ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3")
REQUIRED: Final = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
}
"""OCPP 2.0.1 ed. 3 - A00.FR.318."""
BESIDE: Final = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
SOUND: Final[Mapping[str, Mapping[str, object]]] = {
    "heartbleed": {"is_vulnerable_to_heartbleed": False},
    "openssl_ccs_injection": {"is_vulnerable_to_ccs_injection": False},
    "robot": {"robot_result": "NOT_VULNERABLE_NO_ORACLE"},
    "session_renegotiation": {
        "supports_secure_renegotiation": True,
        "is_vulnerable_to_client_renegotiation_dos": False,
        "client_renegotiations_success_count": 0,
    },
    "tls_compression": {"supports_compression": False},
    "tls_1_3_early_data": {"supports_early_data": False},
    "tls_fallback_scsv": {"supports_fallback_scsv": True},
    "tls_extended_master_secret": {"supports_ems_extension": True},
}
"""What the scanner says of each weakness it looks for where there is none."""
VERSION_FLAGS: Final = ("--sslv2", "--sslv3", "--tlsv1", "--tlsv1_1", "--tlsv1_2", "--tlsv1_3")
WEAKNESS_FLAGS: Final = (
    "--compression",
    "--early_data",
    "--ems",
    "--fallback",
    "--heartbleed",
    "--openssl_ccs",
    "--reneg",
    "--robot",
)
QUIETLY: Final = ("--mozilla_config=disable", "--quiet")


async def scan(port: int, folder: Path, *look: str) -> Mapping[str, Any]:
    """What sslyze finds at a port, by what it looks for."""
    report = folder / "report.json"
    scanner = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sslyze",
        *look,
        f"--json_out={report}",
        f"localhost:{port}",
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await scanner.communicate()
    assert report.exists(), told.decode()
    (server,) = json.loads(await asyncio.to_thread(report.read_text))["server_scan_results"]
    assert server["scan_status"] == "COMPLETED", server
    found = {name: part for name, part in server["scan_result"].items() if part["status"] != "NOT_SCHEDULED"}
    assert {name: part["error_trace"] for name, part in found.items() if part["status"] != "COMPLETED"} == {}
    return {name: part["result"] for name, part in found.items()}


def suites(found: Mapping[str, Any], version: str) -> set[str]:
    """The suites a port speaks in a version."""
    return {one["cipher_suite"]["name"] for one in found[f"{version}_cipher_suites"]["accepted_cipher_suites"]}


async def test_a_scanner_finds_no_weakness(hass: HomeAssistant, tmp_path: Path, tell: Tell) -> None:
    entry = hub_entry()
    await set_up(hass, entry)
    found = await scan(entry.data[CONF_PORT], tmp_path, "--certinfo", *VERSION_FLAGS, *WEAKNESS_FLAGS)
    spoken = {version: suites(found, version) for version in VERSIONS}
    assert {version for version in VERSIONS if spoken[version]} == {"tls_1_2", "tls_1_3"}
    assert spoken["tls_1_2"] == REQUIRED | BESIDE
    assert {name: found[name] for name in SOUND} == SOUND
    keys = [
        deployment["received_certificate_chain"][0]["public_key"]["key_size"]
        for deployment in found["certificate_info"]["certificate_deployments"]
    ]
    assert set(keys) == {256, 2048}
    told = sum(len(each) for each in spoken.values())
    tell(f"sslyze: {told} suites of TLS 1.2 and 1.3, {len(SOUND)} weaknesses looked for, 0 found")


async def test_the_scanner_would_find_old_versions(hass: HomeAssistant, tmp_path: Path) -> None:
    old = free_port()
    await set_up(hass, hub_entry(options={CONF_TLS_PORT: old, CONF_LEGACY_TLS: True}))
    found = await scan(old, tmp_path, "--tlsv1", "--tlsv1_1", "--sslv3")
    assert "TLS_RSA_WITH_AES_128_CBC_SHA" in suites(found, "tls_1_0") & suites(found, "tls_1_1")
    assert suites(found, "ssl_3_0") == set()
