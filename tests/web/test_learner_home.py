"""The learner's home and module pages: what is next, by when, and why."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState, PaperKind
from elearn.curriculum.models import PathItem, Target
from elearn.kernel.clock import today, utc_now
from elearn.org.models import DutyKind, Person
from elearn.progress.models import CompletionSource, ProgrammeCompletion
from tests.factories.assessment import make_paper
from tests.factories.curriculum import make_lesson, make_module, make_programme
from tests.factories.org import make_assignment, make_duty, make_person, make_unit, make_user
from tests.factories.progress import (
    make_completion,
    make_graded_attempt,
    make_mark,
    make_module_completion,
)
from tests.support.accounts import Visitor
from tests.web.test_lesson_pages import words


@pytest.fixture
def person(session: Session) -> Person:
    row, unit = make_person(session), make_unit(session, name="Trung tâm Thử")
    make_assignment(session, row, unit)
    make_duty(session, row, unit, DutyKind.ONE_STOP)
    return row


@pytest.fixture
def learner(session: Session, visitor: Visitor, person: Person) -> FlaskClient:
    return visitor.as_user(make_user(session, person=person))


def home(client: FlaskClient) -> str:
    response = client.get("/learn")
    assert response.status_code == 200
    assert response.text.count("<h1") == 1
    return response.text


def test_the_next_lesson_is_the_one_primary_button(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session, "m1")
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module, "l1"))
    make_lesson(session, module, "l2", title="Bài hai")

    html = home(learner)

    assert html.count("btn-primary") == 1
    assert '<a class="btn btn-primary btn-lg" href="/learn/m1/l2">Học tiếp</a>' in html
    assert "Việc tiếp theo Bài hai Bài 2/2 của chuyên đề" in words(html)
    assert "1/2 bài học và bài kiểm tra đã xong · còn khoảng 15 phút đọc" in words(html)


def test_nothing_begun_says_begin(learner: FlaskClient, session: Session) -> None:
    module = make_module(session, "m1")
    make_programme(session, modules=(module,))
    make_lesson(session, module, "l1")

    assert '<a class="btn btn-primary btn-lg" href="/learn/m1/l1">Bắt đầu học</a>' in home(learner)


def test_after_the_lessons_the_test_is_next_with_its_state(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    paper = make_paper(session, "m1-test", attempts=3)
    module = make_module(session, "m1", test_paper_code="m1-test")
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_graded_attempt(session, person, paper, passed=False, score=4)

    html = home(learner)

    assert 'href="/papers/m1-test">Làm lại bài kiểm tra</a>' in html
    text = words(html)
    assert "2 câu · 20 phút · đạt từ 50% · còn 2 lượt" in text
    assert "Kết quả cao nhất của bạn đến nay: 40,0%." in text
    assert "Chưa đạt · cao nhất 40,0% Còn 2 lượt" in text


def test_without_attempts_left_the_learner_is_told_whom_to_ask(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    paper = make_paper(session, "m1-test", attempts=1)
    module = make_module(session, "m1", test_paper_code="m1-test")
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_graded_attempt(session, person, paper, passed=False, score=4)

    text = words(home(learner))

    assert "Hãy liên hệ cán bộ phụ trách chương trình để được cấp thêm lượt" in text
    assert "Hết lượt" in text


def test_a_running_attempt_leads_back_to_it(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    paper = make_paper(session, kind=PaperKind.SURVEY)
    assert paper.published_version_id is not None
    attempt = Attempt(
        person_id=person.id,
        paper_id=paper.id,
        paper_version_id=paper.published_version_id,
        number=1,
        seed="0",
        state=AttemptState.IN_PROGRESS,
        started_at=utc_now(),
    )
    session.add(attempt)
    session.commit()

    assert f'href="/attempts/{attempt.id}">Làm tiếp</a>' in home(learner)


def due_in(session: Session, days: int) -> str:
    target = session.scalars(select(Target)).one()
    target.by = today() + timedelta(days=days)
    session.commit()
    return target.by.strftime("%d/%m/%Y")


@pytest.mark.parametrize(("days", "left"), [(5, "còn 5 ngày"), (0, "là hôm nay")])
def test_the_due_day_is_named(learner: FlaskClient, session: Session, days: int, left: str) -> None:
    make_programme(session, modules=(make_module(session),))
    day = due_in(session, days)

    assert f"Cần hoàn thành trước hết ngày {day} {left}" in words(home(learner))


def test_after_the_due_day_the_programme_is_still_open(
    learner: FlaskClient, session: Session
) -> None:
    make_programme(session, modules=(make_module(session),))
    day = due_in(session, -1)

    text = words(home(learner))

    assert f"Mốc chỉ tiêu {day} đã qua Chương trình vẫn mở để bạn học" in text


def test_the_reason_for_the_group_is_told(learner: FlaskClient, session: Session) -> None:
    make_programme(session, modules=(make_module(session),))

    text = words(home(learner))

    assert (
        "G1 – Nhóm G1 : bạn được giao nhiệm vụ “Làm việc tại Một cửa” tại Trung tâm Thử "
        "từ ngày 01/01/2011"
    ) in text


def test_a_completed_programme_leads_to_the_certificate(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_lesson(session, module)
    make_completion(session, person, programme, today(), source=CompletionSource.ONLINE)

    html = home(learner)

    assert '<a class="btn btn-primary btn-lg" href="/certificates">' in html
    assert f"Đã hoàn thành ngày {today().strftime('%d/%m/%Y')}" in words(html)


def test_who_is_in_no_group_may_study_freely(visitor: Visitor, session: Session) -> None:
    module = make_module(session, "m1")
    make_programme(session, modules=(module,))
    make_lesson(session, module)
    client = visitor.as_user(make_user(session, person=make_person(session)))

    text = words(home(client))

    assert "Bạn chưa thuộc đối tượng của chương trình nào" in text
    assert "Học thêm" in text
    assert "Chuyên đề m1" in text


def test_an_empty_site_says_so(visitor: Visitor, session: Session) -> None:
    client = visitor.as_user(make_user(session, person=make_person(session)))

    assert "Chưa có chuyên đề nào được xuất bản." in words(home(client))


def test_a_path_still_being_written_says_so(learner: FlaskClient, session: Session) -> None:
    make_programme(session, modules=(make_module(session),))

    text = words(home(learner))

    assert "Hiện chưa có việc nào đang chờ bạn" in text
    assert "Chuyên đề đang được biên soạn." in text


def test_optional_modules_say_so(learner: FlaskClient, session: Session) -> None:
    make_programme(session, modules=(make_module(session),))
    session.scalars(select(PathItem)).one().required = False
    session.commit()

    assert "Không bắt buộc" in words(home(learner))


def test_surveys_are_listed_for_every_learner(visitor: Visitor, session: Session) -> None:
    make_paper(session, "khao-sat", kind=PaperKind.SURVEY, attempts=1)
    client = visitor.as_user(make_user(session, person=make_person(session)))

    html = home(client)

    assert 'href="/papers/khao-sat"' in html
    assert "Kiểm tra kiến thức Đề khao-sat 2 câu · 20 phút · đạt từ 50% Còn 1 lượt" in words(html)


def test_what_was_done_before_it_was_ones_own_is_counted_on_request(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session)
    make_mark(session, person, make_lesson(session, module))
    make_module_completion(session, person, module, today())
    make_programme(session, modules=(module,))
    assert "Ghi nhận hoàn thành" in home(learner)

    response = learner.post("/learn/completion")

    assert (response.status_code, response.location) == (303, "/learn")
    text = words(home(learner))
    assert "Đã ghi nhận bạn hoàn thành chương trình." in text
    assert "Ghi nhận hoàn thành" not in text
    session.rollback()
    assert session.scalars(select(ProgrammeCompletion)).one().completed_on == today()


def test_a_claim_without_grounds_changes_nothing(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session)
    make_lesson(session, module)
    make_programme(session, modules=(module,))

    assert learner.post("/learn/completion").location == "/learn"
    assert session.scalars(select(ProgrammeCompletion)).all() == []


def test_a_module_page_lists_lessons_and_test(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    make_paper(session, "m1-test")
    module = make_module(session, "m1", test_paper_code="m1-test")
    programme = make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module, "l1", title="Bài một"))
    make_mark(session, person, make_lesson(session, module, "l2", title="Bài hai"), finished=False)

    response = learner.get("/learn/m1")

    text = words(response.text)
    assert "Bài một 15 phút Đã học Bài hai 15 phút Đang học Đề m1-test" in text
    assert '<a class="btn btn-primary btn-lg" href="/learn/m1/l2">Học tiếp</a>' in response.text
    assert f"Chuyên đề này thuộc {programme.title}" in text


def test_a_module_without_lessons_says_so(learner: FlaskClient, session: Session) -> None:
    make_module(session, "m1")

    assert "Chuyên đề đang được biên soạn." in words(learner.get("/learn/m1").text)


def test_a_completed_module_says_when(
    learner: FlaskClient, session: Session, person: Person
) -> None:
    module = make_module(session, "m1")
    make_lesson(session, module)
    make_module_completion(session, person, module, today())

    day = today().strftime("%d/%m/%Y")
    assert f"Bạn đã hoàn thành chuyên đề này ngày {day}" in words(learner.get("/learn/m1").text)
