"""What is not as the cases say, and why."""

from collections.abc import Iterable, Mapping


def _flat(reasons: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name: reason for reason, names in reasons.items() for name in names}


# Ours, until it is mended. A case that is right must leave this list.
KNOWN: dict[str, str] = {}

# Ours, for good.
DEVIATIONS = _flat(
    {
        "llhttp knows no higher minor version: there is none": (
            "request line: HTTP/1.2 is answered as 1.1",
            "request line: HTTP/1.9 is answered as 1.1",
        ),
        "llhttp, in its strict mode, wants no space in extensions: nobody sends them": (
            *(
                f"Transfer-Encoding: extension {text!r}, with space"
                for text in (b" ;a=b", b"; a=b", b" ; a = b", b"\t;\ta=b")
            ),
        ),
        "llhttp wants no tab behind a coding: nobody sends it": (
            "Transfer-Encoding: a tab behind the coding",
        ),
        "llhttp reads it as Connection: the client may connect anew": (
            "connection: Proxy-Connection says nothing",
        ),
        "our files cannot be changed by requests, which If-Match is for": (
            "answers: If-Match of another",
        ),
    }
)

# Valid requests that a proxy answers otherwise, in the version of Debian 12; others may not.
BEHIND = {
    "nginx": _flat(
        {
            "it answers HTTP/0.9": (
                "request line: no version",
                "request line: no version and no fields",
            ),
            "it refuses the asterisk": ("request line: OPTIONS *",),
            "methods are of upper case letters and hyphens": (
                f"methods: {method}, which nobody knows"
                for method in ("get", "Get", "G!T", "A1")
            ),
            "tabs are a part of the value": (
                "Host: spaces and tabs around it",
                "Content-Length: spaces around it",
                "Transfer-Encoding: a tab before the coding",
                "Transfer-Encoding: a tab behind the coding",
            ),
            "whatever begins with close is close": (
                "connection: a word that is not close",
            ),
            "it wants one If-None-Match": ("answers: If-None-Match in two fields",),
        }
    ),
    "caddy": _flat(
        {
            "it wants no empty line first": (
                "request line: an empty line comes first",
            ),
            "another host is another site": (
                *(
                    f"Host: Host {host} is one"
                    for host in (
                        *(
                            "192.0.2.1",
                            "192.0.2.1:8000",
                            "[2001:db8::1]",
                            "[2001:db8::1]:8000",
                        ),
                        *(
                            "a_b.example",
                            "xn--e1afmkfd.example",
                            "localhost",
                            "%61.example",
                        ),
                        "a.example.",
                    )
                ),
                "Host: HTTP/1.0 without a Host",
            ),
            "it wants no space before the semicolon": (
                f"Transfer-Encoding: extension {text!r}, with space"
                for text in (b" ;a=b", b" ; a = b", b"\t;\ta=b")
            ),
        }
    ),
    "haproxy": _flat(
        {
            "it answers HTTP/2": ("request line: the preface of HTTP/2",),
            "Host must be the target's": ("request line: a URL, and Host is another",),
        }
    ),
}
