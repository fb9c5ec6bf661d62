"""OCPP 2.0.1 and 2.1, Certificate Management: roots are installed, told and deleted (OCPP 2.0.1 ed. 3 - M03 to M05)."""

from typing import Final

import pytest

from custom_components.ocpp_home.csms.model.commands import CertificateHash
from custom_components.ocpp_home.csms.model.errors import Refused
from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.v2.security import Security
from tests.certification.stage import Dial
from tests.pki import root
from tests.simulator import Oddities, Station as Simulated
from tests.simulator.trust import fingerprint

CSMS, MANUFACTURER, V2G, MO = (f"{who}RootCertificate" for who in ("CSMS", "Manufacturer", "V2G", "MO"))
CHAIN: Final = "V2GCertificateChain"


def pem(body: str) -> str:
    """A root certificate of that name."""
    return root(body).pem


ROOTS: Final = {CSMS: pem("Q1NNUw=="), MANUFACTURER: pem("TUFOVQ=="), V2G: pem("VjJH"), MO: pem("TU8=")}


@pytest.fixture
async def station(dial: Dial) -> Simulated:
    return await dial(version="2.0.1")


def security(garage: Station) -> Security:
    """The commands for certificates, with those only 2.x has."""
    found = garage.require().security
    assert isinstance(found, Security)
    return found


def named(certificate: str) -> CertificateHash:
    """The hashes by which the station names a certificate."""
    told = fingerprint(certificate)
    return CertificateHash(told["hashAlgorithm"], told["issuerNameHash"], told["issuerKeyHash"], told["serialNumber"])


async def installs(station: Simulated, garage: Station, kind: str) -> None:
    """Install a root, and find it among those the station tells."""
    certificate = ROOTS.get(kind, pem("T0VN"))
    await security(garage).install_certificate(kind, certificate)
    assert station.asked("InstallCertificate") == [{"certificateType": kind, "certificate": certificate}]
    assert station.certificates[kind] == [certificate]
    assert await security(garage).certificates(kind) == [named(certificate)]


async def retrieves(station: Simulated, garage: Station, *kinds: str) -> None:
    """Ask a station that has every kind of root for some."""
    for kind, certificate in ROOTS.items():
        await security(garage).install_certificate(kind, certificate)
    station.certificates[CHAIN] = [pem("Q0hBSU4=")]
    found = await security(garage).installed(kinds)
    assert station.asked("GetInstalledCertificateIds") == [{"certificateType": list(kinds)} if kinds else {}]
    held = ROOTS | {CHAIN: station.certificates[CHAIN][0]}
    assert {one.kind: one.hash for one in found} == {kind: named(held[kind]) for kind in kinds or held}
    assert len(found) == len(kinds or held)


async def test_tc_m_01_install_csms_root_certificate(station: Simulated, garage: Station) -> None:
    await installs(station, garage, CSMS)


async def test_tc_m_02_install_manufacturer_root_certificate(station: Simulated, garage: Station) -> None:
    await installs(station, garage, MANUFACTURER)


async def test_tc_m_03_install_v2g_root_certificate(station: Simulated, garage: Station) -> None:
    await installs(station, garage, V2G)


async def test_tc_m_04_install_mo_root_certificate(station: Simulated, garage: Station) -> None:
    await installs(station, garage, MO)


async def test_tc_m_05_install_ca_certificate_failed(dial: Dial, garage: Station) -> None:
    station = await dial(version="2.0.1", oddities=Oddities(answers={"InstallCertificate": {"status": "Failed"}}))
    with pytest.raises(Refused) as refusal:
        await security(garage).install_certificate(CSMS, ROOTS[CSMS])
    assert refusal.value.status == "Failed"
    assert station.asked("InstallCertificate") == [{"certificateType": CSMS, "certificate": ROOTS[CSMS]}]
    assert await security(garage).certificates(CSMS) == []


async def test_tc_m_12_retrieve_csms_root_certificates(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, CSMS)


async def test_tc_m_13_retrieve_manufacturer_root_certificates(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, MANUFACTURER)


async def test_tc_m_14_retrieve_v2g_root_certificates(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, V2G)


async def test_tc_m_15_retrieve_v2g_certificate_chains(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, CHAIN)


async def test_tc_m_16_retrieve_mo_root_certificates(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, MO)


async def test_tc_m_17_retrieve_csms_and_manufacturer_root_certificates(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage, CSMS, MANUFACTURER)


async def test_tc_m_18_retrieve_all_certificate_types(station: Simulated, garage: Station) -> None:
    await retrieves(station, garage)


async def test_tc_m_19_retrieve_no_matching_certificate_found(station: Simulated, garage: Station) -> None:
    await security(garage).install_certificate(CSMS, ROOTS[CSMS])
    assert await security(garage).certificates(MANUFACTURER) == []
    assert station.asked("GetInstalledCertificateIds") == [{"certificateType": [MANUFACTURER]}]


async def test_tc_m_20_delete_a_certificate(station: Simulated, garage: Station) -> None:
    for kind in (CSMS, MANUFACTURER):
        await security(garage).install_certificate(kind, ROOTS[kind])
    (which,) = await security(garage).certificates(CSMS)
    await security(garage).delete_certificate(which)
    assert station.asked("DeleteCertificate") == [{"certificateHashData": fingerprint(ROOTS[CSMS])}]
    assert [one.kind for one in await security(garage).installed()] == [MANUFACTURER]


async def test_tc_m_21_delete_a_certificate_that_must_stay_or_is_gone(station: Simulated, garage: Station) -> None:
    own = root("Anybody").sign(station.trust.request("ChargingStationCertificate", "Home", "SIM-0001"))
    await security(garage).send_certificate(own)
    await security(garage).install_certificate(MANUFACTURER, ROOTS[MANUFACTURER])
    with pytest.raises(Refused) as refusal:
        await security(garage).delete_certificate(named(own))
    assert (refusal.value.status, station.certificates["ChargingStationCertificate"]) == ("Failed", [own])
    with pytest.raises(Refused) as refusal:
        await security(garage).delete_certificate(named(ROOTS[CSMS]))
    assert refusal.value.status == "NotFound"
    wanted = [{"certificateHashData": fingerprint(certificate)} for certificate in (own, ROOTS[CSMS])]
    assert station.asked("DeleteCertificate") == wanted
    assert [one.kind for one in await security(garage).installed()] == [MANUFACTURER]


async def test_tc_m_101_install_oem_root_certificate(dial: Dial, garage: Station) -> None:
    await installs(await dial(version="2.1"), garage, "OEMRootCertificate")
