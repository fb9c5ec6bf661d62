"""What is learned about limits outlives restarts and ends with the firmware."""

from custom_components.ocpp_home.csms.dialogue.learned import Learned
from custom_components.ocpp_home.csms.dialogue.ways import DEFAULT, TX, Method
from custom_components.ocpp_home.csms.model.station import Identity, Station
from custom_components.ocpp_home.csms.v1.profiles import MAX

WAYS = [Method(TX), Method(TX, whole=True), Method(DEFAULT), Method(DEFAULT, "W"), Method(MAX)]


def test_nothing_known_changes_nothing(station: Station) -> None:
    assert Learned(station).order(WAYS) == WAYS


def test_what_worked_comes_first_within_its_purpose(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(DEFAULT, "W"))
    learned.works(Method(TX, level=3))
    assert learned.order(WAYS) == [
        Method(TX, level=3),
        Method(TX),
        Method(TX, whole=True),
        Method(DEFAULT, "W"),
        Method(DEFAULT),
        Method(MAX),
    ]


def test_a_way_of_a_purpose_that_is_not_possible_now_is_not_offered(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(TX))
    assert learned.order([Method(DEFAULT)]) == [Method(DEFAULT)]


def test_purposes_that_failed_come_last(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(TX), proven=True)
    learned.fails(TX)
    assert learned.failed(TX)
    assert not learned.trusted(Method(TX))
    assert not learned.proven(Method(TX))
    assert [way.purpose for way in learned.order(WAYS)] == [DEFAULT, DEFAULT, MAX, TX, TX]


def test_only_proof_clears_a_purpose_that_failed(station: Station) -> None:
    learned = Learned(station)
    learned.fails(TX)
    learned.works(Method(TX))
    assert learned.trusted(Method(TX))
    assert learned.failed(TX)
    learned.works(Method(TX), proven=True)
    assert not learned.failed(TX)


def test_proof_is_of_one_way(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(TX), proven=True)
    assert learned.proven(Method(TX))
    assert not learned.proven(Method(TX, "W"))
    learned.works(Method(TX))
    assert learned.proven(Method(TX))
    learned.works(Method(TX, "W"))
    assert not learned.proven(Method(TX, "W"))


def test_it_outlives_a_restart(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(DEFAULT, "W"), proven=True)
    learned.fails(TX)
    again = Learned(station)
    assert again.proven(Method(DEFAULT, "W"))
    assert again.failed(TX)


def test_it_ends_with_the_firmware(station: Station) -> None:
    learned = Learned(station)
    learned.works(Method(DEFAULT, "W"))
    learned.fails(TX)
    station.identify(Identity(firmware="2.0"))
    assert not learned.failed(TX)
    assert learned.order(WAYS) == WAYS


def test_what_cannot_be_read_is_forgotten(station: Station) -> None:
    station.keep("charging", {"firmware": "", "good": "nonsense", "proven": [], "bad": []})
    assert Learned(station).order(WAYS) == WAYS
    station.keep("charging", {"firmware": "", "good": [["odd"]], "proven": [], "bad": ["TxProfile"]})
    assert Learned(station).failed(TX)


def test_that_a_car_charges_again_after_a_pause_is_remembered_for_a_firmware(station: Station) -> None:
    assert not Learned(station).restarts
    Learned(station).restarted()
    assert Learned(station).restarts
    station.identify(Identity(firmware="2.0"))
    assert not Learned(station).restarts
