"""How large an SVG path is: the box around it.

Points are complex numbers. Every segment is taken as a cubic Bézier curve, which an
arc of a quarter turn is but for 0.03 % of its radius.
"""

import cmath
import re
from collections.abc import Iterator
from math import ceil, pi, radians, sqrt, tan
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
    xs, ys = [], []
    for curve in _Pen(path).curves():
        xs += _extremes(*(point.real for point in curve))
        ys += _extremes(*(point.imag for point in curve))
    left, top = min(xs, default=0), min(ys, default=0)
    width, height = max(xs, default=0) - left, max(ys, default=0) - top
    return Box(
        round(left, 2),
        round(top, 2),
        max(round(width, 2), 0.01),
        max(round(height, 2), 0.01),
    )


class _Pen:
    """Follows a path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._here = 0j
        self._start = 0j
        # Where the last control point of a curve is mirrored to, for S and T.
        self._mirrored = {"S": 0j, "T": 0j}

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
                    self._mirror("")
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
            points.insert(0, self._mirrored[command])
        here, end = self._here, points[-1]
        if command in "CS":
            first, last = points[:2]
        else:
            first, last = (
                here + (points[0] - here) * 2 / 3,
                end + (points[0] - end) * 2 / 3,
            )
        self._here = end
        self._mirror("S" if command in "CS" else "T", points[-2])
        return here, first, last, end

    def _line(self, end: complex) -> _Curve:
        here, self._here = self._here, end
        self._mirror("")
        return here, here, end, end

    def _arc(self, row: list[float], origin: complex) -> Iterator[_Curve]:
        end = origin + complex(*row[5:])
        here, self._here = self._here, end
        self._mirror("")
        yield from _arc(here, end, complex(*row[:2]), radians(row[2]), row[3], row[4])

    def _mirror(self, command: str, control: complex = 0j) -> None:
        self._mirrored = {"S": self._here, "T": self._here}
        if command:
            self._mirrored[command] = 2 * self._here - control


def _rows(command: str, operands: str) -> list[list[float]]:
    """Split the operands of a command that is repeated."""
    if command == "A":
        return [[float(value) for value in row] for row in _ARC.findall(operands)]
    values = [float(value) for value in _NUMBER.findall(operands)]
    size = _OPERANDS.get(command, len(values) + 1)
    return [values[i : i + size] for i in range(0, len(values) - size + 1, size)]


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
    turn = cmath.rect(1, tilt)

    def to_circle(point: complex) -> complex:
        upright = point / turn
        return complex(upright.real / rx, upright.imag / ry)

    def from_circle(point: complex) -> complex:
        return complex(point.real * rx, point.imag * ry) * turn

    # On the unit circle now; if its radius is too small, the circle grows.
    half = to_circle(end - start) / 2
    radius = max(1.0, abs(half))
    height = sqrt(max(radius**2 - abs(half) ** 2, 0)) * half / abs(half) * 1j
    centre = half + (height if bool(large) != bool(sweep) else -height)
    first, last = -centre, 2 * half - centre
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
        yield (
            start + from_circle(first + centre),
            start + from_circle(first + handle * first + centre),
            start + from_circle(following - handle * following + centre),
            start + from_circle(following + centre),
        )
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
