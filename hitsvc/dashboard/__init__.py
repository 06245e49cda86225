"""The operator's addresses: ``/admin/`` for people and ``/api/v1/`` for programs.

Every question to the store goes over a connection of its own, in a thread, so hits do not
wait for it. `open_operator_side` says what is where. The code behind it is imported when
somebody first comes. Without a token nothing answers here.
"""

from hitsvc.dashboard.side import OperatorSide, open_operator_side

__all__ = ["OperatorSide", "open_operator_side"]
