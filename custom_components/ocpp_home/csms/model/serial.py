"""The serial number of a station, which its certificate names."""

import re


def named(serial: str, common_name: str) -> bool:
    """Whether the common name of a certificate contains a serial number, as a word of its own, in whatever case.

    OCPP 2.0.1 ed. 3 - A00.FR.405 and 1.6 security whitepaper ed. 3 - A00.FR.405: it "contains the unique serial
    number"; 1 is not contained in 4711.
    """
    word = rf"(?<![A-Za-z0-9]){re.escape(serial)}(?![A-Za-z0-9])"
    return bool(serial) and re.search(word, common_name, re.IGNORECASE) is not None
