"""The operator's addresses: ``/admin/`` for people and ``/api/v1/`` for programs.

Whatever is asked of the store here goes by a connection of its own, in a thread: hits do
not wait for it. `open_operator_side` says what is where; what is behind that is imported
when somebody comes. Without a token there is nothing.
"""

from hitsvc.dashboard.side import OperatorSide, open_operator_side

__all__ = ["OperatorSide", "open_operator_side"]
