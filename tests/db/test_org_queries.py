"""Units on a day and people of a scope."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from elearn.kernel.errors import NotFound
from elearn.kernel.paging import PageRequest
from elearn.org.models import DutyKind, UnitKind
from elearn.org.queries import (
    get_unit,
    list_unit_nodes,
    list_units,
    person_card,
    search_people,
    unit_names,
)
from elearn.org.scope import UnitScope
from tests.factories.org import make_assignment, make_duty, make_person, make_unit

MERGER = date(2025, 7, 1)
TODAY = date(2026, 3, 1)


def test_a_unit_is_found_on_its_days_only(session: Session) -> None:
    make_unit(session, "X1", kind=UnitKind.COMMUNE, name="Xã Mẫu", valid_to=MERGER)
    assert get_unit(session, "X1", date(2025, 6, 30)).name == "Xã Mẫu"
    with pytest.raises(NotFound, match="org.no_such_unit") as refusal:
        get_unit(session, "X1", MERGER)
    assert refusal.value.text() == "Không có đơn vị mã “X1” vào ngày 01/07/2025."


def test_units_come_as_a_tree_in_vietnamese_order(session: Session) -> None:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Mẫu")
    for code, name in (("B", "Sở Đất đai"), ("A", "Sở Dân vận"), ("C", "Sở Ý tế")):
        make_unit(session, code, parent=province, name=name)
    make_unit(session, "P", kind=UnitKind.DEPT_DIVISION, parent=make_unit(session, "Z"))
    scope = UnitScope(frozenset({province.id}), TODAY)
    nodes = [
        (node.unit.code, node.depth, node.has_children) for node in list_unit_nodes(session, scope)
    ]
    assert nodes == [("SL", 0, True), ("A", 1, False), ("B", 1, False), ("C", 1, False)]
    assert [unit.code for unit in list_units(session, scope)] == ["SL", "A", "B", "C"]


def test_the_name_of_a_unit_that_has_gone_is_its_last(session: Session) -> None:
    old = make_unit(session, "X1", name="Xã Cũ", valid_to=MERGER)
    new = make_unit(session, "X2", name="Xã Mới", valid_from=MERGER)
    names = unit_names(session, [old.id, new.id], TODAY)
    assert names == {old.id: "Xã Cũ", new.id: "Xã Mới"}


def test_people_are_found_without_accents_and_sorted_by_given_name(session: Session) -> None:
    unit = make_unit(session, "S1")
    for code, name in (("P1", "Lò Văn Sướng"), ("P2", "Cà Thị Ánh"), ("P3", "Lò Thị Bình")):
        make_assignment(session, make_person(session, code, name), unit)
    scope = UnitScope(frozenset({unit.id}), TODAY)

    def codes(text: str) -> list[str]:
        return [line.code for line in search_people(session, scope, text, PageRequest()).items]

    assert codes("") == ["P2", "P3", "P1"]
    assert codes("lo suong") == ["P1"]
    assert codes("p3") == ["P3"]
    assert codes("100%") == []
    assert codes("_") == []


def test_a_page_of_people_counts_all(session: Session) -> None:
    unit = make_unit(session, "S1")
    for number in range(5):
        make_assignment(session, make_person(session, f"Q{number}", f"Lò Thị Mẫu {number}"), unit)
    scope = UnitScope(frozenset({unit.id}), TODAY)
    page = search_people(session, scope, "mau", PageRequest(2, 2))
    assert [line.code for line in page.items] == ["Q2", "Q3"]
    assert (page.total, page.count) == (5, 3)


def test_people_of_another_unit_are_not_found(session: Session) -> None:
    mine, other = make_unit(session, "S1"), make_unit(session, "S2")
    stranger = make_person(session, "P9")
    make_assignment(session, stranger, other)
    scope = UnitScope(frozenset({mine.id}), TODAY)
    assert search_people(session, scope, "P9", PageRequest()).items == []
    with pytest.raises(NotFound, match="org.no_such_person"):
        person_card(session, scope, stranger.id)


def test_the_card_shows_posts_and_duties_newest_first(session: Session) -> None:
    old = make_unit(session, "X1", name="Xã Cũ", valid_to=MERGER)
    new = make_unit(session, "X2", name="Xã Mới", valid_from=MERGER)
    person = make_person(session, "P1", "Lò Văn Sướng")
    make_assignment(session, person, old, valid_to=MERGER)
    make_assignment(session, person, new, valid_from=MERGER)
    make_duty(session, person, new, DutyKind.ONE_STOP, valid_from=MERGER)
    card = person_card(session, UnitScope(frozenset({new.id}), TODAY), person.id)
    assert [(post.duty_unit, post.valid_to) for post in card.posts] == [
        ("Xã Mới", None),
        ("Xã Cũ", MERGER),
    ]
    assert [(duty.duty, duty.unit) for duty in card.duties] == [(DutyKind.ONE_STOP, "Xã Mới")]
