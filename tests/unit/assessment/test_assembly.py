"""Forms made by the solver: whole, of one difficulty, using the bank evenly."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from elearn.assessment.domain.draw import Blueprint, Candidate, blueprint_of
from elearn.assessment.domain.forms import FORM_TOLERANCE, Pool, target_of
from elearn.assessment.forms.assembly import Assembled, assemble
from elearn.kernel.errors import Conflict
from tests.unit.assessment.banks import random_case

SEED = "5eed" * 8


def _blueprint(*counts: int) -> Blueprint:
    sections = [{"draw": [{"module": f"m{n}", "count": count}]} for n, count in enumerate(counts)]
    return blueprint_of(sections, shuffle=True)


def _bank(size: int, cells: int, *, group_of: int = 0) -> list[Candidate]:
    chance = random.Random(3)  # noqa: S311 - must be repeatable
    return [
        Candidate(
            code=f"q-{number:04}",
            version_id=number,
            cells=(number % cells,),
            points=Decimal(1),
            facility=chance.randrange(1500, 9500),
            uses=0,
            group=f"g{number // group_of}" if group_of else "",
        )
        for number in range(size)
    ]


def _uses(made: Assembled) -> Counter[str]:
    return Counter(item.question.code for form in made.forms for item in form)


def test_forms_keep_the_tolerance_and_use_every_question_alike() -> None:
    pool = Pool(_blueprint(8, 8), _bank(64, 2))
    target = target_of(pool)
    made = assemble(pool, target, 20, SEED)
    assert made.widest_gap <= FORM_TOLERANCE
    assert all(each.is_within(target) for each in made.difficulties)
    uses = _uses(made)
    assert sum(uses.values()) == 320
    assert set(uses.values()) == {5}
    assert made.most_used == 5


def test_no_two_forms_are_the_same() -> None:
    pool = Pool(_blueprint(5), _bank(30, 1))
    made = assemble(pool, target_of(pool), 30, SEED)
    assert len({frozenset(item.question.code for item in form) for form in made.forms}) == 30


def test_enemies_never_stand_in_one_form() -> None:
    pool = Pool(_blueprint(6, 6), _bank(60, 2, group_of=4))
    for form in assemble(pool, target_of(pool), 10, SEED).forms:
        groups = [item.question.place for item in form]
        assert len(set(groups)) == 12


def test_every_solvable_paper_is_made_by_its_blueprint() -> None:
    solved = refused = 0
    for number in range(120):
        case = random_case(number)
        pool = Pool(case.blueprint, case.candidates)
        if not pool.supply().is_whole or not case.blueprint.question_count:
            refused += 1
            with pytest.raises(Conflict):
                assemble(pool, target_of(pool), 1, SEED)
            continue
        solved += 1
        for form in assemble(pool, target_of(pool), 2, SEED).forms:
            counts = Counter((item.section, item.cell) for item in form if item.cell is not None)
            assert counts == {
                (cell.section, cell.index): cell.count for cell in case.blueprint.cells
            }
            assert len({item.question.place for item in form}) == len(form)
    assert solved > 10, (solved, refused)


def test_where_no_form_keeps_the_tolerance_the_nearest_is_made() -> None:
    """With one question a form is easy or hard; the target, a mean, lies between."""
    bank = [replace(item, facility=9000 if n < 2 else 2000) for n, item in enumerate(_bank(4, 1))]
    pool = Pool(_blueprint(1), bank)
    made = assemble(pool, target_of(pool), 4, SEED)
    assert made.widest_gap > FORM_TOLERANCE
    assert max(_uses(made).values()) <= 4


def test_the_forms_of_a_seed_are_made_again() -> None:
    pool = Pool(_blueprint(5), _bank(40, 1))
    target = target_of(pool)
    told: list[int] = []
    one = assemble(pool, target, 5, SEED, told.append)
    assert one == assemble(pool, target, 5, SEED)
    assert told == [1, 2, 3, 4, 5]
