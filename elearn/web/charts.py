"""Where the marks of a chart stand: percent across, pixels down, so that text never scales.

The macros of ``templates/macros/charts.html`` draw what is placed here. All values are percentages
from 0 to 100; the words of a number come from the caller, as the page writes it elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

Number = Decimal | float | int

# Pixels: a row is a line of text above its bar; the plot of a line chart is HEIGHT high.
ROW = 46
HEIGHT = 160
MARGIN = 12
AXIS = 28
# Percent across: a full bar leaves room for its number; points keep off the edges.
FULL_BAR = 82.0
INSET = 3.0
MAX_AXIS_LABELS = 4


@dataclass(frozen=True, slots=True)
class Value:
    """One thing measured: what it is, its value (None: nothing to measure), the value in words."""

    label: str
    value: Number | None
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: ``top`` in pixels, ``width`` across; ``met`` None without value or target."""

    label: str
    text: str
    top: int
    width: float
    met: bool | None


@dataclass(frozen=True, slots=True)
class BarChart:
    """The rows from the top down; ``target`` as far across as a bar that just reaches it."""

    bars: tuple[Bar, ...]
    target: float | None
    height: int


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a trend: ``x`` in percent, ``y`` in pixels; ``anchor`` of its axis label."""

    label: str
    text: str
    x: float
    y: float
    anchor: str
    has_label: bool


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the scale: which share it stands for, in percent, and ``y`` in pixels."""

    share: int
    y: float


@dataclass(frozen=True, slots=True)
class LineChart:
    """Points in order and the lines between neighbours; a value of None leaves a gap."""

    grid: tuple[GridLine, ...]
    points: tuple[Point, ...]
    segments: tuple[tuple[Point, Point], ...]
    target_y: float | None
    height: int
    axis_y: int


def _percent(value: Number) -> float:
    return min(max(float(value), 0.0), 100.0)


def _across(value: Number) -> float:
    return round(_percent(value) * FULL_BAR / 100, 2)


def _is_met(value: Number | None, target: Number | None, *, above: bool) -> bool | None:
    if value is None or target is None:
        return None
    return float(value) > float(target) if above else float(value) >= float(target)


def bar_chart(
    values: Sequence[Value], target: Number | None = None, *, above: bool = False
) -> BarChart:
    """Place one bar per value; ``above``: the target must be passed, not only reached."""
    bars = tuple(
        Bar(
            label=each.label,
            text=each.text,
            top=index * ROW,
            width=0.0 if each.value is None else _across(each.value),
            met=_is_met(each.value, target, above=above),
        )
        for index, each in enumerate(values)
    )
    return BarChart(bars, None if target is None else _across(target), len(bars) * ROW)


def _y(value: Number) -> float:
    return round(MARGIN + HEIGHT * (100 - _percent(value)) / 100, 2)


def _anchor(index: int, last: int) -> str:
    if index == 0:
        return "start"
    return "end" if index == last else "middle"


def _labelled(count: int) -> set[int]:
    """Return which of ``count`` points carry a label: at most four, the first and last always."""
    if count <= MAX_AXIS_LABELS:
        return set(range(count))
    return {round(step * (count - 1) / (MAX_AXIS_LABELS - 1)) for step in range(MAX_AXIS_LABELS)}


def line_chart(values: Sequence[Value], target: Number | None = None) -> LineChart:
    """Place a trend, from the earliest to the latest value."""
    last = len(values) - 1
    labelled = _labelled(len(values))
    placed = [
        None
        if each.value is None
        else Point(
            label=each.label,
            text=each.text,
            x=round(INSET + (100 - 2 * INSET) * (index / last if last else 0.5), 2),
            y=_y(each.value),
            anchor=_anchor(index, last),
            has_label=index in labelled,
        )
        for index, each in enumerate(values)
    ]
    return LineChart(
        grid=tuple(GridLine(share, _y(share)) for share in (0, 50, 100)),
        points=tuple(point for point in placed if point is not None),
        segments=tuple((left, right) for left, right in pairwise(placed) if left and right),
        target_y=None if target is None else _y(target),
        height=MARGIN + HEIGHT + AXIS,
        axis_y=MARGIN + HEIGHT,
    )
