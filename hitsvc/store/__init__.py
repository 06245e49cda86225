"""How commands reach Redis: connections, Sentinels, clusters, checks.

A `Backend` carries batches and repeats nothing. `open_backend` chooses one by its URL. A
`Sender` turns operations into batches for a backend; `Lanes` has a sender for each primary of
a `Cluster`. `StoreCheck` asks a store whether it can lose counts, and `check_redis` whether
it answers.
"""

from hitsvc.store.acknowledge import Copied
from hitsvc.store.backend import Backend
from hitsvc.store.check import StoreCheck
from hitsvc.store.cluster import Cluster, slots_of
from hitsvc.store.cluster_url import ClusterURL
from hitsvc.store.description import StoreReport
from hitsvc.store.external import RedisAway, check_redis
from hitsvc.store.lanes import Lane, Lanes
from hitsvc.store.opening import open_backend, open_store_check, see_url
from hitsvc.store.primary import plain_url
from hitsvc.store.sender import Sender
from hitsvc.store.sentinel_url import Address
from hitsvc.store.url_spelling import redact

__all__ = [
    "Address",
    "Backend",
    "Cluster",
    "ClusterURL",
    "Copied",
    "Lane",
    "Lanes",
    "RedisAway",
    "Sender",
    "StoreCheck",
    "StoreReport",
    "check_redis",
    "open_backend",
    "open_store_check",
    "plain_url",
    "redact",
    "see_url",
    "slots_of",
]
