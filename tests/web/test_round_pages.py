"""The examinee's pages of a round: where he finds it, its door, what was decided for him."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.rounds import tickets
from elearn.assessment.rounds.models import RoundExaminee, RoundKind
from elearn.kernel.clock import utc_now
from elearn.workflows import manage_round_people, manage_round_tickets, manage_rounds
from elearn.workflows.manage_round_tickets import Wanted
from tests.factories.rounds import PAPER, Hall
from tests.support.accounts import Visitor


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


@pytest.fixture
def user(hall: Hall) -> User:
    return hall.user()


@pytest.fixture
def examinee(visitor: Visitor, user: User) -> FlaskClient:
    return visitor.as_user(user)


def _ticket(hall: Hall, session: Session, round_id: int) -> str:
    wanted = Wanted("P1", utc_now() + timedelta(hours=1), 1)
    manage_round_tickets.make(hall.officer, round_id, wanted, now=utc_now())
    session.rollback()
    return tickets.list_tickets(session, round_id, "P1")[0].code


def test_home_and_paper_tell_when_the_round_is(hall: Hall, examinee: FlaskClient) -> None:
    round_id = hall.plan(title="Khảo sát quý IV")
    assert "Khảo sát quý IV: đang mở, đến" in examinee.get("/learn").text
    page = examinee.get(f"/papers/{PAPER}").text
    assert "Khảo sát quý IV" in page
    assert "Thời gian của bạn" in page
    assert "Bắt đầu làm bài" in page
    hall.shift(round_id, starts=timedelta(hours=1), ends=timedelta(hours=2))
    assert "làm bài từ" in examinee.get("/learn").text
    page = examinee.get(f"/papers/{PAPER}").text
    assert "Chưa đến giờ làm bài" in page
    assert "Bắt đầu làm bài" not in page
    hall.over(round_id)
    assert "đã kết thúc lúc" in examinee.get("/learn").text
    hall.shift(round_id, starts=timedelta(days=-40), ends=timedelta(days=-31))
    assert f"/papers/{PAPER}" not in examinee.get("/learn").text


def test_who_is_not_listed_neither_finds_nor_opens_it(
    hall: Hall, session: Session, visitor: Visitor, user: User
) -> None:
    stranger = visitor.as_user(hall.user(hall.other))
    assert f"/papers/{PAPER}" in stranger.get("/learn").text
    hall.plan(unit_id=hall.commune.id)
    assert f"/papers/{PAPER}" not in stranger.get("/learn").text
    page = stranger.get(f"/papers/{PAPER}").text
    assert "Bạn không có trong danh sách" in page
    assert "Bắt đầu làm bài" not in page
    assert stranger.post(f"/papers/{PAPER}").status_code == 403


def test_a_ticket_is_typed_at_the_door(hall: Hall, session: Session, examinee: FlaskClient) -> None:
    round_id = hall.plan(needs_ticket=True)
    assert 'name="ticket"' in examinee.get(f"/papers/{PAPER}").text
    wrong = examinee.post(f"/papers/{PAPER}", data={"ticket": "SAI"}, follow_redirects=True).text
    assert "Mã phiếu không đúng." in wrong
    code = _ticket(hall, session, round_id)
    answer = examinee.post(f"/papers/{PAPER}", data={"ticket": code})
    assert "/attempts/" in answer.location
    assert 'name="ticket"' not in examinee.get(f"/papers/{PAPER}").text


def test_too_many_wrong_tickets_are_told_at_the_door(hall: Hall, examinee: FlaskClient) -> None:
    hall.plan(needs_ticket=True)
    for _ in range(6):
        page = examinee.post(
            f"/papers/{PAPER}", data={"ticket": "2222-3333-AAAA"}, follow_redirects=True
        ).text
    assert "Bạn đã thử quá nhiều lần." in page


def test_extra_time_and_its_reason_are_shown(hall: Hall, examinee: FlaskClient, user: User) -> None:
    round_id = hall.plan()
    manage_round_people.extend(
        hall.officer, round_id, 15, "Khiếm thị.", person_id=user.person_id, now=utc_now()
    )
    page = examinee.get(f"/papers/{PAPER}").text
    assert "15 phút cho mỗi lượt làm bài" in page
    assert "Thêm 15 phút. Lý do: Khiếm thị." in page


def test_a_cancelled_round_tells_why(hall: Hall, examinee: FlaskClient) -> None:
    round_id = hall.plan()
    manage_rounds.cancel(hall.officer, round_id, "Bão số 3.", now=utc_now())
    page = examinee.get(f"/papers/{PAPER}").text
    assert "Hủy đợt. Lý do: Bão số 3." in page
    assert "đã được hủy" in page


def test_keys_are_promised_for_the_end_of_the_round(hall: Hall, examinee: FlaskClient) -> None:
    round_id = hall.plan()
    assert "sau khi đợt làm bài kết thúc" in examinee.get(f"/papers/{PAPER}").text
    attempt = examinee.post(f"/papers/{PAPER}").location
    examinee.post(f"{attempt}/submit")
    assert "Vì sao đúng." not in examinee.get(f"{attempt}/result").text
    hall.close(round_id)
    assert "Vì sao đúng." in examinee.get(f"{attempt}/result").text


def test_the_forecast_of_a_contest_is_asked_for_and_may_be_changed_meanwhile(
    hall: Hall, session: Session, examinee: FlaskClient
) -> None:
    hall.plan(kind=RoundKind.CONTEST, forecast_question="Bao nhiêu người tham gia?")
    address = f"/papers/{PAPER}"
    assert "Bao nhiêu người tham gia?" in examinee.get(address).text
    refused = examinee.post(address, data={"forecast": "nhiều"}, follow_redirects=True).text
    assert "bằng một số nguyên" in refused
    early = examinee.post(f"{address}/forecast", data={"forecast": "5"})
    assert early.status_code == 409
    attempt = examinee.post(address, data={"forecast": "24.399"}).location
    assert "/attempts/" in attempt

    def kept() -> int | None:
        session.rollback()
        return session.scalars(select(RoundExaminee.forecast)).one()

    assert kept() == 24399
    assert "Sửa dự đoán" in examinee.get(address).text
    assert examinee.post(f"{address}/forecast", data={"forecast": "-3"}).status_code == 302
    assert kept() == 24399
    examinee.post(f"{address}/forecast", data={"forecast": "25000"})
    assert kept() == 25000
    examinee.post(f"{attempt}/submit")
    assert examinee.post(f"{address}/forecast", data={"forecast": "1"}).status_code == 409
    assert kept() == 25000
