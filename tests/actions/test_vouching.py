"""A station whose certificate has ended: the owner vouches for it."""

from custom_components.ocpp_home.csms.security.signer import NOT_PROVED
from tests.household import until
from tests.simulator import Station

from .home import Home

NOT_SIGNED = ("certificate_not_signed", 0)


async def test_a_station_that_proves_nothing_gets_a_certificate_when_the_owner_vouches_for_it(
    home: Home, modern: Station
) -> None:
    garage, authority = home.hub.stations["garage"], home.hub.certificates.authority
    await home.do("set_variable", variable="SecurityCtrlr.OrganizationName", value=authority.organisation)
    await home.do("renew_certificate")
    await until(lambda: NOT_SIGNED in garage.notices)
    assert garage.notices[NOT_SIGNED].data["reason"] == NOT_PROVED
    assert modern.trust.own() is None
    await home.do("renew_certificate", vouch=True)
    await until(lambda: modern.trust.own() is not None)
    (issued,) = authority.issued
    assert issued.station == "GARAGE"
