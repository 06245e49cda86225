"""Readers of what other counters, servers and we ourselves have written down.

Each turns a `Source` (a file) or a `Store` (another counter's Redis) into an iterator of
`Row`. A `Shaper` records what is left out, and why. `gathered` adds up rows, `content_id`
recognises a source that was read before, and `write_rows` writes our own format. Nothing
here knows our store.
"""

from hitsvc.admin.importers.access_log import AccessLog
from hitsvc.admin.importers.busuanzi import Busuanzi
from hitsvc.admin.importers.content_id import content_id
from hitsvc.admin.importers.gathering import distinct, gathered
from hitsvc.admin.importers.goatcounter import GoatCounter
from hitsvc.admin.importers.hit_counter import HitCounter
from hitsvc.admin.importers.keys import key_of, keys_by
from hitsvc.admin.importers.left_out import LeftOut, Reason
from hitsvc.admin.importers.live import Store
from hitsvc.admin.importers.own_format import OwnFormat
from hitsvc.admin.importers.plausible import Plausible
from hitsvc.admin.importers.refused import ImportRefused
from hitsvc.admin.importers.rows import MAX_HITS, Row
from hitsvc.admin.importers.shape import Shape, Shaper
from hitsvc.admin.importers.sitemap import read_sitemap
from hitsvc.admin.importers.source import Source, spooled
from hitsvc.admin.importers.url_map import UrlMap, read_map
from hitsvc.admin.importers.vercount import Vercount
from hitsvc.admin.importers.writer import Form, write_rows

__all__ = [
    "MAX_HITS",
    "AccessLog",
    "Busuanzi",
    "Form",
    "GoatCounter",
    "HitCounter",
    "ImportRefused",
    "LeftOut",
    "OwnFormat",
    "Plausible",
    "Reason",
    "Row",
    "Shape",
    "Shaper",
    "Source",
    "Store",
    "UrlMap",
    "Vercount",
    "content_id",
    "distinct",
    "gathered",
    "key_of",
    "keys_by",
    "read_map",
    "read_sitemap",
    "spooled",
    "write_rows",
]
