"""What officers, HR and leaders see of a round: their own units, no scores before it closes."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from elearn.assessment.models import AnswerEvent, Attempt
from elearn.assessment.rounds.models import RoundKind
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.workflows import manage_round_people, manage_rounds, take_quiz
from tests.factories.attempts import a_save, items_of
from tests.factories.rounds import PAPER, Hall
from tests.support.accounts import Visitor
from tests.support.statements import recorded


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


def _as(visitor: Visitor, hall: Hall, role: Role, unit) -> FlaskClient:
    return visitor.as_user(hall.holder_user(role, unit))


def _rows(page: str) -> dict[str, list[str]]:
    """Return {unit: cells} of the first table."""
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    rows = [row for row in body.split("<tr>") if "<th" in row]
    found = {}
    for row in rows:
        cells = [cell.split(">", 1)[1] for cell in row.replace("<th ", "<td ").split("<td ")[1:]]
        texts = ["".join(_text(cell)).strip() for cell in cells]
        found[texts[0]] = texts[1:]
    return found


def _text(html: str):
    inside = False
    for char in html:
        if char == "<":
            inside = True
        elif char == ">":
            inside = False
        elif not inside:
            yield char


def _quiet(session: Session, attempt_id: int, minutes: int) -> None:
    before = utc_now() - timedelta(minutes=minutes)
    session.execute(update(Attempt).where(Attempt.id == attempt_id).values(last_seen_at=before))
    session.execute(
        update(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id).values(received_at=before)
    )
    session.commit()


def test_the_live_table_tells_who_does_what_by_unit(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    saving, reading, silent, done, voided, idle = (hall.device() for _ in range(6))
    hall.device(hall.other)
    round_id = hall.plan()
    ids = {
        name: take_quiz.start(device, PAPER)
        for name, device in {
            "saving": saving,
            "reading": reading,
            "silent": silent,
            "done": done,
            "voided": voided,
        }.items()
    }
    for name, device in {"saving": saving, "silent": silent}.items():
        item = items_of(session, ids[name])["q1"]
        take_quiz.save_answers(device, ids[name], a_save(item, "a"))
    take_quiz.submit(done, ids["done"])
    _quiet(session, ids["silent"], 2)
    manage_round_people.void(
        hall.officer, round_id, ids["voided"], "Nhầm.", uses_up=False, now=utc_now()
    )
    assert idle.person_id is not None
    officer = _as(visitor, hall, Role.PROGRAMME_OFFICER, hall.province)
    page = officer.get(f"/rounds/{round_id}/live").text
    # listed, not begun, reading, saving, silent, handed in, voided
    assert _rows(page) == {
        "Xã Thử Hai": ["1", "1", "0", "0", "0", "0", "0"],
        "Xã Thử Một": ["6", "2", "1", "1", "1", "1", "1"],
    }
    assert "điểm" not in page.split("<main")[1].lower().replace("thời điểm", "")
    names = officer.get(f"/rounds/{round_id}/people?unit={hall.commune.id}&doing=SILENT").text
    assert "1 dòng" in names
    assert "Im lặng quá 1 phút" in names


def test_hr_sees_its_own_units_and_a_leader_no_names(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    hall.device(name="Cầm Thị Xem")
    hall.device(hall.other, name="Tòng Văn Kín")
    round_id = hall.plan()
    hr = _as(visitor, hall, Role.HR, hall.commune)
    leader = _as(visitor, hall, Role.LEADER, hall.commune)
    assert "Khảo sát thử" in hr.get("/rounds").text
    live = hr.get(f"/rounds/{round_id}/live").text
    assert "Xã Thử Một" in live
    assert "Xã Thử Hai" not in live
    people = hr.get(f"/rounds/{round_id}/people").text
    assert "Cầm Thị Xem" in people
    assert "Tòng Văn Kín" not in people
    assert "/officer/rounds" not in people
    for path in ("", "/live", "/people", "/results"):
        other = f"/rounds/{round_id}{path}?unit={hall.other.id}"
        assert hr.get(other).status_code == 404, path
    page = leader.get(f"/rounds/{round_id}").text
    assert "Cầm Thị Xem" not in page
    assert f"/rounds/{round_id}/live" not in page
    assert leader.get(f"/rounds/{round_id}/live").status_code == 403
    assert leader.get(f"/rounds/{round_id}/people").status_code == 403


def test_rounds_without_own_people_are_not_there(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    hall.device()
    hall.device(hall.other)
    round_id = hall.plan(unit_id=hall.commune.id)
    draft = hall.save()
    for role in (Role.HR, Role.LEADER):
        stranger = _as(visitor, hall, role, hall.other)
        assert "Khảo sát thử" not in stranger.get("/rounds").text
        assert stranger.get(f"/rounds/{round_id}").status_code == 404
        assert stranger.get(f"/rounds/{draft}").status_code == 404


def test_participation_is_told_at_any_time_and_exported(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    devices = [hall.device() for _ in range(3)]
    round_id = hall.plan()
    take_quiz.submit(devices[0], take_quiz.start(devices[0], PAPER))
    take_quiz.start(devices[1], PAPER)
    leader = _as(visitor, hall, Role.LEADER, hall.province)
    page = leader.get(f"/rounds/{round_id}").text
    assert _rows(page)["Xã Thử Một"] == ["3", "2", "66,7%", "1"]
    table = leader.get(f"/rounds/{round_id}/export?shape=csv").text
    assert "Xã Thử Một,3,2," in table
    officer = _as(visitor, hall, Role.PROGRAMME_OFFICER, hall.province)
    live = officer.get(f"/rounds/{round_id}/live/export?shape=csv").text
    assert "Xã Thử Một,3,1," in live
    assert officer.get(f"/rounds/{round_id}/live/export").data[:2] == b"PK"


def test_results_are_shown_after_the_end_only(
    hall: Hall, session: Session, visitor: Visitor, run_jobs
) -> None:
    devices = [hall.device() for _ in range(5)]
    round_id = hall.plan()
    for device in devices:
        attempt_id = take_quiz.start(device, PAPER)
        take_quiz.save_answers(device, attempt_id, a_save(items_of(session, attempt_id)["q1"], "a"))
        take_quiz.submit(device, attempt_id)
    leader = _as(visitor, hall, Role.LEADER, hall.province)
    assert leader.get(f"/rounds/{round_id}/results").status_code == 409
    assert leader.get(f"/rounds/{round_id}/results/export").status_code == 409
    hall.close(round_id)
    assert "đang được tổng hợp" in leader.get(f"/rounds/{round_id}/results").text
    run_jobs()
    session.rollback()
    page = leader.get(f"/rounds/{round_id}/results").text
    assert _rows(page)["Xã Thử Một"] == ["5", "100,0%", "5", "5"]
    assert "Nhận biết" in page
    assert "Xã Thử Một,5,100" in leader.get(f"/rounds/{round_id}/results/export?shape=csv").text


def test_the_contest_is_ranked_for_its_officer(
    hall: Hall, session: Session, visitor: Visitor, run_jobs
) -> None:
    user = hall.user(name="Cầm Thị Xem")
    round_id = hall.plan(kind=RoundKind.CONTEST, forecast_question="Bao nhiêu?")
    examinee = visitor.as_user(user)
    attempt = examinee.post(f"/papers/{PAPER}", data={"forecast": "3"}).location
    examinee.post(f"{attempt}/submit")
    officer = _as(visitor, hall, Role.PROGRAMME_OFFICER, hall.province)
    assert officer.get(f"/rounds/{round_id}/places").status_code == 409
    hall.close(round_id)
    run_jobs()
    address = f"/officer/rounds/{round_id}/forecast"
    assert "số nguyên" in officer.post(address, data={"answer": "x"}, follow_redirects=True).text
    done = officer.post(address, data={"answer": "5"}, follow_redirects=True).text
    assert "Đã ghi kết quả dự đoán." in done
    run_jobs()
    session.rollback()
    page = officer.get(f"/rounds/{round_id}/places").text
    assert "Cầm Thị Xem" in page
    assert "Bạn xếp thứ 1 trong 1" in examinee.get(f"/papers/{PAPER}").text
    job = officer.post(f"/officer/rounds/{round_id}/sum")
    run_jobs()
    assert "/officer/rounds/after-job/" in officer.get(job.location).text


def test_the_live_table_takes_as_many_statements_for_any_size(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    officer = _as(visitor, hall, Role.PROGRAMME_OFFICER, hall.province)
    take_quiz_devices = [hall.device()]
    first = hall.plan()

    def sent(round_id: int) -> list[str]:
        with recorded() as statements:
            assert officer.get(f"/rounds/{round_id}/live").status_code == 200
        return statements

    take_quiz.start(take_quiz_devices[0], PAPER)
    few = sent(first)
    assert sum("assessment_attempt" in each for each in few) == 1
    hall.over(first)
    for number in range(12):
        hall.device(hall.unit(f"Z{number}", f"Xã {number}"))
    assert len(sent(hall.plan())) == len(few)


def test_the_page_renews_itself_without_scripts(
    hall: Hall, session: Session, visitor: Visitor
) -> None:
    hall.device()
    round_id = hall.plan()
    officer = _as(visitor, hall, Role.PROGRAMME_OFFICER, hall.province)
    page = officer.get(f"/rounds/{round_id}/live").text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "js/live-table" in page
    manage_rounds.cancel(hall.officer, round_id, "Bão.", now=utc_now())
    assert officer.get(f"/rounds/{round_id}/live").status_code == 404
