"""What an attempt is drawn from: a pool that is kept, free of enemies and of shown keys."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.domain.forms import FORM_TOLERANCE
from elearn.assessment.forms import services
from elearn.assessment.forms.enemies import replace_sets
from elearn.assessment.forms.models import Form, FormBatch, FormPool, FormPurpose
from elearn.assessment.forms.queries import redraw
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    Level,
    PaperKind,
    Question,
    QuestionVersion,
)
from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict
from elearn.workflows import take_quiz
from tests.factories.assessment import (
    keep_pool,
    make_paper,
    make_question,
    make_question_version,
)
from tests.factories.attempts import items_of, make_device, make_learner
from tests.support.statements import recorded
from tests.support.threads import at_once


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


@pytest.fixture
def device(session: Session, learner: User) -> Actor:
    return make_device(session, learner)


def _bank(session: Session, size: int, **given: object) -> list[Question]:
    return [make_question(session, f"q{number:02}", **given) for number in range(1, size + 1)]


def _begin(session: Session, device: Actor, code: str = "de") -> int:
    """Begin an attempt and hand it in, so that another may follow."""
    attempt_id = take_quiz.start(device, code)
    take_quiz.submit(device, attempt_id)
    session.rollback()
    return attempt_id


def _pools(session: Session) -> list[FormPool]:
    session.rollback()
    fresh = select(FormPool).order_by(FormPool.id).execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def _observe(session: Session, question: Question, facility: float, n: int) -> None:
    session.add(
        ItemStatistic(
            question_version_id=question.published_version_id,
            scope=StatisticScope.ALL,
            scope_id=0,
            n=n,
            omitted=0,
            facility=facility,
            exposure=0.1,
            options={},
            groups=[],
            computed_at=utc_now(),
        )
    )
    session.commit()


def test_attempts_share_a_pool_until_the_bank_changes(session: Session, device: Actor) -> None:
    _bank(session, 8)
    make_paper(session, "de", attempts=None)
    for _ in range(2):
        _begin(session, device)
    (pool,) = _pools(session)
    assert len(pool.candidates) == 8
    assert pool.target == {"form": 8000, "sections": {"0": 8000}}
    make_question(session, "q-later")
    _begin(session, device)
    before, after = _pools(session)
    assert (before.bank_state, len(after.candidates)) == ("", 9)
    used = session.scalars(select(Attempt.pool_id).order_by(Attempt.id)).all()
    assert used == [before.id, before.id, after.id]


def test_a_bank_that_is_as_it_was_has_its_pool_again(session: Session, device: Actor) -> None:
    questions = _bank(session, 8)
    make_paper(session, "de", attempts=None)
    _begin(session, device)
    for retired_at in (utc_now(), None):
        questions[0].retired_at = retired_at
        session.commit()
        _begin(session, device)
    first, second = _pools(session)
    assert second.bank_state == ""
    used = session.scalars(select(Attempt.pool_id).order_by(Attempt.id)).all()
    assert used == [first.id, second.id, first.id]


def test_beginning_reads_the_pool_from_memory(session: Session, device: Actor) -> None:
    _bank(session, 8)
    make_paper(session, "de", attempts=None)
    _begin(session, device)
    with recorded() as statements:
        take_quiz.start(device, "de")
    assert not [text for text in statements if "candidates" in text]
    assert not [text for text in statements if "INSERT INTO assessment_form_pool" in text]


def test_a_form_is_drawn_again_though_bank_statistics_and_enemies_moved(
    session: Session, device: Actor
) -> None:
    questions = _bank(session, 12)
    sections = [{"title": "Chung", "draw": [{"module": "m1", "count": 5}]}]
    make_paper(session, "de", sections=sections)
    attempt_id = _begin(session, device)
    drawn = list(items_of(session, attempt_id))
    version = session.get_one(QuestionVersion, questions[0].published_version_id)
    make_question_version(session, questions[0], body=dict(version.body))
    questions[1].retired_at = utc_now()
    _observe(session, questions[2], 0.1, 500)
    replace_sets(session, [[item.code for item in questions[3:9]]], user_id=None, now=utc_now())
    session.commit()
    again = redraw(session, attempt_id)
    assert again.is_same
    assert [item.question.code for item in again.questions] == drawn
    assert again.target is not None
    assert again.difficulty is not None
    assert again.difficulty.gap(again.target) == 0
    assert {item.question.uses for item in again.questions} == {0}


def test_what_people_got_makes_forms_equal(session: Session, device: Actor) -> None:
    """Half the bank turned out easy, half hard: every form takes of both."""
    questions = _bank(session, 24)
    for number, question in enumerate(questions):
        _observe(session, question, 0.95 if number % 2 else 0.25, 3000)
    sections = [{"title": "Chung", "draw": [{"module": "m1", "count": 10}]}]
    make_paper(session, "de", sections=sections, attempts=None)
    for _ in range(8):
        again = redraw(session, _begin(session, device))
        assert again.target is not None
        assert again.difficulty is not None
        assert again.difficulty.gap(again.target) <= FORM_TOLERANCE
        assert {item.question.uses for item in again.questions} == {3000}


def test_enemies_never_meet_in_an_attempt(session: Session, device: Actor) -> None:
    _bank(session, 6)
    sets = [["q01", "q02", "q03"], ["q04", "q05"]]
    replace_sets(session, sets, user_id=None, now=utc_now())
    session.commit()
    sections = [{"title": "Chung", "draw": [{"module": "m1", "count": 3}]}]
    make_paper(session, "de", sections=sections, attempts=None)
    for _ in range(10):
        codes = set(items_of(session, _begin(session, device)))
        assert [len(codes.intersection(each)) for each in sets] == [1, 1]
        assert "q06" in codes


def test_enemies_that_leave_too_little_refuse_the_paper(session: Session, device: Actor) -> None:
    _bank(session, 3)
    replace_sets(session, [["q01", "q02"]], user_id=None, now=utc_now())
    session.commit()
    sections = [{"title": "Chung", "draw": [{"module": "m1", "count": 3}]}]
    make_paper(session, "de", sections=sections)
    with pytest.raises(Conflict, match="ngân hàng câu hỏi còn thiếu"):
        take_quiz.start(device, "de")
    assert session.scalar(select(func.count()).select_from(Attempt)) == 0


@pytest.mark.parametrize("kind", [PaperKind.MODULE_TEST, PaperKind.SURVEY, PaperKind.FINAL])
def test_what_a_lesson_shows_is_never_drawn_for_what_counts(
    session: Session, device: Actor, kind: PaperKind
) -> None:
    _bank(session, 3)
    session.execute(update(Question).where(Question.code == "q02").values(is_inline_check=True))
    session.commit()
    make_paper(session, "de", kind=kind)
    assert set(items_of(session, _begin(session, device))) == {"q01", "q03"}


def test_practice_may_ask_what_a_lesson_shows(session: Session, device: Actor) -> None:
    _bank(session, 2)
    session.execute(update(Question).values(is_inline_check=True))
    session.commit()
    make_paper(session, "de", kind=PaperKind.PRACTICE)
    assert set(items_of(session, _begin(session, device))) == {"q01", "q02"}


def test_levels_stand_in_for_statistics(session: Session, device: Actor) -> None:
    for number in range(12):
        make_question(session, level=Level.RECALL if number % 2 else Level.APPLY_HIGH)
    sections = [{"title": "Chung", "draw": [{"module": "m1", "count": 6}]}]
    make_paper(session, "de", sections=sections, attempts=None)
    for _ in range(6):
        attempt_id = _begin(session, device)
        levels = session.scalars(
            select(QuestionVersion.level)
            .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
            .where(AttemptItem.attempt_id == attempt_id)
        )
        assert Counter(levels) == {Level.RECALL: 3, Level.APPLY_HIGH: 3}


def test_many_who_begin_at_once_share_one_pool(app: Flask, session: Session) -> None:
    _bank(session, 12)
    make_paper(session, "de")
    devices = [make_device(session, make_learner(session)) for _ in range(8)]
    begun = at_once(
        app, [lambda device=device: take_quiz.start(device, "de") for device in devices]
    )
    assert all(isinstance(each, int) for each in begun), begun
    (pool,) = _pools(session)
    assert set(session.scalars(select(Attempt.pool_id))) == {pool.id}


def test_many_who_begin_at_once_spread_over_the_forms_made_ahead(
    app: Flask, session: Session
) -> None:
    _bank(session, 12)
    paper = make_paper(session, "de")
    assert paper.published_version_id is not None
    keep_pool("de")
    pool = session.scalars(select(FormPool)).one()
    version_ids = [row[1] for row in pool.candidates]
    batch = FormBatch(
        key="thu",
        paper_version_id=paper.published_version_id,
        pool_id=pool.id,
        purpose=FormPurpose.ROUND,
        round_id=None,
        size=8,
        seed="0" * 32,
        most_used=2,
        widest_gap=0,
        made_at=utc_now(),
    )
    session.add(batch)
    session.flush()
    for number in range(8):
        asked = [[version_id, 0, 0, "1"] for version_id in version_ids[number : number + 2]]
        session.add(Form(batch_id=batch.id, number=number + 1, difficulty=8000, questions=asked))
    session.commit()

    def take(number: int) -> int | None:
        with transaction() as writing:
            form = services.take_form(writing, batch.id, f"{number:032x}")
            return form.id if form else None

    taken = at_once(app, [lambda number=number: take(number) for number in range(8)])
    assert len(set(taken)) == 8, taken
    session.rollback()
    assert set(session.scalars(select(Form.uses))) == {1}
