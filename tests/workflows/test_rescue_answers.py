"""Rescue files: what a page could not send, stored by the protocol, once, by who may."""

from io import BytesIO
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import AnswerEvent, AnswerStatus
from elearn.infra import sealing
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.org.models import Unit
from elearn.workflows import decide_attempts, rescue_answers, take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import (
    a_save,
    items_of,
    make_device,
    make_learner,
    move_deadline,
)
from tests.factories.org import actor_of, grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.support.sealed import sealed

STORED, LATE, SUPERSEDED = AnswerStatus.STORED, AnswerStatus.LATE, AnswerStatus.SUPERSEDED


class Hall:
    """An examinee in the officer's unit, who has begun a paper of two questions."""

    def __init__(self, session: Session) -> None:
        self.session = session
        for code in ("q1", "q2"):
            make_question(session, code)
        sections = [{"title": "Chung", "questions": ["q1", "q2"]}]
        make_paper(session, "de", sections=sections, shuffle=False)
        self.unit = make_unit(session)
        person = make_person(session, full_name="Lò Thử Ánh")
        make_assignment(session, person, self.unit)
        self.examinee, self.person_id = make_user(session, person=person), person.id
        self.officer_user, self.officer = self.officer_of(self.unit)
        self.device: Actor = make_device(session, self.examinee)
        self.id = take_quiz.start(self.device, "de")
        items = items_of(session, self.id)
        self.q1, self.q2 = items["q1"], items["q2"]

    def officer_of(self, unit: Unit) -> tuple[User, Actor]:
        user = make_user(self.session, person=make_person(self.session))
        return user, actor_of(user, grant(self.session, user, Role.PROGRAMME_OFFICER, unit))

    def event(self, item: int, value: object, **changes: object) -> dict[str, object]:
        plain = {"uuid": str(uuid4()), "item": item, "client_seq": 5, "value": value, "epoch": 1}
        return {**plain, **changes}

    def file(self, *events: dict[str, object], **changes: object) -> bytes:
        content = {
            "attempt": self.id,
            "pass": rescue_answers.stamp_for(self.id, self.person_id),
            "made_at": "2026-11-22T02:00:00.000Z",
            "events": list(events),
        }
        return sealed(sealing.keys(), {**content, **changes})

    def stored(self) -> list[tuple[object, AnswerStatus]]:
        self.session.rollback()
        rows = self.session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
        return [(row.value, row.status) for row in rows]


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


def test_what_comes_in_time_counts_and_a_preview_keeps_nothing(hall: Hall) -> None:
    file = hall.file(hall.event(hall.q1, "b"), hall.event(hall.q2, "a"))
    seen = rescue_answers.preview(hall.officer, file, now=utc_now())
    assert (seen.stored, seen.late, seen.known, seen.card.id) == (2, 0, 0, hall.person_id)
    assert hall.stored() == []
    done = rescue_answers.store(hall.officer, file, now=utc_now())
    assert done.fresh == 2
    assert hall.stored() == [("b", STORED), ("a", STORED)]
    audited = hall.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "attempts.rescue")
    ).one()
    assert (audited.subject_id, audited.details["stored"]) == (str(hall.id), 2)


def test_the_same_file_again_changes_nothing(hall: Hall) -> None:
    file = hall.file(hall.event(hall.q1, "b"))
    rescue_answers.store(hall.officer, file, now=utc_now())
    again = rescue_answers.store(hall.officer, file, now=utc_now())
    assert (again.fresh, again.known) == (0, 1)
    assert hall.stored() == [("b", STORED)]


def test_what_the_page_sent_after_all_is_stored_once(hall: Hall) -> None:
    event = hall.event(hall.q1, "b")
    save = a_save(hall.q1, "b", seq=5, uuid=str(event["uuid"]))
    take_quiz.save_answers(hall.device, hall.id, save)
    done = rescue_answers.store(hall.officer, hall.file(event), now=utc_now())
    assert (done.fresh, done.known) == (0, 1)
    assert hall.stored() == [("b", STORED)]


def test_after_the_deadline_it_waits_for_a_decision(hall: Hall) -> None:
    take_quiz.submit(hall.device, hall.id)
    move_deadline(hall.session, hall.id, -60)
    done = rescue_answers.store(hall.officer, hall.file(hall.event(hall.q1, "a")), now=utc_now())
    assert (done.stored, done.late) == (0, 1)
    assert hall.stored() == [("a", LATE)]
    decide_attempts.count_late(
        hall.officer, hall.person_id, hall.id, "Mất mạng cả phòng thi", now=utc_now()
    )
    result = take_quiz.open_result(hall.device, hall.id)[1]
    assert result is not None
    assert result.score == 1


def test_events_of_a_former_device_do_not_count_by_themselves(hall: Hall) -> None:
    take_quiz.take_over(make_device(hall.session, hall.examinee), hall.id)
    file = hall.file(hall.event(hall.q1, "a"), hall.event(hall.q2, "b", epoch=2))
    done = rescue_answers.store(hall.officer, file, now=utc_now())
    assert (done.superseded, done.stored) == (1, 1)
    assert hall.stored() == [("a", SUPERSEDED), ("b", STORED)]


def test_more_events_than_a_save_may_hold_are_all_stored(hall: Hall) -> None:
    events = [hall.event(hall.q1, "abcd"[number % 4], client_seq=number) for number in range(450)]
    assert rescue_answers.store(hall.officer, hall.file(*events), now=utc_now()).stored == 450
    assert len(hall.stored()) == 450


@pytest.mark.parametrize("act", [rescue_answers.preview, rescue_answers.store])
def test_people_outside_the_scope_are_not_found(hall: Hall, act: object) -> None:
    _, stranger = hall.officer_of(make_unit(hall.session))
    with pytest.raises(NotFound, match=r"rescue\.scope"):
        act(stranger, hall.file(hall.event(hall.q1, "a")), now=utc_now())  # type: ignore[operator]
    assert hall.stored() == []


def test_nobody_brings_in_his_own_file(hall: Hall) -> None:
    row = grant(hall.session, hall.examinee, Role.PROGRAMME_OFFICER, hall.unit)
    own = actor_of(hall.examinee, row)
    with pytest.raises(Forbidden, match=r"rescue\.own"):
        rescue_answers.store(own, hall.file(hall.event(hall.q1, "a")), now=utc_now())


def test_a_file_without_the_stamp_of_the_page_is_refused(hall: Hall) -> None:
    """Everybody may encrypt for the site; only the page of the attempt has its stamp."""
    other = make_learner(hall.session)
    for stamp in ("", "0" * 64, None, rescue_answers.stamp_for(hall.id, other.person_id or 0)):
        file = hall.file(hall.event(hall.q1, "a"), **{"pass": stamp})
        with pytest.raises(Invalid, match=r"rescue\.stamp"):
            rescue_answers.store(hall.officer, file, now=utc_now())
    with pytest.raises(Invalid, match=r"rescue\.stamp"):
        rescue_answers.store(hall.officer, hall.file(attempt=hall.id + 99), now=utc_now())
    assert hall.stored() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"events": None},
        {"events": [1]},
        {"events": [{"uuid": "x"}]},
        {"attempt": "1"},
        {"attempt": True},
        {"made_at": 5},
        {"more": 1},
    ],
)
def test_another_shape_is_spoilt(hall: Hall, changes: dict[str, object]) -> None:
    if changes.get("attempt") is True:
        changes = {"attempt": 2**31}
    with pytest.raises(Invalid, match=r"rescue\.spoilt"):
        rescue_answers.store(hall.officer, hall.file(**changes), now=utc_now())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": "z"}, "assessment.value"),
        ({"item": 999_999}, "assessment.item"),
        ({"epoch": 2}, "assessment.epoch"),
        ({"epoch": "1"}, "assessment.save"),
        ({"uuid": "x"}, "assessment.save"),
    ],
)
def test_all_is_stored_or_nothing(hall: Hall, change: dict[str, object], code: str) -> None:
    file = hall.file(hall.event(hall.q2, "a"), {**hall.event(hall.q1, "a"), **change})
    with pytest.raises(Invalid, match=code):
        rescue_answers.store(hall.officer, file, now=utc_now())
    assert hall.stored() == []


def test_a_uuid_of_another_attempt_is_refused(hall: Hall) -> None:
    other = make_device(hall.session, make_learner(hall.session))
    attempt_id = take_quiz.start(other, "de")
    uuid = str(uuid4())
    item = items_of(hall.session, attempt_id)["q1"]
    take_quiz.save_answers(other, attempt_id, a_save(item, "a", uuid=uuid))
    with pytest.raises(Conflict, match=r"assessment\.uuid"):
        rescue_answers.store(
            hall.officer, hall.file(hall.event(hall.q1, "a", uuid=uuid)), now=utc_now()
        )


def _upload(browser: FlaskClient, content: bytes) -> tuple[int, str]:
    data = {"file": (BytesIO(content), "elearn-rescue-1.json")}
    response = browser.post("/officer/rescue", data=data, content_type="multipart/form-data")
    return response.status_code, response.text


def test_the_officer_checks_then_stores(hall: Hall, visitor: Visitor) -> None:
    browser = visitor.as_user(hall.officer_user)
    file = hall.file(hall.event(hall.q1, "b"))
    status, page = _upload(browser, file)
    assert status == 200
    assert "Lò Thử Ánh" in page
    assert hall.stored() == []
    done = browser.post(
        "/officer/rescue/store", data={"sealed": file.decode()}, follow_redirects=True
    )
    assert "Đã nhập 1 thay đổi từ tệp cứu bài." in done.text
    assert hall.stored() == [("b", STORED)]
    assert "Mọi thay đổi trong tệp đã có trong hệ thống." in _upload(browser, file)[1]
    again = browser.post(
        "/officer/rescue/store", data={"sealed": file.decode()}, follow_redirects=True
    )
    assert "Tệp này đã được nhập từ trước" in again.text


def test_a_spoilt_file_is_refused_with_words(
    hall: Hall, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visitor.as_user(hall.officer_user)
    file = hall.file(hall.event(hall.q1, "b"))
    monkeypatch.setattr("elearn.web.officer.rescue.MOST_BYTES", 5000)
    for content in (b"{}", file[:-9] + b'AAAAAAA"}', b"\xff", b"x" * 5001):
        status, page = _upload(browser, content)
        assert status == 422
        assert "ệp" in page
    other = sealed(sealing.keys(), {}, key="0" * 16)
    assert "được tạo cho một hệ thống khác" in _upload(browser, other)[1]
    assert browser.post("/officer/rescue", data={}).status_code == 422
    assert browser.post("/officer/rescue/store", data={"sealed": "{}"}).status_code == 422
