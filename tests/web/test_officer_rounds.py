"""The officer's pages of rounds: draft, plan, decide, tickets, people; and their refusals."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState
from elearn.assessment.rounds.models import Round, RoundExaminee, RoundState, RoundTicket
from elearn.kernel.actor import Role
from elearn.kernel.clock import LOCAL_ZONE, today, utc_now
from elearn.workflows import take_quiz
from tests.factories.org import make_assignment, make_person, make_unit
from tests.factories.rounds import PAPER, Hall
from tests.support.accounts import Visitor
from tests.support.statements import recorded


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


@pytest.fixture
def officer(hall: Hall, visitor: Visitor) -> FlaskClient:
    return visitor.as_user(hall.holder_user(Role.PROGRAMME_OFFICER, hall.province))


def _local(hours: float) -> str:
    return (utc_now() + timedelta(hours=hours)).astimezone(LOCAL_ZONE).strftime("%Y-%m-%dT%H:%M")


def _typed(hall: Hall, **change: object) -> dict[str, object]:
    return {
        "title": "Khảo sát quý IV",
        "kind": "SURVEY",
        "paper": str(hall.paper.id),
        "unit": str(hall.province.id),
        "roster_on": today().isoformat(),
        "opens_at": _local(-1),
        "closes_at": _local(4),
        "attempts": "1",
        **change,
    }


def test_a_round_is_drafted_changed_and_planned(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.clerk()
    without = make_person(session, full_name="Quàng Chưa Có")
    make_assignment(session, without, hall.commune)
    code = hall.one_stop_programme()
    assert f"{code}|G1" in officer.get("/officer/rounds/new").text
    made = officer.post("/officer/rounds/new", data=_typed(hall))
    assert made.status_code == 302
    plan = officer.get(made.location).text
    assert "Chốt danh sách 2 người" in plan
    assert "Quàng Chưa Có" in plan
    assert "Chưa có tài khoản" in plan
    edit = made.location.replace("/plan", "/edit")
    assert "Khảo sát quý IV" in officer.get(edit).text
    officer.post(edit, data=_typed(hall, groups=[f"{code}|G1"]))
    assert "Chốt danh sách 1 người" in officer.get(made.location).text
    done = officer.post(made.location, follow_redirects=True).text
    assert "Đã chốt danh sách 1 người." in done
    session.rollback()
    assert session.scalars(select(Round.state)).all() == [RoundState.PLANNED]
    assert "Đang mở" in officer.get("/officer/rounds").text
    assert officer.get(edit).status_code == 302


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "Mục này không được để trống."),
        ({"opens_at": "hôm qua"}, "Thời điểm không hợp lệ."),
        ({"closes_at": "2020-01-01T08:00"}, "Đợt phải kết thúc sau khi bắt đầu."),
        ({"unit": "99999999"}, "Lựa chọn không hợp lệ."),
        ({"groups": "khong|co"}, "không"),
        ({"slot_minutes": "3"}, "Phải từ 10 đến 720."),
    ],
)
def test_a_draft_that_is_not_right_says_what(
    hall: Hall, session: Session, officer: FlaskClient, change: dict[str, str], message: str
) -> None:
    page = officer.post("/officer/rounds/new", data=_typed(hall, **change))
    assert page.status_code == 422
    assert message in page.text
    assert session.scalars(select(Round)).all() == []


def test_a_draft_without_people_cannot_be_planned(hall: Hall, officer: FlaskClient) -> None:
    made = officer.post("/officer/rounds/new", data=_typed(hall)).location
    page = officer.get(made).text
    assert "Không có ai thuộc đối tượng" in page
    assert "Chốt danh sách 0" not in page
    assert "Không có ai thuộc đối tượng" in officer.post(made, follow_redirects=True).text


def test_who_has_no_account_is_given_as_a_table(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    make_assignment(session, make_person(session, full_name="Quàng Chưa Có"), hall.commune)
    round_id = hall.save()
    table = officer.get(f"/officer/rounds/{round_id}/missing?shape=csv").text
    assert "Quàng Chưa Có" in table
    assert officer.get(f"/officer/rounds/{round_id}/missing").data[:2] == b"PK"


def test_extend_move_end_and_close_from_the_page(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    address = f"/officer/rounds/{round_id}"

    def post(act: str, **data: object) -> str:
        return officer.post(f"{address}/{act}", data=data, follow_redirects=True).text

    assert "Lý do" in post("extend", unit="0", minutes="10", reason="")
    page = post("extend", unit=str(hall.commune.id), minutes="10", reason="Mất điện.")
    assert "Đã thêm thời gian cho 1 người." in page
    assert "Mất điện." in page
    page = post("move", unit="0", starts_at=_local(-1), ends_at=_local(9), reason="Bão.")
    assert "Đã đổi thời gian của 1 người." in page
    assert "phải kết thúc sau" in post(
        "move", unit="0", starts_at=_local(-3), ends_at=_local(-2), reason="Bão."
    )
    assert "Vẫn còn người trong thời gian làm bài" in post("close")
    assert "1 bài đang làm sẽ được thu ngay" in post("end", reason="Xong việc.")
    take_quiz.close_overdue()
    assert "Đã đóng đợt." in post("close")
    session.rollback()
    assert session.get_one(Round, round_id).closed_at is not None
    assert session.get_one(Attempt, attempt_id).state is AttemptState.GRADED


def test_a_round_is_cancelled_from_the_page(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.device()
    round_id = hall.plan()
    page = officer.post(
        f"/officer/rounds/{round_id}/cancel", data={"reason": "Bão."}, follow_redirects=True
    ).text
    assert "Đã hủy đợt." in page
    assert "Bão." in page
    assert f'action="/officer/rounds/{round_id}/extend"' not in page


def test_one_person_is_decided_about_on_his_page(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    device = hall.device(name="Cầm Thị Xem")
    round_id = hall.plan()
    address = f"/officer/rounds/{round_id}/people/{device.person_id}"
    page = officer.get(address).text
    assert "Cầm Thị Xem" in page
    assert "chưa bắt đầu làm bài" in page
    attempt_id = take_quiz.start(device, PAPER)

    def post(act: str, **data: object) -> str:
        return officer.post(f"{address}/{act}", data=data, follow_redirects=True).text

    assert "Đã thêm 15 phút." in post("extend", minutes="15", reason="Khiếm thị.")
    assert "Đã đổi thời gian làm bài." in post(
        "move", starts_at=_local(-1), ends_at=_local(3), reason="Ốm."
    )
    assert "đã bắt đầu làm bài" in post("remove", reason="Nghỉ hưu.")
    assert "Hãy nhập" in post("extend", minutes="nhiều", reason="x")
    assert "Đã hủy lượt làm bài." in post(f"void/{attempt_id}", reason="Làm hộ.")
    assert hall.seat(round_id, device).extra_minutes == 15


def test_somebody_is_put_on_the_list_and_taken_off(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.device()
    round_id = hall.plan()
    late = hall.user(hall.other, "Vì Thị Sót")
    page = officer.get(f"/officer/rounds/{round_id}/add?q=sot").text
    assert "Vì Thị Sót" in page
    refused = officer.post(
        f"/officer/rounds/{round_id}/add", data={"person": late.person_id}, follow_redirects=True
    ).text
    assert "Mục này không được để trống." in refused
    done = officer.post(
        f"/officer/rounds/{round_id}/add",
        data={"person": late.person_id, "reason": "Bị sót."},
        follow_redirects=True,
    ).text
    assert "Đã thêm người này vào danh sách." in done
    assert "đã có tên" in officer.get(f"/officer/rounds/{round_id}/add?q=sot").text
    gone = officer.post(
        f"/officer/rounds/{round_id}/people/{late.person_id}/remove",
        data={"reason": "Nghỉ hưu."},
        follow_redirects=True,
    ).text
    assert "Đã đưa người này ra khỏi danh sách." in gone
    session.rollback()
    assert late.person_id not in session.scalars(select(RoundExaminee.person_id)).all()


def test_tickets_are_made_printed_and_revoked(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.user(name="Cầm Thị Xem")
    round_id = hall.plan(needs_ticket=True)
    address = f"/officer/rounds/{round_id}/tickets"
    assert "Lập phiếu" in officer.get(address).text
    refused = officer.post(
        address, data={"room": "", "expires_at": _local(2), "unit": "0", "count": "3"}
    )
    assert refused.status_code == 422
    late = officer.post(
        address, data={"room": "P1", "expires_at": _local(-2), "unit": "0", "count": "3"}
    )
    assert "Phiếu phải có hạn sau" in late.text
    made = officer.post(
        address,
        data={"room": "P1", "expires_at": _local(2), "unit": "0", "count": "3"},
        follow_redirects=True,
    ).text
    assert "Đã lập 3 phiếu." in made
    named = officer.post(
        address,
        data={"room": "P2", "expires_at": _local(2), "unit": str(hall.commune.id)},
        follow_redirects=True,
    ).text
    assert "Đã lập 1 phiếu." in named
    session.rollback()
    codes = session.scalars(select(RoundTicket.code).where(RoundTicket.room == "P1")).all()
    sheet = officer.get(f"{address}/sheet?room=P1")
    assert sheet.headers["Cache-Control"] == "no-store"
    assert all(f"{code[:4]}-{code[4:8]}-{code[8:]}" in sheet.text for code in codes)
    assert "Cầm Thị Xem" in officer.get(f"{address}/sheet?room=P2").text
    one = session.scalars(select(RoundTicket.id).where(RoundTicket.room == "P1")).first()
    page = officer.post(f"{address}/revoke", data={"ticket": str(one)}, follow_redirects=True).text
    assert "Đã thu hồi 1 phiếu." in page
    page = officer.post(f"{address}/revoke", data={"room": "P1"}, follow_redirects=True).text
    assert "Đã thu hồi 2 phiếu." in page
    page = officer.post(f"{address}/revoke", data={"room": "P1"}, follow_redirects=True).text
    assert "Không còn phiếu nào chưa dùng" in page


def test_the_calendar_shows_the_slots(hall: Hall, officer: FlaskClient) -> None:
    hall.user()
    hall.user(hall.other)
    begin = utc_now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=1)
    round_id = hall.plan(opens_at=begin, closes_at=begin + timedelta(hours=1), slot_minutes=30)
    page = officer.get(f"/officer/rounds/{round_id}/slots").text
    assert "Xã Thử Một: 1 người" in page
    assert page.index("Xã Thử Một") < page.index("Xã Thử Hai")
    plan = hall.save(opens_at=begin, closes_at=begin + timedelta(hours=1), slot_minutes=30)
    assert "08:00" in officer.get(f"/officer/rounds/{plan}/plan").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/edit"),
        ("GET", "/plan"),
        ("POST", "/plan"),
        ("GET", "/missing"),
        ("GET", "/slots"),
        ("POST", "/extend"),
        ("POST", "/move"),
        ("POST", "/end"),
        ("POST", "/cancel"),
        ("POST", "/close"),
        ("POST", "/sum"),
        ("GET", "/tickets"),
        ("GET", "/tickets/sheet"),
        ("POST", "/tickets/revoke"),
        ("GET", "/add"),
        ("POST", "/add"),
    ],
)
def test_rounds_of_another_unit_are_not_there(
    hall: Hall, session: Session, visitor: Visitor, method: str, path: str
) -> None:
    hall.device()
    round_id = hall.plan()
    elsewhere = make_unit(session)
    strangers = [
        hall.holder_user(Role.PROGRAMME_OFFICER, elsewhere),
        hall.holder_user(Role.PROGRAMME_OFFICER, hall.commune),
    ]
    data = {"reason": "x", "minutes": "5", "unit": "0", "person": "1"}
    data |= {"starts_at": _local(0), "ends_at": _local(1)}
    for stranger in strangers:
        answer = visitor.as_user(stranger).open(
            f"/officer/rounds/{round_id}{path}", method=method, data=data
        )
        assert answer.status_code == 404, (path, answer.status)


def test_examinees_of_other_rounds_are_not_there(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.device()
    round_id = hall.plan(unit_id=hall.commune.id)
    stranger = hall.user(hall.other)
    address = f"/officer/rounds/{round_id}/people/{stranger.person_id}"
    assert officer.get(address).status_code == 404


def test_the_page_of_a_round_takes_the_same_statements_for_any_size(
    hall: Hall, session: Session, officer: FlaskClient
) -> None:
    hall.user()
    round_id = hall.plan()

    def sent(path: str) -> int:
        with recorded() as statements:
            assert officer.get(path).status_code == 200
        return len(statements)

    few = sent(f"/officer/rounds/{round_id}")
    for _ in range(10):
        hall.user()
    assert sent(f"/officer/rounds/{hall.plan()}") == few
