"""How large an SVG path is: the box around it.

Points are complex numbers. Every segment is taken as a cubic Bézier curve, which an
arc of a quarter turn is but for 0.03 % of its radius.
"""

import cmath
import re
from collections.abc import Iterator
from math import ceil, inf, pi, radians, sqrt, tan
from typing import NamedTuple

_COMMAND = re.compile(r"([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# The flags of an arc may stick to what follows them.
_ARC = re.compile(
    r"[\s,]*".join([f"({_NUMBER.pattern})"] * 3 + ["([01])"] * 2)
    + r"[\s,]*"
    + r"[\s,]*".join([f"({_NUMBER.pattern})"] * 2)
)
_OPERANDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2}

_Curve = tuple[complex, complex, complex, complex]


class Box(NamedTuple):
    """A rectangle, in the units of the path."""

    left: float
    top: float
    width: float
    height: float


def path_box(path: str) -> Box:
    """Measure a path, to a hundredth.

    Args:
        path: The ``d`` of an SVG path; what is no path data in it is skipped.

    Returns:
        The smallest box around it, 0.01 wide and high at least.
    """
    xs, ys = _Span(), _Span()
    for curve in _Pen(path).curves():
        xs.add(*(point.real for point in curve))
        ys.add(*(point.imag for point in curve))
    left, top = xs.least(), ys.least()
    return Box(
        round(left, 2),
        round(top, 2),
        max(round(xs.most() - left, 2), 0.01),
        max(round(ys.most() - top, 2), 0.01),
    )


class _Span:
    """From where to where curves reach, in one direction."""

    def __init__(self) -> None:
        self._least, self._most = inf, -inf

    def add(self, a: float, b: float, c: float, d: float) -> None:
        """Let it hold a curve with these ends, a and d, and control points."""
        least, most = self._least, self._most
        # PERF: Most curves lie inside already, and a curve lies between its points.
        if least <= min(a, b, c, d) and max(a, b, c, d) <= most:
            return
        for value in _extremes(a, b, c, d):
            self._least = min(self._least, value)
            self._most = max(self._most, value)

    def least(self) -> float:
        """Return where they begin; 0 if there are none."""
        return 0 if self._least == inf else self._least

    def most(self) -> float:
        """Return where they end; 0 if there are none."""
        return 0 if self._most == -inf else self._most


class _Pen:
    """Follows a path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._here = 0j
        self._start = 0j
        # The last control point, and of what: S mirrors that of C and S, T that of Q and T.
        self._control = 0j
        self._control_of = ""

    def curves(self) -> Iterator[_Curve]:
        """List the segments of the path."""
        for letter, operands in _COMMAND.findall(self._path):
            command = letter.upper()
            if command == "Z":
                yield self._line(self._start)
            for row in _rows(command, operands):
                origin = self._here if letter.islower() else 0j
                if command == "A":
                    yield from self._arc(row, origin)
                elif command == "M":
                    self._start = self._here = origin + complex(*row)
                    command = "L"  # further pairs draw
                    self._control_of = ""
                else:
                    yield self._segment(command, row, origin)

    def _segment(self, command: str, row: list[float], origin: complex) -> _Curve:
        if command == "H":
            return self._line(complex(origin.real + row[0], self._here.imag))
        if command == "V":
            return self._line(complex(self._here.real, origin.imag + row[0]))
        points = [
            origin + complex(x, y) for x, y in zip(row[::2], row[1::2], strict=True)
        ]
        if command == "L":
            return self._line(points[0])
        if command in "ST":
            points.insert(0, self._mirrored(command))
        here, end = self._here, points[-1]
        if command in "CS":
            first, last = points[:2]
        else:
            first, last = (
                here + (points[0] - here) * 2 / 3,
                end + (points[0] - end) * 2 / 3,
            )
        self._here = end
        self._control, self._control_of = points[-2], "S" if command in "CS" else "T"
        return here, first, last, end

    def _line(self, end: complex) -> _Curve:
        here, self._here = self._here, end
        self._control_of = ""
        return here, here, end, end

    def _arc(self, row: list[float], origin: complex) -> Iterator[_Curve]:
        end = origin + complex(*row[5:])
        here, self._here = self._here, end
        self._control_of = ""
        yield from _arc(here, end, complex(*row[:2]), radians(row[2]), row[3], row[4])

    def _mirrored(self, command: str) -> complex:
        is_smooth = command == self._control_of
        return 2 * self._here - self._control if is_smooth else self._here


def _rows(command: str, operands: str) -> list[list[float]]:
    """Split the operands of a command that is repeated."""
    if command == "A":
        return [[float(value) for value in row] for row in _ARC.findall(operands)]
    values = [float(value) for value in _NUMBER.findall(operands)]
    size = _OPERANDS.get(command, len(values) + 1)
    return [values[i : i + size] for i in range(0, len(values) - size + 1, size)]


class _Ellipse(NamedTuple):
    """A unit circle that was stretched, then turned."""

    rx: float
    ry: float
    turn: complex

    def to_circle(self, point: complex) -> complex:
        """Undo both."""
        upright = point / self.turn
        return complex(upright.real / self.rx, upright.imag / self.ry)

    def from_circle(self, point: complex) -> complex:
        """Do both."""
        return complex(point.real * self.rx, point.imag * self.ry) * self.turn


def _arc(
    start: complex,
    end: complex,
    radii: complex,
    tilt: float,
    large: float,
    sweep: float,
) -> Iterator[_Curve]:
    """Split an elliptic arc into curves of a quarter turn at most (SVG 2, B.2.4)."""
    rx, ry = abs(radii.real), abs(radii.imag)
    if start == end or not rx or not ry:
        yield start, start, end, end
        return
    ellipse = _Ellipse(rx, ry, cmath.rect(1, tilt))
    # On the unit circle now; if its radius is too small, the circle grows.
    half = ellipse.to_circle(end - start) / 2
    radius = max(1.0, abs(half))
    height = sqrt(max(radius**2 - abs(half) ** 2, 0)) * half / abs(half) * 1j
    centre = half + (height if bool(large) != bool(sweep) else -height)
    place = ellipse.from_circle
    for a, b, c, d in _quarters(-centre, 2 * half - centre, bool(sweep)):
        yield (
            start + place(a + centre),
            start + place(b + centre),
            start + place(c + centre),
            start + place(d + centre),
        )


def _quarters(first: complex, last: complex, sweep: bool) -> Iterator[_Curve]:
    """Go from one point of a circle around 0 to another, one way or the other."""
    angle = cmath.phase(last / first)
    if sweep and angle < 0:
        angle += 2 * pi
    elif not sweep and angle > 0:
        angle -= 2 * pi
    count = max(ceil(abs(angle) / (pi / 2)), 1)
    step = cmath.rect(1, angle / count)
    handle = 4 / 3 * tan(angle / count / 4) * 1j
    for _ in range(count):
        following = first * step
        yield first, first + handle * first, following - handle * following, following
        first = following


def _extremes(a: float, b: float, c: float, d: float) -> list[float]:
    """Return the values at the ends of a curve, and where it turns back."""
    found = [a, d]
    if min(a, d) <= min(b, c) and max(b, c) <= max(a, d):
        return found
    # Its derivative, divided by 3.
    square, linear, constant = d - a + 3 * (b - c), 2 * (a - 2 * b + c), b - a
    if abs(square) < 1e-9:
        roots = [-constant / linear] if linear else []
    else:
        root = cmath.sqrt(linear * linear - 4 * square * constant)
        roots = [((-linear + sign * root) / (2 * square)).real for sign in (1, -1)]
    for t in roots:
        if 0 < t < 1:
            s = 1 - t
            found.append(
                s**3 * a + 3 * s * s * t * b + 3 * s * t * t * c + t**3 * d,
            )
    return found
