"""Whether a paper can be drawn, and who lacks how many when not: against brute force."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.assessment.domain.draw import Blueprint, PoolQuestion, blueprint_of
from elearn.assessment.domain.forms import Pool, draw_form
from elearn.assessment.domain.supply import FixedFault, Lack, supply_of
from tests.unit.assessment.banks import Case, most_that_can_be_drawn, random_case

numbers = st.integers(0, 2**63)


def _free(case: Case) -> list[PoolQuestion]:
    """Return what the cells may draw from, worked out apart from the code under test."""
    by_code = {item.code: item for item in case.bank}
    standing: dict[str, PoolQuestion] = {}
    for _section, code in case.blueprint.fixed:
        question = by_code.get(code)
        if question is not None and question.place not in standing:
            standing[question.place] = question
    return [item for item in case.bank if item.place not in standing]


def _check(case: Case) -> None:
    """The draw obeys the blueprint, or the paper is refused with the right shortage."""
    supply = supply_of(case.blueprint, case.bank)
    drawn = draw_form(Pool(case.blueprint, case.candidates), case.seed)
    wanted = sum(cell.count for cell in case.blueprint.cells)
    possible = most_that_can_be_drawn(case.blueprint.cells, _free(case))
    assert sum(lack.missing for lack in supply.lacks) == wanted - possible
    for lack in supply.lacks:
        _check_lack(lack, case)
    assert supply.is_whole is (not drawn.shortages)
    by_cell = [item for item in drawn.questions if item.cell is not None]
    assert len(by_cell) == possible
    _check_obedience(case)


def _check_lack(lack: Lack, case: Case) -> None:
    """What is said to be lacking is: no more places than said, and every cell is needed."""
    places = {item.place for item in _free(case) if any(cell.admits(item) for cell in lack.cells)}
    assert lack.found == len(places)
    assert lack.wanted == sum(cell.count for cell in lack.cells)
    assert lack.missing > 0
    for left_out in lack.cells if len(lack.cells) > 1 else ():
        rest = [cell for cell in lack.cells if cell is not left_out]
        found = {item.place for item in _free(case) if any(cell.admits(item) for cell in rest)}
        assert sum(cell.count for cell in rest) - len(found) < lack.missing


def _check_obedience(case: Case) -> None:
    drawn = draw_form(Pool(case.blueprint, case.candidates), case.seed)
    by_code = {item.code: item for item in case.bank}
    cells = {(cell.section, cell.index): cell for cell in case.blueprint.cells}
    places = [item.question.place for item in drawn.questions]
    assert len(places) == len(set(places))
    counts: dict[tuple[int, int], int] = {}
    for item in drawn.questions:
        question = by_code[item.question.code]
        if item.cell is None:
            assert (item.section, question.code) in case.blueprint.fixed
            continue
        cell = cells[item.section, item.cell]
        assert cell.admits(question)
        assert item.points == (question.points if cell.points is None else cell.points)
        counts[item.section, item.cell] = counts.get((item.section, item.cell), 0) + 1
    if not drawn.shortages:
        assert counts == {place: cell.count for place, cell in cells.items()}
        named = {code for _section, code in case.blueprint.fixed}
        assert named == {item.question.code for item in drawn.questions if item.cell is None}


@settings(max_examples=2000, deadline=None)
@given(numbers)
def test_drawn_by_the_blueprint_or_refused_with_the_right_shortage(number: int) -> None:
    _check(random_case(number))


@pytest.mark.parametrize("part", range(8))
def test_ten_thousand_banks_and_blueprints(part: int) -> None:
    for number in range(1000 * part, 1000 * (part + 1)):
        _check(random_case(number))


def _bank(*places: tuple[str, str, str]) -> list[PoolQuestion]:
    return [
        PoolQuestion(
            code, 1, "single_choice", level, "m1", None, None, frozenset(), Decimal(1), group
        )
        for code, level, group in places
    ]


def _blueprint(*sections: dict[str, object]) -> Blueprint:
    return blueprint_of(sections, shuffle=False)


def test_one_cell_that_finds_too_little() -> None:
    bank = _bank(("a", "RECALL", ""), ("b", "RECALL", ""))
    supply = supply_of(_blueprint({"draw": [{"level": "RECALL", "count": 5}]}), bank)
    (lack,) = supply.lacks
    assert [(cell.section, cell.index) for cell in lack.cells] == [(0, 0)]
    assert (lack.wanted, lack.found, lack.missing) == (5, 2, 3)


def test_cells_that_have_enough_alone_but_not_together_are_named_together() -> None:
    bank = _bank(("a", "RECALL", ""), ("b", "RECALL", ""), ("c", "APPLY", ""))
    supply = supply_of(
        _blueprint(
            {"draw": [{"level": "RECALL", "count": 2}, {"level": "APPLY", "count": 1}]},
            {"draw": [{"module": "m1", "level": "RECALL", "count": 1}]},
        ),
        bank,
    )
    (lack,) = supply.lacks
    assert [(cell.section, cell.index) for cell in lack.cells] == [(0, 0), (1, 0)]
    assert (lack.wanted, lack.found) == (3, 2)
    assert [each.found for each in supply.cells] == [2, 1, 2]


def test_enemies_supply_a_cell_with_one_question_together() -> None:
    bank = _bank(("a", "RECALL", "x"), ("b", "RECALL", "x"), ("c", "RECALL", ""))
    supply = supply_of(_blueprint({"draw": [{"level": "RECALL", "count": 3}]}), bank)
    assert [(lack.wanted, lack.found) for lack in supply.lacks] == [(3, 2)]


def test_a_named_question_takes_the_place_of_its_enemies() -> None:
    bank = _bank(("a", "RECALL", "x"), ("b", "RECALL", "x"), ("c", "APPLY", "x"))
    supply = supply_of(
        _blueprint(
            {"questions": ["a", "c", "a", "z"]}, {"draw": [{"level": "RECALL", "count": 1}]}
        ),
        bank,
    )
    assert [(problem.position, problem.fault, problem.other) for problem in supply.fixed] == [
        (1, FixedFault.ENEMY, "a"),
        (2, FixedFault.REPEATED, None),
        (3, FixedFault.ABSENT, None),
    ]
    assert [lack.missing for lack in supply.lacks] == [1]


def test_a_cell_that_finds_less_than_three_times_its_wants_is_thin() -> None:
    bank = _bank(*((f"a{number}", "RECALL", "") for number in range(5)), ("b", "APPLY", ""))
    cells = [{"level": "RECALL", "count": 2}, {"level": "RECALL", "count": 1}]
    supply = supply_of(_blueprint({"draw": cells}), bank)
    assert [(each.cell.index, each.found) for each in supply.thin] == [(0, 5)]
    assert supply.is_whole
