"""What is not as the cases say, and why."""

from collections.abc import Iterable, Mapping


def _flat(reasons: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {name: reason for reason, names in reasons.items() for name in names}


# Ours, until it is mended. A case that is right must leave this list.
KNOWN = _flat(
    {
        "a higher minor version is refused": (
            "request line: HTTP/1.2 is answered as 1.1",
            "request line: HTTP/1.9 is answered as 1.1",
        ),
        "* is taken for a path": (
            "request line: GET *",
            "request line: POST *",
            "request line: OPTIONS *",
        ),
        "431 for 414": ("request line: a request line of 100,000 bytes",),
        "400 for methods that we do not have": (
            *(
                f"methods: {method}, which others know"
                for method in (
                    "PURGE",
                    "SEARCH",
                    "M-SEARCH",
                    "SUBSCRIBE",
                    "LINK",
                    "SOURCE",
                )
            ),
            *(
                f"methods: {method}, which nobody knows"
                for method in ("ABC", "get", "Get", "GETX", "X-Y", "G!T", "A1")
            ),
        ),
        "Host is not looked at": (
            *(
                f"Host: {name}"
                for name in (
                    "no Host",
                    "no Host, and the target is a URL",
                    "two Hosts that differ",
                    "two Hosts that agree",
                    "two Hosts, one of them last",
                    "no Host in the second request",
                    "HTTP/1.0 with two Hosts",
                )
            ),
            *(
                f"Host: Host {value!r}"
                for value in (
                    *(
                        b"a@b",
                        b"a/b",
                        b"a, b",
                        b"a b",
                        b"a?b",
                        b"a#b",
                        b"http://a",
                        b"a\\b",
                    ),
                    *(
                        b"a|b",
                        b"<a>",
                        b'"a"',
                        b"a:b",
                        b"a:80:80",
                        b"a:-1",
                        b"a:8 0",
                        b"[::1",
                    ),
                    *(
                        b"::1]",
                        b"::1",
                        b"[::1]x",
                        b"[not-ip]",
                        b"%zz",
                        b"a\tb",
                        b"user:pw@a",
                    ),
                    *(b"a^b", b"a`b", b"{a}"),
                )
            ),
        ),
        "codings before chunked are not looked at": (
            "Transfer-Encoding: coding b'gzip, chunked'",
            "Transfer-Encoding: two fields, the first one another",
        ),
        "the first request's version is taken for all": (
            "Transfer-Encoding: a coding in HTTP/1.0, after HTTP/1.1",
            "connection: HTTP/1.0 is told that it is kept, after HTTP/1.1",
            "connection: HTTP/2.0 after HTTP/1.1",
            "connection: HTTP/0.9 after HTTP/1.1",
            "connection: the body is asked for, after HTTP/1.0",
        ),
        "the space behind a value is kept": (
            "connection: a space behind it",
            "connection: tabs around it",
        ),
        "a body is asked for, and then refused": (
            "connection: a body that is too large is not asked for",
        ),
        "there is no Date": (
            *(
                f"answers: Date of {what}"
                for what in (
                    *(
                        "a count",
                        "a read",
                        "a file",
                        "HEAD",
                        "what is not there",
                        "a refusal",
                    ),
                    *("what is not allowed", "what has not changed", "a wrong URL"),
                )
            ),
        ),
        'the tag "*" is taken for any': ("answers: If-None-Match: '\"*\"' is another",),
    }
)

# Ours, for good.
DEVIATIONS = _flat(
    {
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
