"""What is one page: the rules that make a URL its key.

Always: scheme, credentials, default port and trailing slashes do not matter. By default
neither do query and fragment. The operator's settings may say that some parameters or a
route in the fragment name a page, and that some spellings of host and path do not.

A key is plain ASCII without ``{``, ``}``, white space or control characters, so that it can
stand inside a Redis hash tag and a header as it is. **A key's key is itself**, whatever the
settings are.
"""

import re
from typing import Final, Protocol
from urllib.parse import quote, unquote_to_bytes

from hitsvc.errors import InvalidURL, SettingsError, URLTooLong
from hitsvc.request.lists import ANY_SUBDOMAIN, entries
from hitsvc.request.parameters import Parameters, chosen, split_entry
from hitsvc.request.query import escaped
from hitsvc.request.urls import LOCAL, MAX_KEY_BYTES, parse, spelled, too_long

ON = "on"
# How often a URL may have been encoded too much.
_MOST_DECODED = 2
_MAX_ENCODED_LENGTH = 8192

# All of `www.` before a name that has a dot itself.
_WWW = re.compile(r"\A(?:www\.)+(?=[^.]+\.[^.])")
# What servers answer with where a directory is asked for.
_INDEX = re.compile(
    r"(?:index\.(?:[xps]?html?|php\d?|aspx?|jspx?|cgi|pl|cfm)|default\.(?:html?|aspx?))",
    re.IGNORECASE | re.ASCII,
)
# Of servlets and PHP, behind a name; not behind dots, which would then be a step upwards.
_SESSION = re.compile(
    r"(?<!/\.)(?<!/\.\.);(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE | re.ASCII
)
# Of ASP.NET, a segment of its own.
_SESSION_SEGMENT = re.compile(r"/\((?:[A-Z]\([\w-]*\))+\)(?=/|\Z)", re.ASCII)
# `#/about`, `#!/about` and `#!about`, perhaps with a query; what is behind another # is a
# place on the page.
_ROUTE = re.compile(r"(?:(!?)(/[^?#]*)|(!)([^?#]*))(?:\?([^#]*))?")

# What may stand in a route, beside letters and digits.
_IN_ROUTE = "!$%&'()*+,-./:;=@_|~"


class Chosen(Protocol):
    """What settings say of a page's identity."""

    query: str
    hash_routes: str
    fold_www: str
    fold_index: str
    fold_sessions: str
    sites: str
    deny: str


class Identity:
    """Makes keys of URLs, by one choice of rules.

    Attributes:
        is_plain: Only host and path matter, as they are.
        name: Tells these rules from others; empty for those that always hold.
        kept: What of an address matters behind its path, on one host at least: the names
            of parameters, and ``#`` for routes.
        bare_hosts: The names without a dot that are hosts.
    """

    def __init__(
        self,
        query: str = "",
        *,
        hash_routes: bool = False,
        fold_www: bool = False,
        fold_index: bool = False,
        fold_sessions: bool = False,
        hosts: str = "",
    ) -> None:
        """Choose.

        Args:
            query: Names of parameters that tell pages apart, separated by commas;
                ``host:name`` and ``*.host:name`` for pages of that host only.
            hash_routes: A fragment that is a route tells pages apart.
            fold_www: ``www.`` before a host does not.
            fold_index: ``/index.html`` and its like at the end do not.
            fold_sessions: ``;jsessionid=`` and its like in a path do not.
            hosts: Hosts, separated by commas, that need no dot; those in `query` need
                none, either.

        Raises:
            ValueError: `query` is no such list; the message says what of it.
        """
        self.name = _name(
            query,
            hash_routes=hash_routes,
            fold_www=fold_www,
            fold_index=fold_index,
            fold_sessions=fold_sessions,
        )
        self.is_plain = not self.name
        self._hash_routes = hash_routes
        self._fold_www = fold_www
        self._fold_index = fold_index
        self._fold_sessions = fold_sessions
        self.bare_hosts = _bare_hosts(hosts, query)
        self.kept = _kept(query, hash_routes=hash_routes)
        self._parameters = Parameters(entries(query), self.host)

    @classmethod
    def of(cls, settings: Chosen) -> "Identity":
        """Choose what settings say.

        Raises:
            SettingsError: One of them is wrong.
        """
        try:
            return cls(
                settings.query,
                hash_routes=settings.hash_routes == ON,
                fold_www=settings.fold_www == ON,
                fold_index=settings.fold_index == ON,
                fold_sessions=settings.fold_sessions == ON,
                hosts=f"{settings.sites},{settings.deny}",
            )
        except ValueError as ex:
            msg = (
                f"HITSVC_QUERY={settings.query!r}: {ex}. Give names of parameters, "
                "separated by commas, such as p, wp.example:id."
            )
            raise SettingsError(msg) from ex

    def key(self, raw: str) -> str:
        """Turn a URL, with or without a scheme, into its key.

        One that was percent-encoded more than once, and makes no sense so, is decoded.

        Args:
            raw: What a person or a page sent, such as ``https://Example.com/a/``.

        Returns:
            The key, such as ``example.com/a``.

        Raises:
            InvalidURL: Not http or https, a relative path, malformed, or no page.
            URLTooLong: The key is longer than `MAX_KEY_BYTES`, or what was sent could
                only make one that is.
        """
        for _ in range(_MOST_DECODED):
            try:
                return self._key(raw)
            except URLTooLong:
                raise
            except InvalidURL:
                if "%" not in raw or len(raw) > _MAX_ENCODED_LENGTH:
                    raise
            raw = escaped(unquote_to_bytes(raw.encode(errors="surrogatepass")))
        return self._key(raw)

    def host(self, text: str, *, as_it_is: bool = False) -> str:
        """Turn the name of a host into that of its site: as its pages' keys have it.

        Args:
            text: The name.
            as_it_is: Fold nothing.

        Raises:
            InvalidURL: It is none.
        """
        host, *rest = parse(text, self.bare_hosts)
        if any(part.strip("/") for part in rest) or "://" in text:
            msg = "this is not a host, such as example.com"
            raise InvalidURL(msg)
        return host if as_it_is else self._site(host)

    def _key(self, raw: str) -> str:
        url = parse(raw, self.bare_hosts)
        host, path = url.host, url.path.rstrip("/")
        if not self.is_plain:
            host = self._site(host)
            rest = self._rest(host, url.query, url.fragment)
            path = self._folded(path)
            if rest:
                path = (path or "/") + rest
        key = host + path
        if len(key) > MAX_KEY_BYTES:
            raise too_long()
        return key

    def _site(self, host: str) -> str:
        return _WWW.sub("", host, count=1) if self._fold_www else host

    def _folded(self, path: str) -> str:
        """Leave out of a path what does not matter."""
        if self._fold_sessions:
            path = _SESSION_SEGMENT.sub("", _SESSION.sub("", path)).rstrip("/")
        if self._fold_index:
            before, slash, last = path.rpartition("/")
            while slash and _INDEX.fullmatch(last):
                path = before.rstrip("/")
                before, slash, last = path.rpartition("/")
        return path

    def _rest(self, host: str, query: str, fragment: str) -> str:
        """Return what of the query and the fragment matters."""
        names = self._parameters.on(host)
        found = chosen(query, names)
        rest = f"?{found}" if found else ""
        route = _ROUTE.match(fragment) if self._hash_routes else None
        if route is None:
            return rest
        mark = route[1] or route[3] or ""
        path = spelled(quote(route[2] or route[4] or "", _IN_ROUTE)).rstrip("/")
        found = chosen(route[5] or "", names)
        if not path and not found:
            return rest
        return f"{rest}#{mark}{path or '/'}{'?' if found else ''}{found}"


def normalise(raw: str) -> str:
    """Turn a URL into its key by the rules that always hold; see `Identity.key`."""
    return PLAIN.key(raw)


def _name(query: str, **switches: bool) -> str:
    said = [f"query={query}"] if query else []
    return " ".join(said + [name for name, on in switches.items() if on])


def _bare_hosts(hosts: str, query: str) -> frozenset[str]:
    """Return the names that need no dot: whoever lists them knows them."""
    listed = [*entries(hosts), *(split_entry(entry)[0] for entry in entries(query))]
    return LOCAL.union(host.removeprefix(ANY_SUBDOMAIN).lower() for host in listed)


def _kept(query: str, *, hash_routes: bool) -> list[str]:
    names = sorted({split_entry(entry)[1] for entry in entries(query)})
    return [*names, "#"] if hash_routes else names


PLAIN: Final = Identity()
