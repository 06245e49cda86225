"""HTTP/1.1 on httptools: a client's connection, its requests, their answers.

uvicorn makes an `HttpProtocol` for each connection; `ConnectionLimit` may turn it away. A
request goes to the app's express lane, if it has one, and otherwise to the ASGI app. Knows
nothing of counts: it could be a library of its own.
"""

from hitsvc.http1.date import DateField
from hitsvc.http1.exchange import READY_HEADERS, Message, Scope
from hitsvc.http1.express_exchange import FAILURE
from hitsvc.http1.limit import ConnectionLimit, fit_open_files
from hitsvc.http1.limited_protocol import LimitedProtocol
from hitsvc.http1.limits import Limits
from hitsvc.http1.networks import Client, NetworkLimit
from hitsvc.http1.protocol import HttpProtocol
from hitsvc.http1.reader import NOTED
from hitsvc.http1.ready_headers import ReadyHeaders

__all__ = [
    "FAILURE",
    "NOTED",
    "READY_HEADERS",
    "Client",
    "ConnectionLimit",
    "DateField",
    "HttpProtocol",
    "LimitedProtocol",
    "Limits",
    "Message",
    "NetworkLimit",
    "ReadyHeaders",
    "Scope",
    "fit_open_files",
]
