"""What must hold for every answer, and the finding that something does not."""

NO_5XX = "no answer is a 5xx"
SAFE_SVG = "every SVG is XML without a script"
WELL_FORMED = "every answer is well-formed HTTP"
CLOSE_SAID = "a connection is closed where an answer says so, and nowhere else"
RIGHT_TYPE = "an answer is of its route's type"
ONE_LINE = "the reason is one line of ASCII"
FACTS = (NO_5XX, SAFE_SVG, WELL_FORMED, CLOSE_SAID, RIGHT_TYPE, ONE_LINE)


class Finding(Exception):
    """A fact that does not hold.

    Attributes:
        fact: Which one.
    """

    def __init__(self, fact: str, detail: object = "") -> None:
        """Say what was found instead."""
        super().__init__(f"not true: {fact} ({detail})")
        self.fact = fact
