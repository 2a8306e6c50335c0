"""Forms of one paper: repeatable, as hard as each other, using the bank evenly."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.assessment.domain.draw import Blueprint, Candidate, blueprint_of
from elearn.assessment.domain.forms import (
    FORM_TOLERANCE,
    SECTION_TOLERANCE,
    Pool,
    Target,
    difficulty_of,
    draw_form,
    target_of,
)
from tests.unit.assessment.banks import random_case

numbers = st.integers(0, 2**63)


def _seed(number: int) -> str:
    return f"{number:032x}"


def _candidates(count: int, cells: int, *, group: str = "", uses: int = 0) -> list[Candidate]:
    """A bank whose questions are spread over the cells, easy and hard mixed."""
    chance = random.Random(7)  # noqa: S311 - must be repeatable
    return [
        Candidate(
            code=f"q-{number:04}",
            version_id=number,
            cells=(number % cells,),
            points=Decimal(1),
            facility=chance.randrange(1500, 9500),
            uses=uses,
            group=f"{group}{number // 4}" if group else "",
        )
        for number in range(count)
    ]


def _blueprint(counts: list[int], *, shuffle: bool = True) -> Blueprint:
    """Return a blueprint with one cell of ``counts`` per section."""
    sections = [{"draw": [{"module": f"m{n}", "count": count}]} for n, count in enumerate(counts)]
    return blueprint_of(sections, shuffle=shuffle)


PAPER = _blueprint([10, 10, 10])
POOL = Pool(PAPER, _candidates(180, 3))
TARGET = target_of(POOL)


def test_forms_keep_the_tolerance_of_the_whole_and_of_each_section() -> None:
    for number in range(300):
        difficulty = difficulty_of(draw_form(POOL, _seed(number), TARGET).questions)
        assert difficulty.gap(TARGET) <= FORM_TOLERANCE
        for section, value in difficulty.sections.items():
            assert abs(value - TARGET.sections[section]) <= SECTION_TOLERANCE


def test_plain_draws_of_the_same_bank_are_further_apart() -> None:
    plain = [difficulty_of(draw_form(POOL, _seed(n)).questions) for n in range(300)]
    outside = sum(not each.is_within(TARGET) for each in plain)
    assert outside > 150, outside


@settings(max_examples=300, deadline=None)
@given(numbers)
def test_balancing_keeps_the_blueprint_the_places_and_the_points(number: int) -> None:
    case = random_case(number)
    pool = Pool(case.blueprint, case.candidates)
    plain = draw_form(pool, case.seed)
    if plain.shortages:
        return
    target = target_of(pool)
    drawn = draw_form(pool, case.seed, target)
    assert _cells_of(drawn.questions) == _cells_of(plain.questions)
    places = [item.question.place for item in drawn.questions]
    assert len(places) == len(set(places))
    assert sum(item.points for item in drawn.questions) == sum(
        item.points for item in plain.questions
    )
    assert _beyond(drawn, target) <= _beyond(plain, target)


def _cells_of(questions) -> Counter:
    return Counter((item.section, item.cell) for item in questions)


def _beyond(drawn, target: Target) -> int:
    """How far form and sections are beyond their tolerances, in exact points."""
    sums: dict[int, list[int]] = {}
    for item in drawn.questions:
        points = int(item.points * 100)
        section = sums.setdefault(item.section, [0, 0])
        section[0] += points * item.question.facility
        section[1] += points
    whole = [sum(each[0] for each in sums.values()), sum(each[1] for each in sums.values())]
    pairs = [(whole, target.form, FORM_TOLERANCE)]
    pairs += [(sums[key], target.sections[key], SECTION_TOLERANCE) for key in sums]
    return sum(
        max(0, abs(value - goal * points) - limit * points)
        for (value, points), goal, limit in pairs
    )


@settings(max_examples=300, deadline=None)
@given(numbers, st.randoms(use_true_random=False))
def test_the_form_depends_on_seed_and_pool_alone(number: int, chance: random.Random) -> None:
    case = random_case(number)
    stirred = list(case.candidates)
    chance.shuffle(stirred)
    one, other = Pool(case.blueprint, case.candidates), Pool(case.blueprint, stirred)
    assert target_of(one) == target_of(other)
    target = target_of(one)
    assert draw_form(one, case.seed, target) == draw_form(other, case.seed, target)


def test_a_form_drawn_today_is_drawn_the_same_for_ever() -> None:
    drawn = draw_form(POOL, _seed(1), TARGET)
    assert (TARGET.form, TARGET.sections) == (5278, {0: 4952, 1: 5412, 2: 5469})
    assert [int(item.question.code[2:]) for item in drawn.questions] == [
        66,
        141,
        63,
        15,
        96,
        9,
        144,
        177,
        60,
        126,
        145,
        55,
        103,
        85,
        70,
        166,
        106,
        82,
        34,
        31,
        89,
        2,
        170,
        137,
        83,
        65,
        113,
        164,
        119,
        125,
    ]


def test_enemies_never_stand_in_one_form() -> None:
    pool = Pool(PAPER, _candidates(180, 3, group="g"))
    target = target_of(pool)
    for number in range(100):
        drawn = draw_form(pool, _seed(number), target)
        groups = [item.question.group for item in drawn.questions]
        assert len(groups) == len(set(groups)) == 30


def test_questions_of_equal_standing_are_used_evenly() -> None:
    """Without statistics every question of a cell has the same default and the same chance."""
    flat = [replace(item, facility=6500) for item in _candidates(60, 3)]
    pool = Pool(PAPER, flat)
    target = target_of(pool)
    counts = Counter(
        item.question.code
        for number in range(1200)
        for item in draw_form(pool, _seed(number), target).questions
    )
    assert len(counts) == 60
    assert all(500 < count < 700 for count in counts.values()), counts  # 600 is even


def test_balancing_does_not_wear_out_a_few_questions() -> None:
    counts = Counter(
        item.question.code
        for number in range(1200)
        for item in draw_form(POOL, _seed(number), TARGET).questions
    )
    assert len(counts) == 180
    assert max(counts.values()) < 1.5 * 200  # 200 is even
    assert min(counts.values()) > 0.5 * 200


def test_less_used_questions_come_first_within_limits() -> None:
    worn = [
        replace(item, facility=6500, uses=900 if number < 30 else 0)
        for number, item in enumerate(_candidates(180, 3))
    ]
    pool = Pool(PAPER, worn)
    counts = Counter(
        item.question.code
        for number in range(600)
        for item in draw_form(pool, _seed(number)).questions
    )
    tired = sum(counts[item.code] for item in worn[:30]) / 30
    fresh = sum(counts[item.code] for item in worn[30:]) / 150
    assert tired > 0
    assert 3 < fresh / tired < 8


def test_named_questions_stand_first_and_count_towards_the_difficulty() -> None:
    blueprint = blueprint_of(
        [{"questions": ["x"]}, {"draw": [{"module": "m0", "count": 1}]}], shuffle=False
    )
    easy = Candidate("x", 1, (), Decimal(3), 9000, 0)
    hard = Candidate("y", 2, (0,), Decimal(1), 1000, 0)
    drawn = draw_form(Pool(blueprint, [hard, easy]), _seed(0))
    assert [item.question.code for item in drawn.questions] == ["x", "y"]
    assert difficulty_of(drawn.questions).form == 7000
    assert difficulty_of(drawn.questions).sections == {0: 9000, 1: 1000}
