"""The operator's port: metrics, and readiness in detail."""

from hitsvc.operator_port.create import create_operator_app
from hitsvc.operator_port.store_watch import StoreState, StoreWatch, open_store_watch

__all__ = ["StoreState", "StoreWatch", "create_operator_app", "open_store_watch"]
