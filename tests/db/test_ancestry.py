"""The tree in time."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.kernel.errors import Invalid
from elearn.kernel.temporal import Span
from elearn.org.ancestry import Link, ancestry_rows
from elearn.org.models import UnitKind
from elearn.org.scope import UnitScope, units_in
from tests.factories.org import make_unit

MERGER = date(2025, 7, 1)


def test_a_subtree_is_that_of_its_day(session: Session) -> None:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE)
    district = make_unit(session, "H1", kind=UnitKind.DISTRICT, parent=province, valid_to=MERGER)
    old = make_unit(session, "X1", kind=UnitKind.COMMUNE, parent=district, valid_to=MERGER)
    new = make_unit(session, "X2", kind=UnitKind.COMMUNE, parent=province, valid_from=MERGER)

    def units_on(day: date) -> set[int]:
        return set(session.scalars(units_in(UnitScope(frozenset({province.id}), day))))

    assert units_on(date(2025, 6, 30)) == {province.id, district.id, old.id}
    assert units_on(MERGER) == {province.id, new.id}


def test_a_child_loses_its_grandparent_when_the_parent_moves() -> None:
    rows = ancestry_rows(
        [
            Link(1, None, Span(date(2020, 1, 1))),
            Link(2, 1, Span(date(2020, 1, 1), date(2024, 1, 1))),
            Link(2, None, Span(date(2024, 1, 1))),
            Link(3, 2, Span(date(2021, 1, 1))),
        ]
    )
    grand = [row for row in rows if row["unit_id"] == 3 and row["ancestor_id"] == 1]
    assert grand == [
        {
            "unit_id": 3,
            "ancestor_id": 1,
            "depth": 2,
            "valid_from": date(2021, 1, 1),
            "valid_to": date(2024, 1, 1),
        }
    ]


def test_a_cycle_is_refused() -> None:
    span = Span(date(2020, 1, 1))
    with pytest.raises(Invalid, match="org.cycle"):
        ancestry_rows([Link(1, 2, span), Link(2, 1, span)])


def test_parent_and_child_may_change_places_over_time() -> None:
    turn = date(2020, 1, 1)
    early, late = Span(date(2011, 1, 1), turn), Span(turn)
    rows = ancestry_rows(
        [Link(1, None, early), Link(2, 1, early), Link(2, None, late), Link(1, 2, late)]
    )
    above = [
        (row["unit_id"], row["ancestor_id"], row["valid_from"]) for row in rows if row["depth"] == 1
    ]
    assert above == [(1, 2, turn), (2, 1, date(2011, 1, 1))]


def test_scope_of_nothing_is_empty(session: Session) -> None:
    make_unit(session, "SL")
    assert list(session.scalars(select(units_in(UnitScope(frozenset(), MERGER)).subquery()))) == []
