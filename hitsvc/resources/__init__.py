"""Falcon resources that count, read and report, and the express lane."""

from hitsvc.resources.counts import (
    CountReader,
    CountResource,
    HistoryReader,
    HitTaker,
)
from hitsvc.resources.express import ExpressLane
from hitsvc.resources.health import Liveness, Readiness
from hitsvc.resources.leave_me_out import LeaveMeOut
from hitsvc.resources.many import ManyReader
from hitsvc.resources.not_installed import NotInstalled, NotInstalledTaker
from hitsvc.resources.services import Services, make_services

__all__ = [
    "CountReader",
    "CountResource",
    "ExpressLane",
    "HistoryReader",
    "HitTaker",
    "LeaveMeOut",
    "Liveness",
    "ManyReader",
    "NotInstalled",
    "NotInstalledTaker",
    "Readiness",
    "Services",
    "make_services",
]
