"""The operator's addresses: ``/admin/`` for people and ``/api/v1/`` for programs.

Whatever is asked of the store here goes by a connection of its own, in a thread: hits do
not wait for it. `open_operator_side` puts it together; without a
token there is nothing.
"""

from hitsvc.dashboard.routes import OperatorSide, open_operator_side

__all__ = ["OperatorSide", "open_operator_side"]
