"""Requests no larger than a station takes."""

from custom_components.ocpp_home.csms.model.station import Station
from custom_components.ocpp_home.csms.model.variable import Variable, VariableKey
from custom_components.ocpp_home.csms.v2.chunks import chunks


def limited(station: Station, **limits: str) -> None:
    for name, value in limits.items():
        station.variables.put(Variable(VariableKey("Ctrlr", name, instance="Act"), value))


def test_a_station_that_does_not_tell_is_given_ten_at_once(station: Station) -> None:
    assert list(map(len, chunks(station, "Ctrlr", "Act", range(25)))) == [10, 10, 5]
    assert list(chunks(station, "Ctrlr", "Act", [])) == []


def test_a_station_tells_how_many_it_takes(station: Station) -> None:
    limited(station, ItemsPerMessage="2")
    assert list(chunks(station, "Ctrlr", "Act", [1, 2, 3])) == [[1, 2], [3]]
    assert list(map(len, chunks(station, "Ctrlr", "Other", [1, 2, 3]))) == [3]


def test_a_station_that_takes_nothing_is_given_one(station: Station) -> None:
    limited(station, ItemsPerMessage="-4")
    assert list(chunks(station, "Ctrlr", "Act", [1, 2])) == [[1], [2]]


def test_a_station_tells_how_long_a_message_may_be(station: Station) -> None:
    limited(station, BytesPerMessage="250", ItemsPerMessage="100")
    texts = ["x" * 50] * 3 + ["y" * 400] + ["z"]
    assert list(chunks(station, "Ctrlr", "Act", texts)) == [texts[:2], texts[2:3], texts[3:4], texts[4:]]
