"""What can go wrong, as one hierarchy.

::

    HitsError
    ├── InvalidURL            the caller's URL is not one that can be counted
    │   ├── URLTooLong        its key would be longer than a key may be
    │   └── SiteNotCounted    the URL is of a site that this service does not count
    ├── CounterUnavailable    Redis did not acknowledge: no number can be given
    │   ├── CounterBusy       refused before Redis was asked: the queue is full
    │   ├── CounterFull       the store has no room for pages it does not know
    │   └── UnexpectedReply   Redis answered, but not what was asked
    ├── ChangeRefused         a change of an operator's cannot be made
    ├── TooManyNewPages       somebody makes pages faster than anybody visits them
    └── SettingsError         a setting is wrong: nothing starts
        └── StoreError        the embedded store cannot start

Messages are for people: each says what is wrong and, where one can, what to do.
"""


class HitsError(Exception):
    """Base of all errors of this package. Never raised directly."""


class InvalidURL(HitsError):
    """The URL cannot be counted: not http or https, relative, or malformed."""


class URLTooLong(InvalidURL):
    """The URL's key is longer than `hitsvc.request.urls.MAX_KEY_BYTES`."""


class SiteNotCounted(InvalidURL):
    """The URL is one of a site that this service does not count."""


class CounterUnavailable(HitsError):
    """Redis did not acknowledge in time, so no number can be given.

    A hit answered with this error may or may not have been stored: its outcome is
    unknown, so it is never repeated.

    Attributes:
        ends_connection: What comes by this connection is not to be believed.
        is_uncounted: It is known that the hit was not stored.
    """

    ends_connection = False
    is_uncounted = False


class CounterBusy(CounterUnavailable):
    """Too many hits wait for Redis already; this one was not sent."""

    is_uncounted = True


class CounterFull(CounterUnavailable):
    """The store is nearly full, so a page that it does not know is not counted."""


class UnexpectedReply(CounterUnavailable):
    """A reply is of another type than its command's: nothing of the batch is believed.

    The connection it came by is not used again: it may be out of step.
    """

    ends_connection = True


class TooManyNewPages(HitsError):
    """The client, the site or everybody has made enough new pages for this minute."""


class VisitorsNotCounted(HitsError):
    """Somebody wants to see visitors, and this service does not count them."""

    def __init__(
        self,
        text: str = "visitors are not counted here; HITSVC_VISITORS=on in the settings "
        "of the service counts them",
    ) -> None:
        """Say so, and what can be done."""
        super().__init__(text)


class ChangeRefused(HitsError):
    """What an operator wants to change cannot be so; the message says why."""


class SettingsError(HitsError):
    """A setting has a wrong value; the message names it and what was expected."""


class StoreError(SettingsError):
    """The embedded store cannot start; the message says why and what to do."""
