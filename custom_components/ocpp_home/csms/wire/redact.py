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
_CARD: Final = re.compile(rf'("(?:idTag|parentIdTag|idToken)"\s*:\s*)"((?:[^"\\]|\\.){{0,2}}){_STRING[1:]}')
_URL_LOGIN: Final = re.compile(r"(://)[^/@\s\"]+@")


def redact(text: str) -> str:
    """Mask passwords, keys, logins in URLs, and all but the first two characters of cards."""
    if _SECRET_NAME.search(text):
        text = _VALUE.sub(rf'\1"{MASK}"', text)
    if "SetNetworkProfile" in text[:200]:
        text = _NETWORK_KEY.sub(rf'\1"{MASK}"', text)
    text = _SECRET_PROPERTY.sub(rf'\1"{MASK}"', text)
    text = _CARD.sub(rf'\1"\2{MASK}"', text)
    return _URL_LOGIN.sub(rf"\1{MASK}@", text)
