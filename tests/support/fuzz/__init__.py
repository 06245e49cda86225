"""A fuzzer: random requests against a running service, and what must hold for each.

As a script it makes as many as you like, over real sockets::

    python -m tests.support.fuzz http://127.0.0.1:8000 100000 1

Most requests are well framed and strange in everything else, so that they can be
pipelined on a connection that stays open. A few are broken, and go alone.

`requests` makes them, `answers` reads what comes back and `checks` judges it by the
`facts`; `fuzzer` runs it all, on a `connection`.
"""
