"""Drawing a paper: whole whenever it can be, repeatable, nothing twice."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain.draw import (
    Blueprint,
    Cell,
    PoolQuestion,
    Shortage,
    blueprint_of,
    draw,
    option_orders,
)

SEED = "00112233445566778899aabbccddeeff"
LEVELS = ("RECALL", "UNDERSTAND", "APPLY", "APPLY_HIGH")


def _question(number: int, **given: object) -> PoolQuestion:
    plain = PoolQuestion(
        code=f"q-{number:03}",
        version_id=1000 + number,
        type="single_choice",
        level="RECALL",
        module="m1",
        lesson=None,
        area=None,
        skills=frozenset(),
        points=Decimal(1),
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def _codes(sections: list[dict[str, object]], pool: list[PoolQuestion], seed: str) -> list[str]:
    blueprint = blueprint_of(sections, shuffle=True)
    return [item.question.code for item in draw(blueprint, pool, seed).questions]


pools = st.integers(0, 12).flatmap(
    lambda size: st.tuples(
        *(
            st.builds(
                lambda number, level, module, skills: _question(
                    number, level=level, module=module, skills=frozenset(skills)
                ),
                st.just(number),
                st.sampled_from(LEVELS[:2]),
                st.sampled_from(("m1", "m2")),
                st.sets(st.sampled_from(("S1", "S2"))),
            )
            for number in range(size)
        )
    )
)
cells = st.fixed_dictionaries(
    {"count": st.integers(1, 5)},
    optional={
        "module": st.sampled_from(("m1", "m2")),
        "level": st.sampled_from(LEVELS[:2]),
        "skill": st.sampled_from(("S1", "S2")),
        "points": st.integers(1, 3),
    },
)
sections = st.lists(
    st.one_of(
        st.fixed_dictionaries({"draw": st.lists(cells, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"questions": st.lists(st.sampled_from(["q-000", "q-001"]))}),
    ),
    max_size=3,
)
blueprints = st.builds(
    lambda given, shuffle: blueprint_of(given, shuffle=shuffle), sections, st.booleans()
)
seeds = st.binary(min_size=16, max_size=16).map(bytes.hex)


def _most_that_can_be_drawn(cells: tuple[Cell, ...], pool: list[PoolQuestion]) -> int:
    """Count by Hall's theorem, another way than augmenting paths: wants minus worst lack."""
    wanted = sum(cell.count for cell in cells)
    subsets = chain.from_iterable(combinations(cells, size) for size in range(len(cells) + 1))
    worst = max(
        sum(cell.count for cell in subset)
        - sum(any(cell.admits(item) for cell in subset) for item in pool)
        for subset in subsets
    )
    return wanted - worst


@given(blueprints, pools, seeds)
def test_as_many_questions_are_drawn_as_can_be(
    blueprint: Blueprint, pool: tuple[PoolQuestion, ...], seed: str
) -> None:
    drawn = draw(blueprint, pool, seed)
    fixed = {item.question.code for item in drawn.questions if item.cell is None}
    free = [item for item in pool if item.code not in fixed]
    by_cells = sum(item.cell is not None for item in drawn.questions)
    assert by_cells == _most_that_can_be_drawn(blueprint.cells, free)


@given(blueprints, pools, seeds)
def test_no_question_stands_twice_and_each_meets_its_cell(
    blueprint: Blueprint, pool: tuple[PoolQuestion, ...], seed: str
) -> None:
    drawn = draw(blueprint, pool, seed)
    assert max(Counter(item.question.code for item in drawn.questions).values(), default=1) == 1
    by_place = {(cell.section, cell.index): cell for cell in blueprint.cells}
    for item in drawn.questions:
        if item.cell is not None:
            cell = by_place[item.section, item.cell]
            assert cell.admits(item.question)
            assert item.points == (cell.points or item.question.points)


@given(blueprints, pools, seeds)
def test_questions_and_shortages_add_up_to_the_paper(
    blueprint: Blueprint, pool: tuple[PoolQuestion, ...], seed: str
) -> None:
    drawn = draw(blueprint, pool, seed)
    missing = sum(item.missing for item in drawn.shortages)
    assert len(drawn.questions) + missing == blueprint.question_count


@given(blueprints, pools, seeds, st.randoms())
def test_the_draw_depends_only_on_the_seed_and_the_bank(
    blueprint: Blueprint, pool: tuple[PoolQuestion, ...], seed: str, chance: object
) -> None:
    stirred = list(pool)
    chance.shuffle(stirred)  # type: ignore[attr-defined]
    assert draw(blueprint, stirred, seed) == draw(blueprint, pool, seed)


@given(blueprints, pools, seeds)
def test_sections_stay_in_their_order(
    blueprint: Blueprint, pool: tuple[PoolQuestion, ...], seed: str
) -> None:
    order = [item.section for item in draw(blueprint, pool, seed).questions]
    assert order == sorted(order)


def test_a_paper_drawn_today_is_drawn_the_same_for_ever() -> None:
    pool = [_question(number) for number in range(10)]
    assert _codes([{"draw": [{"module": "m1", "count": 4}]}], pool, SEED) == [
        "q-000",
        "q-002",
        "q-003",
        "q-004",
    ]
    assert option_orders([list("abcd"), list("abc"), []], SEED, shuffle=True) == [
        ["d", "a", "b", "c"],
        ["b", "a", "c"],
        [],
    ]


def test_an_overlapping_cell_gives_way() -> None:
    """The general cell comes first and would eat what only it and the narrow cell can use."""
    pool = [_question(1), _question(2, level="APPLY")]
    sections = [{"draw": [{"module": "m1", "count": 1}, {"level": "APPLY", "count": 1}]}]
    for number in range(20):
        drawn = draw(blueprint_of(sections, shuffle=False), pool, f"{number:032x}")
        assert [item.question.code for item in drawn.questions] == ["q-001", "q-002"]


def test_a_shortage_names_its_cell_and_how_many_it_lacks() -> None:
    pool = [_question(1), _question(2)]
    sections = [
        {"questions": ["q-001", "q-404"]},
        {"draw": [{"module": "m1", "level": "RECALL", "count": 3}]},
    ]
    drawn = draw(blueprint_of(sections, shuffle=True), pool, SEED)
    assert drawn.shortages == (
        Shortage(0, None, 1, 0, {"question": "q-404"}),
        Shortage(1, 0, 3, 1, {"module": "m1", "level": "RECALL"}),
    )
    assert [item.missing for item in drawn.shortages] == [1, 2]


def test_a_fixed_question_is_not_drawn_again_and_not_asked_twice() -> None:
    pool = [_question(1), _question(2)]
    sections = [{"draw": [{"module": "m1", "count": 1}]}, {"questions": ["q-001", "q-001"]}]
    for number in range(10):
        drawn = draw(blueprint_of(sections, shuffle=True), pool, f"{number:032x}")
        assert [item.question.code for item in drawn.questions] == ["q-002", "q-001"]
        assert drawn.shortages == (Shortage(1, None, 1, 0, {"question": "q-001"}),)


def test_points_of_the_cell_replace_those_of_the_question() -> None:
    pool = [_question(1, points=Decimal(5))]
    drawn = draw(
        blueprint_of([{"draw": [{"module": "m1", "count": 1, "points": "2.5"}]}], shuffle=False),
        pool,
        SEED,
    )
    assert [item.points for item in drawn.questions] == [Decimal("2.5")]


def test_every_question_has_the_same_chance() -> None:
    pool = [_question(number) for number in range(10)]
    counts = Counter(
        code
        for number in range(2000)
        for code in _codes([{"draw": [{"module": "m1", "count": 3}]}], pool, f"{number:032x}")
    )
    assert len(counts) == 10
    assert all(540 < count < 660 for count in counts.values()), counts


def test_without_shuffle_questions_and_options_keep_their_order() -> None:
    pool = [_question(number) for number in range(6)]
    drawn = draw(blueprint_of([{"draw": [{"module": "m1", "count": 6}]}], shuffle=False), pool, "0")
    assert [item.question.code for item in drawn.questions] == [f"q-00{n}" for n in range(6)]
    assert option_orders([list("abcd")], SEED, shuffle=False) == [list("abcd")]


@given(st.lists(st.integers(0, 8)), seeds)
def test_shuffled_options_are_the_same_options(sizes: list[int], seed: str) -> None:
    given_ids = [list("abcdefgh"[:size]) for size in sizes]
    orders = option_orders(given_ids, seed, shuffle=True)
    assert [sorted(order) for order in orders] == given_ids
