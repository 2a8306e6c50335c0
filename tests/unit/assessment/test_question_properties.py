"""What holds for every type of question, whatever is asked and whatever is answered."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.assessment.domain.question_types import TYPES, grade
from elearn.assessment.formats.questions import read_question
from elearn.kernel.errors import Invalid
from tests.unit.assessment.asked import (
    ANSWERED,
    ANY_QUESTION,
    CANARY,
    JSON,
    LINES,
    QUESTIONS,
    Body,
    rendered,
)

slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# All the shares that people can give: what they did not mark, they did not see.
FULL = {"": Decimal(1)}


def marks_of(name: str, body: Body) -> dict[str, Decimal]:
    """Return full marks for whatever people have to mark."""
    if name == "essay":
        return FULL
    parts = body["questions"] if name == "case" else []
    return {str(at): Decimal(1) for at, part in enumerate(parts) if part["type"] == "essay"}


def as_json(shown: object) -> str:
    return json.dumps(asdict(shown), default=str, ensure_ascii=False)  # type: ignore[call-overload]


@slow
@given(ANY_QUESTION)
def test_what_is_drawn_here_passes_for_a_question(asked: tuple[str, Body]) -> None:
    name, body = asked
    header = {"id": "q", "level": "RECALL", "lesson": "l", "citations": []}
    read = read_question({**header, "type": name, **body})
    assert not isinstance(read, list), read


@slow
@given(ANY_QUESTION)
def test_the_right_answer_earns_all_and_stays_as_it_is(asked: tuple[str, Body]) -> None:
    name, body = asked
    kind, right = TYPES[name], TYPES[name].correct_form(body)
    assert kind.check_value(body, right) == right
    assert grade(name, body, right, marks_of(name, body)) == Decimal(1)
    assert kind.needs_marking(body) is bool(marks_of(name, body))


def right_options(body: Body) -> list[Body]:
    return [option for option in body["options"] if option["correct"]]


@slow
@given(ANY_QUESTION)
def test_no_answer_earns_nothing_and_counts_for_nothing(asked: tuple[str, Body]) -> None:
    name, body = asked
    kind = TYPES[name]
    parts = body["questions"] if name == "case" else [{"type": name, **body}]
    for part in parts:
        # Where no option is right, leaving all unticked is the right answer.
        is_right = part["type"] == "multiple_choice" and not right_options(part)
        assert grade(part["type"], part, None) == is_right
    assert not kind.is_answer(None)
    assert not kind.is_complete(body, None)
    assert kind.tally(body, None) == ()
    assert kind.form_of(body, None) == {}


@slow
@given(ANSWERED)
def test_an_answer_is_stored_shown_in_the_form_and_read_from_it_alike(
    answered: tuple[str, Body, Any],
) -> None:
    name, body, value = answered
    kind = TYPES[name]
    kept = kind.check_value(body, value)
    assert kind.check_value(body, json.loads(json.dumps(kept))) == kept
    filled = kind.form_of(body, kept)
    assert filled == kind.form_of(rendered({**body}), kept)
    said = kind.parse_form(body, filled)
    if kind.is_answer(kept):
        assert kind.check_value(body, said) == kept
    else:
        assert said is None or not kind.is_answer(kind.check_value(body, said))


@slow
@given(ANSWERED)
def test_a_share_is_an_exact_part_and_everything_can_be_told(
    answered: tuple[str, Body, Any],
) -> None:
    name, body, value = answered
    kind = TYPES[name]
    kept, shown = kind.check_value(body, value), rendered(body)
    share = kind.grade(body, kept, marks_of(name, body))
    assert type(share) is Decimal
    assert 0 <= share <= 1
    told = kind.explain(body, shown, kept, (), marks_of(name, body))
    assert told.share == share
    assert told.is_answered is kind.is_answer(kept)
    assert told.explanation_html.startswith(f"<p>{CANARY}")
    if told.rows and name != "case":
        right = sum(row.is_correct for row in told.rows)
        assert share == Decimal(right) / len(told.rows)
    tally = kind.tally(body, kept)
    assert all(isinstance(key, str) and len(key) <= 120 for key in tally)
    assert bool(tally) is kind.is_answer(kept) or name in ("short_text", "cloze", "case")


@slow
@given(ANY_QUESTION, JSON)
def test_junk_is_refused_or_taken_but_never_breaks(asked: tuple[str, Body], junk: object) -> None:
    name, body = asked
    kind = TYPES[name]
    try:
        kept = kind.check_value(body, junk)
    except Invalid:
        return
    assert kind.check_value(body, json.loads(json.dumps(kept))) == kept
    assert 0 <= kind.grade(body, kept) <= 1
    kind.explain(body, rendered(body), kept)
    kind.tally(body, kept)


FIELDS = st.dictionaries(
    st.text(alphabet="0123ab./", max_size=5), st.lists(LINES, min_size=1, max_size=3), max_size=6
)


@slow
@given(ANY_QUESTION, FIELDS)
def test_junk_in_a_form_is_refused_or_taken_but_never_breaks(
    asked: tuple[str, Body], fields: dict[str, list[str]]
) -> None:
    name, body = asked
    said = TYPES[name].parse_form(body, fields)
    if said is None:
        return
    try:
        kept = TYPES[name].check_value(body, said)
    except Invalid:
        return
    assert 0 <= TYPES[name].grade(body, kept) <= 1


@slow
@given(ANY_QUESTION, st.randoms())
def test_what_is_presented_says_nothing_of_what_is_secret(
    asked: tuple[str, Body], chance: random.Random
) -> None:
    name, body = asked
    kind = TYPES[name]
    order = kind.option_ids(body)
    assert len(set(order)) == len(order)
    assert kind.always_shuffled(body) <= set(order)
    chance.shuffle(order)
    shown = as_json(kind.present(rendered(body), order))
    assert CANARY not in shown
    assert "correct" not in shown
    if name == "numeric":
        assert set(asdict(kind.present(rendered(body)))["unit"]) == set(body["unit"] or "")


def other_key(name: str, body: Body, chance: random.Random) -> Body:
    """Return the question with another key: everything that one sees before is the same."""
    return {**body, **OTHERS[name](body, chance)}


def other_pairs(body: Body, chance: random.Random) -> Body:
    rights = [pair["right"] for pair in body["pairs"]] + body["distractors"]
    chance.shuffle(rights)
    pairs = [{**pair, "right": rights.pop()} for pair in body["pairs"]]
    return {"pairs": pairs, "distractors": rights}


def other_flags(options: list[Body], chance: random.Random) -> list[Body]:
    flags = [option["correct"] for option in options]
    chance.shuffle(flags)
    return [{**option, "correct": flag} for option, flag in zip(options, flags, strict=True)]


def other_blank(blank: Body, chance: random.Random) -> Body:
    if "options" in blank:
        return {"options": other_flags(blank["options"], chance)}
    return {"answers": ["khác", "khác nữa"]}


OTHERS: dict[str, Callable[[Body, random.Random], Body]] = {
    "single_choice": lambda body, chance: {"options": other_flags(body["options"], chance)},
    "multiple_choice": lambda body, chance: {"options": other_flags(body["options"], chance)},
    "true_false": lambda body, _chance: {"answer": not body["answer"]},
    "matching": other_pairs,
    "ordering": lambda body, chance: {"items": chance.sample(body["items"], len(body["items"]))},
    "short_text": lambda _body, _chance: {"answers": ["khác"], "match": "exact"},
    "numeric": lambda _body, _chance: {"answer": "123456.789", "tolerance": "1000"},
    "cloze": lambda body, chance: {"blanks": [other_blank(one, chance) for one in body["blanks"]]},
    "essay": lambda _body, _chance: {"rubric": [{"criterion": "khác", "points": 9}]},
    "case": lambda body, chance: {
        "questions": [other_key(part["type"], part, chance) for part in body["questions"]]
    },
}


@slow
@given(ANY_QUESTION, st.randoms())
def test_a_question_looks_the_same_whatever_its_key(
    asked: tuple[str, Body], chance: random.Random
) -> None:
    name, body = asked
    other = other_key(name, body, chance)
    kind = TYPES[name]
    assert kind.option_ids(other) == kind.option_ids(body)
    assert as_json(kind.present(rendered(other))) == as_json(kind.present(rendered(body)))


def better(name: str, body: Body, value: Any, chance: random.Random) -> Any:
    """Return ``value`` with one part more put right."""
    right = TYPES[name].correct_form(body)
    if name == "ordering":
        at = chance.randrange(len(right))
        order = ["" if item == right[at] else item for item in value]
        return [*order[:at], right[at], *order[at + 1 :]]
    if isinstance(right, dict):
        name = chance.choice(sorted(right) or [""])
        return {**value, name: right[name]} if name else value
    if isinstance(right, list):
        at = chance.randrange(len(right))
        return [*value[:at], right[at], *value[at + 1 :]]
    return right


@slow
@given(ANSWERED, st.randoms())
def test_one_part_more_put_right_never_lowers_the_share(
    answered: tuple[str, Body, Any], chance: random.Random
) -> None:
    name, body, value = answered
    if name == "multiple_choice" or (name == "ordering" and len(set(body["items"])) < len(value)):
        return
    kept = TYPES[name].check_value(body, value)
    after = better(name, body, kept, chance)
    assert grade(name, body, TYPES[name].check_value(body, after)) >= grade(name, body, kept)


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_every_type_is_drawn_here(name: str) -> None:
    assert set(QUESTIONS) == set(TYPES)
    assert TYPES[name].name == name
