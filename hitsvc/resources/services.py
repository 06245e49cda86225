"""What the resources of counts have in common."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hitsvc.badge import LookParser
from hitsvc.counter import HitCounter
from hitsvc.counting import Calendar, Capacity, ClaimNames
from hitsvc.errors import SettingsError
from hitsvc.metrics import HitTally
from hitsvc.request import (
    BeforeFork,
    Clients,
    CookieWriter,
    Identity,
    NewPageLimits,
    NewPages,
    OwnVisits,
    SharedCookies,
    Sites,
    TargetFinder,
    TrustedProxies,
    Visit,
    claims_of,
    declared_bots,
)
from hitsvc.settings import Settings, mistake, right_of, variable
from hitsvc.store import Backend, Cluster, StoreCheck


@dataclass(frozen=True, slots=True)
class Services:
    """What these resources have in common.

    Attributes:
        calendar: Tells which day it is.
        send: Sends commands to the store; see `hitsvc.store.Backend.execute`.
        counter: Where the counts are.
        targets: Finds the page that a request means.
        new_pages: Tells whose new pages are too many.
        claim: Names the claim that a visit makes on a page, if it does; `None` where
            none does.
        uncounted: Tells whether a visit is no view; `None` if each is one.
        proxies: Who may say that the visitor uses HTTPS.
        looks: What query parameters say about a count's look.
        cookies: Writes the anti-refresh cookie.
        shared: Finds the cookie of those who visit many pages.
    """

    calendar: Calendar
    send: Callable[[str, int], Awaitable[Sequence[Any]]]
    counter: HitCounter
    targets: TargetFinder
    new_pages: NewPages
    claim: Callable[[Visit, str], ClaimNames | None] | None
    uncounted: Callable[[Visit], bool] | None
    proxies: TrustedProxies
    looks: LookParser
    cookies: CookieWriter
    shared: SharedCookies


def make_services(
    settings: Settings,
    check: StoreCheck,
    backend: Backend,
    proxies: TrustedProxies,
    identity: Identity,
    tally: HitTally | None,
    shared: BeforeFork,
) -> Services:
    """Make them.

    Args:
        settings: The configuration.
        check: Looks at the store.
        backend: Carries commands to it.
        proxies: Who may say that the visitor uses HTTPS.
        identity: What is one page.
        tally: Told what is counted, for the metrics.
        shared: What all workers have in common.

    Raises:
        SettingsError: A setting that only they can judge is wrong.
    """
    lifetime_s = settings.cookie_timeout
    clients = Clients(proxies, settings.client_header)
    calendar = Calendar(settings.timezone)
    return Services(
        calendar,
        backend.execute,
        _counter(settings, check, backend, tally, calendar),
        TargetFinder(_sites(settings, identity), identity),
        _new_pages(settings, clients),
        _claims(settings, clients, shared, calendar),
        _uncounted(settings, clients),
        proxies,
        LookParser(),
        CookieWriter(lifetime_s),
        SharedCookies(settings.random_value_length),
    )


def _claims(
    settings: Settings, clients: Clients, shared: BeforeFork, calendar: Calendar
) -> Callable[[Visit, str], ClaimNames | None] | None:
    seen = settings.visitors == "on"
    how = settings.refresh, settings.cookie_timeout, clients, shared, calendar
    return claims_of(*how, visitors=seen)


def _counter(
    settings: Settings,
    check: StoreCheck,
    backend: Backend,
    tally: HitTally | None,
    calendar: Calendar,
) -> HitCounter:
    lifetime_s = settings.cookie_timeout
    return HitCounter(
        # Of a cluster, each node is timed.
        tally.timed(backend) if tally and not isinstance(backend, Cluster) else backend,
        key_prefix=settings.key_prefix,
        token_ttl_s=lifetime_s if settings.refresh in {"cookie", "both"} else 0,
        claim_ttl_s=lifetime_s,
        token_length=settings.random_value_length,
        queue_limit=settings.queue_limit,
        capacity=Capacity(check.info),
        tally=tally,
        acknowledge=settings.acknowledge,
        today=calendar.today,
        visitors=settings.visitors == "on",
    )


def _new_pages(settings: Settings, clients: Clients) -> NewPages:
    limits = NewPageLimits(
        by_client=settings.new_pages_by_client,
        by_site=settings.new_pages_by_site,
        in_all=settings.new_pages_in_all,
    )
    return NewPages(limits, clients)


def _uncounted(settings: Settings, clients: Clients) -> Callable[[Visit], bool] | None:
    """Return what tells whose visits are no views."""
    tests = []
    if settings.ignore.strip(" ,"):
        tests.append(OwnVisits(settings.ignore, clients).sent)
    if settings.bots == "skip":
        tests.append(declared_bots().sent)
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda visit: any(test(visit) for test in tests)


def _sites(settings: Settings, identity: Identity) -> Sites:
    for name, hosts in (("sites", settings.sites), ("deny", settings.deny)):
        try:
            Sites(hosts, identity=identity)
        except ValueError as ex:
            right = right_of(Settings.model_fields[name])
            msg = mistake(f"{variable(name)}={hosts!r}", str(ex), right)
            raise SettingsError(msg) from ex
    return Sites(settings.sites, settings.deny, identity)
