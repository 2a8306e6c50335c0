"""The last link of the completion chain: completing a programme issues its certificate."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates.models import Certificate
from elearn.infra.db import transaction
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor
from elearn.kernel.clock import today, utc_now
from elearn.org.models import UnitKind
from elearn.progress.models import LessonMark, ProgrammeCompletion
from elearn.workflows import complete_course
from tests.factories.curriculum import make_lesson, make_module, make_programme
from tests.factories.org import (
    actor_of,
    make_assignment,
    make_duty,
    make_person,
    make_unit,
    make_user,
)


@pytest.fixture
def learner(session: Session) -> Actor:
    """Somebody of a target group who has finished all there is to study."""
    province = make_unit(session, "T", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    unit = make_unit(session, parent=province, name="Sở Mẫu")
    person = make_person(session)
    make_assignment(session, person, unit)
    make_duty(session, person, unit)
    module = make_module(session)
    lesson = make_lesson(session, module)
    make_programme(session, modules=(module,), scope_unit_code="T", period_to=None)
    version, now = lesson.published_version_id, utc_now()
    session.add(
        LessonMark(
            person_id=person.id,
            lesson_id=lesson.id,
            opened_version_id=version,
            opened_at=now,
            finished_version_id=version,
            finished_at=now,
        )
    )
    session.commit()
    return actor_of(make_user(session, person=person))


def test_who_completes_a_programme_holds_its_certificate(session: Session, learner: Actor) -> None:
    complete_course.claim(learner, now=utc_now())
    row = session.scalars(select(Certificate)).one()
    assert row.person_id == learner.person_id
    assert row.issued_by == learner.user_id
    assert (row.full_name, row.unit_name, row.place) == ("Lò Thử Ánh", "Sở Mẫu", "Thử")
    assert (row.minutes, row.result, row.completed_on) == (15, "Hoàn thành", today())
    assert session.scalars(select(AuditEntry.act)).all() == ["certificate.issue"]


def test_advancing_again_issues_nothing_more(session: Session, learner: Actor) -> None:
    for _ in range(3):
        complete_course.claim(learner, now=utc_now())
    assert len(session.scalars(select(Certificate)).all()) == 1


def test_an_act_that_fails_leaves_neither_completion_nor_certificate(
    session: Session, learner: Actor
) -> None:
    assert learner.person_id is not None
    with pytest.raises(RuntimeError, match="later"), transaction() as inner:
        complete_course.advance(inner, learner, learner.person_id, now=utc_now())
        raise RuntimeError("later")
    assert session.scalars(select(ProgrammeCompletion)).all() == []
    assert session.scalars(select(Certificate)).all() == []
