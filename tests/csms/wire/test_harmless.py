"""No control characters, nothing that a shell would do something with, and addresses of known kinds only."""

import pytest

from custom_components.ocpp_home.csms.wire.frame import Payload
from custom_components.ocpp_home.csms.wire.harmless import objection, sendable


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"connectorId": 1, "idTag": "04A2B3C4D5E6F7"},
        {"idToken": {"idToken": "DE-ABC-C12345678-9", "type": "eMAID"}},
        {"idToken": {"idToken": "00:1A:2B:3C:4D:5E", "type": "MacAddress"}},
        {"location": "ftp://me:sesame@192.168.1.2:2121/logs/%24a?x=1&y=2#z"},
        {"log": {"remoteLocation": "HTTPS://home.example/upload/~abc_d.e,f+g=@:"}},
        {"connectionData": {"ocppCsmsUrl": "wss://[fd00::5]:9000/ocpp"}},
        {"certificate": "-----BEGIN CERTIFICATE-----\nMIIB\r\n-----END CERTIFICATE-----"},
        {"key": "Welcome", "value": "Hello; `world` $HOME"},
        {"message": {"content": "Two\nlines"}},
    ],
)
def test_what_is_meant_well_is_sent(payload: Payload) -> None:
    assert objection(payload) == ""


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"idTag": "$(reboot)"}, "idTag has characters in it that no card has"),
        ({"idToken": {"idToken": "`reboot`", "type": "Central"}}, "idToken has characters in it that no card has"),
        ({"localAuthorizationList": [{"idTag": "A"}, {"idTag": "B|reboot"}]}, "idTag has characters"),
        ({"idTagInfo": {"parentIdTag": "A;reboot"}}, "parentIdTag has characters"),
        ({"key": ["HeartbeatInterval", "A\x00B"]}, "key has control characters in it"),
        ({"value": "one\ntwo"}, "value has control characters in it"),
        ({"value": "\ud800"}, "value has control characters in it"),
        ({"certificate": "\x1b[2J"}, "certificate has control characters in it"),
        ({"location": "file:///etc/passwd"}, "location has to begin with one of ftp, ftps, http, https, sftp, and ://"),
        ({"location": "ftp"}, "location has to begin with"),
        ({"location": "http://x/$(reboot)"}, "location has characters in it that no address has"),
        ({"log": {"remoteLocation": "http://x/a b"}}, "remoteLocation has characters in it that no address has"),
        ({"location": "http://x/\r\nX: y"}, "location has control characters in it"),
        ({"connectionData": {"ocppCsmsUrl": "https://x"}}, "ocppCsmsUrl has to begin with one of ws, wss"),
    ],
)
def test_what_could_do_harm_is_not(payload: Payload, why: str) -> None:
    assert objection(payload).startswith(why)


def test_the_number_of_a_card_may_be_told_or_not() -> None:
    assert sendable("04A2B3C4")
    assert not sendable("04A2\n")
    assert not sendable("04A2&")
