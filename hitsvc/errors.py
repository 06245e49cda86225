"""What can go wrong, as one hierarchy.

::

    HitsError
    ├── InvalidURL            the caller's URL is not one that can be counted
    │   └── URLTooLong        its key would be longer than a key may be
    ├── CounterUnavailable    Redis did not acknowledge: no number can be given
    │   └── CounterBusy       refused before Redis was asked: the queue is full
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


class CounterUnavailable(HitsError):
    """Redis did not acknowledge in time, so no number can be given.

    A hit answered with this error may or may not have been stored: its outcome is
    unknown, so it is never repeated.
    """


class CounterBusy(CounterUnavailable):
    """Too many hits wait for Redis already; this one was not sent."""


class SettingsError(HitsError):
    """A setting has a wrong value; the message names it and what was expected."""


class StoreError(SettingsError):
    """The embedded store cannot start; the message says why and what to do."""
