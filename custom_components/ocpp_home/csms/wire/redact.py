"""Frames without their secrets, for diagnostics and logs; works on text that is cut or broken too."""

import re
from typing import Final

MASK: Final = "***"

_STRING: Final = r'"(?:[^"\\]|\\.)*(?:"|$)'
_SECRET_NAME: Final = re.compile(
    r'"(?:key|name|variableName)"\s*:\s*"[^"]*(?:passw|secret|key|psk|token|credential)[^"]*"', re.IGNORECASE
)
_VALUE: Final = re.compile(rf'("(?:value|attributeValue|actualValue)"\s*:\s*)(?:{_STRING}|[^\s,}}\]]+)')
_SECRET_PROPERTY: Final = re.compile(rf'("[^"]*(?:passw|secret)[^"]*"\s*:\s*){_STRING}', re.IGNORECASE)
_NETWORK_KEY: Final = re.compile(rf'("key"\s*:\s*){_STRING}')
_PERSONAL: Final = re.compile(rf'("(?:signedMeterData|data)"\s*:\s*){_STRING}')
_SIGNED: Final = (
    re.compile(rf'("value"\s*:\s*){_STRING}(?=[^{{}}]{{0,200}}"SignedData")'),
    re.compile(rf'("SignedData"[^{{}}]{{0,200}}"value"\s*:\s*){_STRING}'),
)
"""What a meter has signed often names the card; OCPP 1.6 tells it as a value."""
_CARD: Final = re.compile(
    rf'("(?:idTag|parentIdTag|idToken|additionalIdToken)"\s*:\s*)"((?:[^"\\]|\\.){{0,2}}){_STRING[1:]}'
)
_URL_LOGIN: Final = re.compile(r"(://)[^/@\s\"]+@")


def redact(text: str) -> str:
    """Mask passwords, keys, logins in URLs, what may name a person, and all but the first two characters of cards."""
    if _SECRET_NAME.search(text):
        text = _VALUE.sub(rf'\1"{MASK}"', text)
    if "SetNetworkProfile" in text[:200]:
        text = _NETWORK_KEY.sub(rf'\1"{MASK}"', text)
    if "signedMeterData" in text or "NotifyCustomerInformation" in text[:200]:
        text = _PERSONAL.sub(rf'\1"{MASK}"', text)
    if "SignedData" in text:
        for signed in _SIGNED:
            text = signed.sub(rf'\1"{MASK}"', text)
    text = _SECRET_PROPERTY.sub(rf'\1"{MASK}"', text)
    text = _CARD.sub(rf'\1"\2{MASK}"', text)
    return _URL_LOGIN.sub(rf"\1{MASK}@", text)
