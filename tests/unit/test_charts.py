"""Where the marks of charts stand."""

from decimal import Decimal

from elearn.web.charts import Value, bar_chart, line_chart


def values(*numbers: Decimal | float | None) -> list[Value]:
    return [Value(f"Đơn vị {index}", number, "–") for index, number in enumerate(numbers)]


def test_bars_grow_with_the_rate_and_leave_room_for_the_number() -> None:
    chart = bar_chart(values(Decimal(100), Decimal("50.0"), 0, None))
    assert [bar.width for bar in chart.bars] == [82.0, 41.0, 0.0, 0.0]
    assert [bar.top for bar in chart.bars] == [0, 46, 92, 138]
    assert chart.height == 184


def test_a_bar_that_reaches_the_target_ends_at_its_line() -> None:
    chart = bar_chart(values(Decimal(85)), target=85)
    assert chart.bars[0].width == chart.target == 69.7
    assert chart.bars[0].met is True


def test_a_target_to_be_passed_is_not_met_by_reaching_it() -> None:
    chart = bar_chart(values(Decimal("85.0"), Decimal("85.1"), None), target=85, above=True)
    assert [bar.met for bar in chart.bars] == [False, True, None]


def test_without_a_target_nothing_is_met_or_missed() -> None:
    chart = bar_chart(values(90))
    assert (chart.target, chart.bars[0].met) == (None, None)


def test_a_rate_outside_the_scale_stays_inside_the_chart() -> None:
    chart = bar_chart(values(120, -3))
    assert [bar.width for bar in chart.bars] == [82.0, 0.0]


def test_a_trend_runs_from_edge_to_edge_and_high_is_up() -> None:
    chart = line_chart(values(0, 50, 100), target=75)
    assert [(point.x, point.y) for point in chart.points] == [
        (3.0, 172.0),
        (50.0, 92.0),
        (97.0, 12),
    ]
    assert [point.anchor for point in chart.points] == ["start", "middle", "end"]
    assert (chart.target_y, chart.axis_y) == (52.0, 172)


def test_a_month_without_a_figure_leaves_a_gap() -> None:
    chart = line_chart(values(10, None, 30, 40))
    assert len(chart.points) == 3
    assert [(left.label, right.label) for left, right in chart.segments] == [
        ("Đơn vị 2", "Đơn vị 3")
    ]


def test_twelve_months_carry_four_labels_with_the_first_and_last() -> None:
    chart = line_chart(values(*range(12)))
    assert [index for index, point in enumerate(chart.points) if point.has_label] == [0, 4, 7, 11]


def test_a_single_point_stands_in_the_middle() -> None:
    chart = line_chart(values(40))
    assert (chart.points[0].x, chart.segments) == (50.0, ())


def test_no_values_make_an_empty_chart() -> None:
    assert line_chart([]).points == ()
    assert bar_chart([]).height == 0
