"""How large SVG paths are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitsvc.drawing.paths import path_box

PATHS = [
    pytest.param("M1 2L4 6", (1, 2, 3, 4), id="a line"),
    pytest.param("m1 2 3 4", (1, 2, 3, 4), id="pairs after a move are lines"),
    pytest.param("M1 2m3 4h1", (4, 6, 1, 0.01), id="a move draws nothing"),
    pytest.param("M1 2H4V6h-1v1", (1, 2, 3, 5), id="horizontal and vertical"),
    pytest.param("M1 1l2 2zl-1 0", (0, 1, 3, 2), id="closing goes back to the start"),
    pytest.param("M0 0L.5.5-1-1", (-1, -1, 1.5, 1.5), id="numbers stick together"),
    pytest.param("M0 0L1e1 1E-1", (0, 0, 10, 0.1), id="exponents"),
    pytest.param("M0 0C0 4 4 4 4 0", (0, 0, 4, 3), id="a cubic curve bulges"),
    pytest.param("M0 0c0 4 4 4 4 0", (0, 0, 4, 3), id="relative"),
    pytest.param("M0 0C1 1 2 2 3 3", (0, 0, 3, 3), id="a straight one does not"),
    pytest.param("M0 0C0 4 4 4 4 0S8-4 8 0", (0, -3, 8, 6), id="smooth cubic"),
    pytest.param("M0 0C0 0 4 0 4 4S8 8 8 4", (0, 0, 8, 7), id="smooth, unlike"),
    pytest.param("M0 0s0 4 4 4", (0, 0, 4, 4), id="smooth after nothing"),
    pytest.param("M0 0Q2 4 4 0", (0, 0, 4, 2), id="a quadratic curve"),
    pytest.param("M0 0Q2 4 4 0T8 0", (0, -2, 8, 4), id="smooth quadratic"),
    pytest.param("M0 0Q2 4 4 0t4 0 4 0", (0, -2, 12, 4), id="twice"),
    pytest.param("M0 0C3 3 -2 0 1 3", (0, 0, 1, 3), id="bulging in one direction"),
    pytest.param("M0 0C2 1 2 2 1 3", (0, 0, 1.66, 3), id="turning back once"),
    pytest.param("M0 0A2 2 0 0 1 4 0", (0, -2, 4, 2), id="a half circle"),
    pytest.param("M0 0A2 2 0 0 0 4 0", (0, 0, 4, 2), id="the other half"),
    pytest.param("M0 0a2 2 0 114 0", (0, -2, 4, 2), id="flags stick together"),
    pytest.param("M0 0A1 1 0 0 1 4 0", (0, -2, 4, 2), id="too small a radius grows"),
    pytest.param("M0 2A2 2 0 1 1 2 4", (0, 0, 4, 4), id="the large arc, clockwise"),
    pytest.param("M2 4A2 2 0 1 0 0 2", (0, 0, 4, 4), id="the large arc, the other way"),
    pytest.param("M0 2A2 2 0 0 0 2 4", (0, 2, 2, 2), id="the small arc"),
    pytest.param("M0 0A2 1 90 0 1 0 4", (0, 0, 1, 4), id="a tilted ellipse"),
    pytest.param("M0 0A0 2 0 0 1 4 1", (0, 0, 4, 1), id="no radius, a line"),
    pytest.param("M1 1A2 2 0 0 1 1 1", (1, 1, 0.01, 0.01), id="an arc to nowhere"),
    pytest.param("", (0, 0, 0.01, 0.01), id="nothing"),
    pytest.param("M0 0C1 2 3", (0, 0, 0.01, 0.01), id="operands missing"),
]


@pytest.mark.parametrize(("path", "box"), PATHS)
def test_a_path_is_measured(path, box):
    """Left, top, width and height; nothing is narrower than 0.01."""
    assert path_box(path) == pytest.approx(box, abs=0.011)


@settings(deadline=None)
@given(st.text("MLHVCSQTAZmlhvcsqtaz0123456789.,- e"))
def test_no_path_raises(path):
    """Whatever the icons hold, there is a box."""
    assert path_box(path).width > 0
