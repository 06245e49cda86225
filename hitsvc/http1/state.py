"""The states of a connection, and what leads from one to the next.

::

      +--------------------------- answered, read ----------------------------+
      v                                                                       |
    RESTING --begun--> READING --taken--> LANE --given--> APP --left_unread--> UNREAD
      |                  |                  |              |                   |
      +--taken-----------|----------------->|              |                   |
      |                  |                  | ended        | ended             |
      |                  |                  v              v                   |
      |                  |              LANE_LAST -given-> APP_LAST            |
      |                  |                  |              |                   |
      |                  |                  +-- answered --+                   |
      |                  |                  v                                  |
      +------------------+-- ended ---> CLOSING <------------- ended ----------+
      |                  |                  ^
      |                  |                  | ended
      +------------------+-- refused -> LINGERING

LANE is left unread as APP is, and answered as APP is; what is left unread in a ``_LAST``
state is closed, which waits for the reader. From all but itself, ``lost`` leads to LOST.

The events:

===============  ======================================================================
``begun``        Something of a request has come, not all of it.
``taken``        All of it has come; it is offered to the express lane.
``given``        The lane did not take it, or could not answer it: the app shall.
``answered``     It has been answered.
``left_unread``  So it has, but the client does not read the answer.
``read``         Now it does.
``ended``        No request follows: the client ended its side or said so, or we stop.
``refused``      What has come is no request that we answer: it gets a status.
``lost``         The connection has gone, or is dropped.
===============  ======================================================================

A state has an attribute for each event that may come in it, and none for others: what
must not happen is an `AttributeError`, where it would happen.
"""

from typing import Final


class State:
    """What a connection is doing.

    Attributes:
        name: What it is called.
        reads: What the client sends is parsed.
        busy: A request is being answered.
        deaf: What the client sends is discarded.
    """

    # PERF: a transition is the look-up of a slot, 3 ns; a table of pairs takes 40.
    __slots__ = (
        "answered",
        "begun",
        "busy",
        "deaf",
        "ended",
        "given",
        "left_unread",
        "lost",
        "name",
        "read",
        "reads",
        "refused",
        "taken",
    )

    answered: "State"
    begun: "State"
    ended: "State"
    given: "State"
    left_unread: "State"
    lost: "State"
    read: "State"
    refused: "State"
    taken: "State"

    def __init__(
        self, name: str, *, reads: bool = False, busy: bool = False, deaf: bool = False
    ) -> None:
        """Make a state that nothing leads out of yet."""
        self.name = name
        self.reads = reads
        self.busy = busy
        self.deaf = deaf

    def __repr__(self) -> str:
        """Return the name."""
        return self.name

    def on(self, **events: "State") -> None:
        """Say which states its events lead to."""
        for event, state in events.items():
            setattr(self, event, state)


RESTING: Final = State("RESTING", reads=True)  # nothing of a request has come
READING: Final = State("READING", reads=True)  # a part of one
LANE: Final = State("LANE", busy=True)  # the express lane has one, or is offered it
APP: Final = State("APP", busy=True)  # the app has it
# No request is read after the one that these have.
LANE_LAST: Final = State("LANE_LAST", busy=True, deaf=True)
APP_LAST: Final = State("APP_LAST", busy=True, deaf=True)
UNREAD: Final = State("UNREAD")  # the client is to read the answer first
CLOSING: Final = State("CLOSING", deaf=True)  # the last answer is on its way
# The same, and what still comes is discarded.
LINGERING: Final = State("LINGERING", deaf=True)
LOST: Final = State("LOST", deaf=True)  # there is no connection

STATES = (
    RESTING,
    READING,
    LANE,
    APP,
    LANE_LAST,
    APP_LAST,
    UNREAD,
    CLOSING,
    LINGERING,
    LOST,
)

RESTING.on(begun=READING, taken=LANE, refused=LINGERING, ended=CLOSING)
READING.on(taken=LANE, refused=LINGERING, ended=CLOSING)
LANE.on(given=APP, answered=RESTING, left_unread=UNREAD, ended=LANE_LAST)
APP.on(answered=RESTING, left_unread=UNREAD, ended=APP_LAST)
LANE_LAST.on(given=APP_LAST, answered=CLOSING, left_unread=CLOSING, ended=LANE_LAST)
APP_LAST.on(answered=CLOSING, left_unread=CLOSING, ended=APP_LAST)
UNREAD.on(read=RESTING, ended=CLOSING)
CLOSING.on(ended=CLOSING)
LINGERING.on(ended=CLOSING)
LOST.on(ended=LOST)
for _state in STATES[:-1]:
    _state.on(lost=LOST)
