"""Forms made ahead by a job: once however often it runs, taken evenly, left when they are stale."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import Drawn
from elearn.assessment.forms import services
from elearn.assessment.forms.models import Form, FormBatch, FormPool, FormPurpose
from elearn.assessment.forms.queries import redraw
from elearn.assessment.models import Paper, Question
from elearn.assessment.queries import get_paper
from elearn.assessment.rounds.models import Round, RoundKind, RoundState
from elearn.assessment.services import Beginning, start
from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.infra.db import transaction
from elearn.infra.jobs import Progress
from elearn.infra.models import AuditEntry, Job
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Invalid
from elearn.workflows import assemble_forms
from tests.factories.assessment import make_paper, make_question
from tests.factories.org import make_person, make_unit

SECTIONS = [{"title": "Chung", "draw": [{"module": "m1", "count": 4}]}]


@pytest.fixture
def paper(session: Session) -> Paper:
    for number in range(1, 13):
        make_question(session, f"q{number:02}")
    return make_paper(session, "de", sections=SECTIONS)


@pytest.fixture
def the_round(session: Session, paper: Paper) -> Round:
    now = utc_now()
    row = Round(
        code="dot-thu",
        title="Đợt thử",
        kind=RoundKind.SURVEY,
        state=RoundState.PLANNED,
        unit_id=make_unit(session).id,
        paper_id=paper.id,
        paper_version_id=paper.published_version_id,
        opens_at=now,
        closes_at=now + timedelta(days=1),
        roster_on=now.date(),
        created_at=now,
    )
    session.add(row)
    session.commit()
    return row


def _ask(paper: Paper, size: int, round_id: int | None = None) -> None:
    assert paper.published_version_id is not None
    with transaction() as session:
        assemble_forms.request(
            session,
            SYSTEM,
            paper.published_version_id,
            size,
            purpose=FormPurpose.PRINT if round_id is None else FormPurpose.ROUND,
            now=utc_now(),
            round_id=round_id,
        )


def _seed(number: int) -> str:
    return f"{number:032x}"


def _take(number: int, round_id: int) -> Drawn:
    with transaction() as session:
        paper = get_paper(session, "de")
        return services.form_for(session, paper, _seed(number), now=utc_now(), round_id=round_id)


def test_a_job_makes_the_forms(
    session: Session, paper: Paper, run_jobs: Callable[[], object]
) -> None:
    _ask(paper, 6)
    run_jobs()
    batch = session.scalars(select(FormBatch)).one()
    assert (batch.size, batch.most_used, batch.widest_gap, batch.purpose) == (
        6, 2, 0, FormPurpose.PRINT,
    )  # fmt: skip
    forms = session.scalars(select(Form).order_by(Form.number)).all()
    assert [form.number for form in forms] == [1, 2, 3, 4, 5, 6]
    assert {len(form.questions) for form in forms} == {4}
    assert session.scalars(select(AuditEntry.act)).all() == ["forms.assemble"]


def test_a_job_that_runs_twice_makes_the_forms_once(
    session: Session, paper: Paper, run_jobs: Callable[[], object]
) -> None:
    _ask(paper, 3)
    run_jobs()
    job = session.scalars(select(Job)).one()
    again = assemble_forms.assemble(job.payload, Progress(job.id))
    assert again == {"batch": session.scalars(select(FormBatch.id)).one()}
    assert len(session.scalars(select(Form)).all()) == 3


@pytest.mark.parametrize("size", [0, assemble_forms.MOST_FORMS + 1])
def test_a_number_of_forms_beyond_reason_is_refused(paper: Paper, size: int) -> None:
    with pytest.raises(Invalid, match="Số đề phải từ 1"):
        _ask(paper, size)


def test_attempts_of_a_round_take_the_least_used_form(
    session: Session, paper: Paper, the_round: Round, run_jobs: Callable[[], object]
) -> None:
    _ask(paper, 4, the_round.id)
    run_jobs()
    taken = [_take(number, the_round.id).form_id for number in range(12)]
    assert set(Counter(taken).values()) == {3}
    assert len(set(taken[:4])) == 4
    uses = session.scalars(select(Form.uses)).all()
    assert set(uses) == {3}


def test_the_attempt_of_a_form_made_ahead_is_drawn_again(
    session: Session, paper: Paper, the_round: Round, run_jobs: Callable[[], object]
) -> None:
    _ask(paper, 4, the_round.id)
    run_jobs()
    person = make_person(session)
    with transaction() as writing:
        rules, seed = get_paper(writing, "de"), _seed(77)
        drawn = services.form_for(writing, rules, seed, now=utc_now(), round_id=the_round.id)
        beginning = Beginning(seed, None, utc_now(), None, the_round.id)
        attempt = start(writing, person.id, rules, drawn, beginning)
    again = redraw(session, attempt.id)
    assert again.is_same
    assert again.form_number == session.get_one(Form, drawn.form_id).number
    assert again.questions == drawn.questions


def test_without_forms_made_ahead_each_is_drawn_by_its_seed(
    session: Session, paper: Paper, the_round: Round
) -> None:
    drawn = _take(1, the_round.id)
    assert drawn.form_id is None
    assert len(drawn.questions) == 4
    assert drawn.pool_id == session.scalars(select(FormPool.id)).one()


def test_forms_with_a_retired_question_are_passed_over(
    session: Session, paper: Paper, the_round: Round, run_jobs: Callable[[], object]
) -> None:
    _ask(paper, 3, the_round.id)
    run_jobs()
    version_id = session.scalars(select(Form).where(Form.number == 1)).one().questions[0][0]
    retired = session.scalars(
        select(Question).where(Question.published_version_id == version_id)
    ).one()
    retired.retired_at = utc_now()
    session.commit()
    for number in range(9):
        drawn = _take(number, the_round.id)
        assert retired.code not in {item.question.code for item in drawn.questions}
        assert not drawn.shortages


def test_pools_follow_the_statistics_when_these_moved(session: Session, paper: Paper) -> None:
    _take(1, 0)
    assert assemble_forms.renew_pools(now=utc_now()) == 0
    question = session.scalars(select(Question).where(Question.code == "q01")).one()
    session.add(
        ItemStatistic(
            question_version_id=question.published_version_id,
            scope=StatisticScope.ALL,
            scope_id=0,
            n=300,
            omitted=0,
            facility=0.2,
            exposure=0.1,
            options={},
            groups=[],
            computed_at=utc_now(),
        )
    )
    session.commit()
    assert assemble_forms.renew_pools(now=utc_now()) == 1
    before, after = session.scalars(select(FormPool).order_by(FormPool.id)).all()
    assert before.bank_state == ""
    (moved,) = [row for row in after.candidates if row not in before.candidates]
    assert (moved[0], moved[4], moved[5]) == ("q01", 2545, 300)
    assert assemble_forms.renew_pools(now=utc_now()) == 0
