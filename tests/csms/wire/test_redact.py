"""Frames without their secrets."""

import pytest

from custom_components.ocpp_home.csms.wire.redact import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"A1B2"}]',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
        ),
        (
            '[2,"1","ChangeConfiguration",{"value":"A\\"1B2","key":"authorizationkey"}]',
            '[2,"1","ChangeConfiguration",{"value":"***","key":"authorizationkey"}]',
        ),
        (
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"cut off he',
            '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"',
        ),
        (
            '[2, "1", "SetVariables", {"a": [{"attributeValue": "pw", "variable": {"name": "BasicAuthPassword"}}]}]',
            '[2, "1", "SetVariables", {"a": [{"attributeValue": "***", "variable": {"name": "BasicAuthPassword"}}]}]',
        ),
        (
            '[3,"1",{"configurationKey":[{"key":"WifiPassword","readonly":false,"value":"pw"}]}]',
            '[3,"1",{"configurationKey":[{"key":"WifiPassword","readonly":false,"value":"***"}]}]',
        ),
        (
            '[2,"1","SetNetworkProfile",{"basicAuthPassword":"pw","vpn":{"key":"k","user":"u"}}]',
            '[2,"1","SetNetworkProfile",{"basicAuthPassword":"***","vpn":{"key":"***","user":"u"}}]',
        ),
        (
            '[2,"1","GetDiagnostics",{"location":"ftp://user:pw@host/dir"}]',
            '[2,"1","GetDiagnostics",{"location":"ftp://***@host/dir"}]',
        ),
        ('[2,"1","Authorize",{"idTag":"04A2B3C4"}]', '[2,"1","Authorize",{"idTag":"04***"}]'),
        (
            '{"idToken":{"idToken":"04A2B3C4","type":"ISO14443"},"parentIdTag":"X"}',
            '{"idToken":{"idToken":"04***","type":"ISO14443"},"parentIdTag":"X***"}',
        ),
        (
            '[2,"1","TransactionEvent",{"signedMeterValue":{"signedMeterData":"T0NNRnwwNEEy","publicKey":"3059"}}]',
            '[2,"1","TransactionEvent",{"signedMeterValue":{"signedMeterData":"***","publicKey":"3059"}}]',
        ),
        (
            '[2,"1","MeterValues",{"sampledValue":[{"value":"7"},{"value":"OCMF|{\\"ID\\":1}","format":"SignedData"}]}]',
            '[2,"1","MeterValues",{"sampledValue":[{"value":"7"},{"value":"***","format":"SignedData"}]}]',
        ),
        (
            '[2,"1","MeterValues",{"sampledValue":[{"format":"SignedData","value":"OCMF|{}"},{"value":"7"}]}]',
            '[2,"1","MeterValues",{"sampledValue":[{"format":"SignedData","value":"***"},{"value":"7"}]}]',
        ),
        (
            '[2,"1","NotifyCustomerInformation",{"data":"Jane, card 04A2B3C4","seqNo":0}]',
            '[2,"1","NotifyCustomerInformation",{"data":"***","seqNo":0}]',
        ),
        (
            '{"additionalInfo":[{"additionalIdToken":"04A2B3C4","type":"upstream"}]}',
            '{"additionalInfo":[{"additionalIdToken":"04***","type":"upstream"}]}',
        ),
    ],
)
def test_secrets_and_cards_are_masked(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]',
        '[2,"1","MeterValues",{"connectorId":1,"meterValue":[{"sampledValue":[{"value":"7"}]}]}]',
        "",
    ],
)
def test_the_rest_is_shown(text: str) -> None:
    assert redact(text) == text
