"""How commands reach Redis: connections, Sentinels, checks.

A `Backend` carries batches and repeats nothing; `open_backend` chooses one by its URL.
`StoreCheck` asks a store whether it can lose counts, `check_redis` whether it is there.
"""

from hitsvc.store.backend import Backend, open_backend
from hitsvc.store.check import StoreCheck, StoreReport, open_store_check
from hitsvc.store.external import RedisAway, check_redis
from hitsvc.store.primary import plain_url, see_url
from hitsvc.store.redis_url import redact

__all__ = [
    "Backend",
    "RedisAway",
    "StoreCheck",
    "StoreReport",
    "check_redis",
    "open_backend",
    "open_store_check",
    "plain_url",
    "redact",
    "see_url",
]
