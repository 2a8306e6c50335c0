"""Writing drafts: every act works, refuses, repeats safely and never loses text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.queries import get_draft
from elearn.authoring.drafts.services import StaleDraft
from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.workflows.author_content import (
    Opened,
    Saved,
    discard,
    open_from_version,
    open_new,
    save_draft,
)
from tests.factories.assessment import make_question
from tests.factories.authoring import (
    lesson_text,
    make_author,
    make_draft,
    make_reviewer,
    make_staff,
    make_submitted,
    question_text,
    the_draft,
)
from tests.factories.curriculum import make_lesson, make_lesson_version, make_module
from tests.support.threads import at_once

FRESH = Opened(None, 0, 1)
LESSON = DraftKind.LESSON


def test_the_first_save_opens_a_draft_and_changes_nothing_public(session: Session) -> None:
    lesson = make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    before = lesson.published_version_id
    saved = save_draft(author, "bai-1", lesson_text(title="Tên mới"), FRESH, now=utc_now())
    draft = get_draft(session, saved.draft_id)
    assert (draft.state, draft.lock_version, draft.base_number) == (DraftState.EDITING, 1, 1)
    assert draft.content == lesson_text(title="Tên mới")
    assert draft.involved == {author.user_id}
    assert session.get_one(Lesson, lesson.id).published_version_id == before


def test_saving_again_keeps_one_draft_and_raises_its_lock(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text(title="Một"))
    saved = save_draft(author, "bai-1", lesson_text(title="Hai"), opened, now=utc_now())
    assert (saved.draft_id, saved.lock_version) == (opened.draft_id, 2)
    assert session.scalar(select(func.count()).select_from(Draft)) == 1


def test_a_stale_save_is_refused_and_overwrites_nothing(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    first, second = make_author(session), make_author(session)
    opened = make_draft(first, "bai-1", lesson_text(title="Bản gốc"))
    save_draft(second, "bai-1", lesson_text(title="Của người thứ hai"), opened, now=utc_now())
    with pytest.raises(StaleDraft) as caught:
        save_draft(first, "bai-1", lesson_text(title="Của người đầu"), opened, now=utc_now())
    assert caught.value.draft_id == opened.draft_id
    assert the_draft(session, LESSON, "bai-1").content["title"] == "Của người thứ hai"


def test_two_windows_that_both_save_first_do_not_overwrite_each_other(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    save_draft(author, "bai-1", lesson_text(title="Cửa sổ một"), FRESH, now=utc_now())
    with pytest.raises(StaleDraft):
        save_draft(author, "bai-1", lesson_text(title="Cửa sổ hai"), FRESH, now=utc_now())
    assert the_draft(session, LESSON, "bai-1").content["title"] == "Cửa sổ một"


def test_the_same_save_sent_twice_is_one_save(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text(title="Một"))
    again = save_draft(author, "bai-1", lesson_text(title="Một"), FRESH, now=utc_now())
    once_more = save_draft(author, "bai-1", lesson_text(title="Một"), opened, now=utc_now())
    assert (again.draft_id, again.lock_version) == (opened.draft_id, 1)
    assert once_more.lock_version == 1


def test_two_at_once_get_one_draft_and_one_refusal(app: Flask, session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    authors = [make_author(session), make_author(session)]

    def act(number: int) -> Callable[[], Saved]:
        text = lesson_text(title=f"Bản {number}")
        return lambda: save_draft(authors[number], "bai-1", text, FRESH, now=utc_now())

    outcomes = at_once(app, [act(0), act(1)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Saved", "StaleDraft"]


def test_an_unchanged_text_makes_no_draft(session: Session) -> None:
    lesson = make_lesson(session, make_module(session), "bai-1")
    version = session.get_one(LessonVersion, lesson.published_version_id)
    same = lesson_text(
        title=version.title, minutes=15, facts=(), body=version.body.replace("\n", "\r\n")
    )
    with pytest.raises(Invalid) as caught:
        save_draft(make_author(session), "bai-1", same, FRESH, now=utc_now())
    assert caught.value.code == "draft.unchanged"
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_text_is_stored_precomposed_without_hidden_controls(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    decomposed = "Cải cách hành chính\u202e\x07"
    text = lesson_text(title=decomposed, body=f"## {decomposed}\r\n")
    make_draft(make_author(session), "bai-1", text)
    content = the_draft(session, LESSON, "bai-1").content
    assert content["title"] == "Cải cách hành chính"
    assert content["body"] == "## Cải cách hành chính\n"


def test_a_megabyte_is_refused_with_its_length(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(Invalid) as caught:
        save_draft(author, "bai-1", lesson_text(body="ă" * 1_000_000), opened, now=utc_now())
    assert caught.value.code == "draft.too_long"
    assert "1000001" in caught.value.text()
    assert the_draft(session, LESSON, "bai-1").lock_version == 1


def test_who_is_no_author_cannot_write(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    for actor in (make_reviewer(session), make_staff(session, Role.HR, Role.ADMIN)[1]):
        with pytest.raises(Forbidden):
            save_draft(actor, "bai-1", lesson_text(), FRESH, now=utc_now())
        with pytest.raises(Forbidden):
            open_from_version(actor, LESSON, "bai-1", 1, now=utc_now())
        with pytest.raises(Forbidden):
            open_new(actor, "m1", "bai-2", lesson_text(), now=utc_now())
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_a_draft_in_review_cannot_be_saved(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_submitted(author, "bai-1", lesson_text())
    with pytest.raises(Conflict) as caught:
        save_draft(author, "bai-1", lesson_text(title="Sửa lén"), opened, now=utc_now())
    assert caught.value.code == "draft.in_review"
    assert the_draft(session, LESSON, "bai-1").content["title"] == "Bài thử"


def test_a_draft_is_not_saved_under_another_lesson(session: Session) -> None:
    module = make_module(session)
    make_lesson(session, module, "bai-1")
    make_lesson(session, module, "bai-2")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(NotFound):
        save_draft(author, "bai-2", lesson_text(title="Lạc"), opened, now=utc_now())


def test_a_retired_lesson_cannot_be_edited(session: Session) -> None:
    lesson = make_lesson(session, make_module(session), "bai-1")
    lesson.retired_at = utc_now()
    session.commit()
    with pytest.raises(Conflict) as caught:
        save_draft(make_author(session), "bai-1", lesson_text(), FRESH, now=utc_now())
    assert caught.value.code == "thing.retired"


def test_an_unknown_lesson_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        save_draft(make_author(session), "khong-co", lesson_text(), FRESH, now=utc_now())


def test_a_new_lesson_begins_as_a_draft_that_learners_do_not_see(session: Session) -> None:
    make_module(session, "m1")
    draft_id = open_new(
        make_author(session), "m1", "bai-moi", lesson_text(title="Bài mới"), now=utc_now()
    )
    draft = get_draft(session, draft_id)
    assert (draft.code, draft.module_code, draft.base_number) == ("bai-moi", "m1", None)
    assert session.scalar(select(func.count()).select_from(Lesson)) == 0


@pytest.mark.parametrize("code", ["", "Bai", "bài", "a b", "-a", "a--b", "a" * 65, "../x"])
def test_a_code_that_cannot_be_one_is_refused(session: Session, code: str) -> None:
    make_module(session, "m1")
    with pytest.raises(Invalid):
        open_new(make_author(session), "m1", code, lesson_text(), now=utc_now())


def test_a_code_is_given_once(session: Session) -> None:
    module = make_module(session, "m1")
    make_lesson(session, module, "bai-1")
    make_question(session, "cau-1", module_code="m1")
    author = make_author(session)
    open_new(author, "m1", "bai-2", lesson_text(), now=utc_now())
    for code, content in (
        ("bai-1", lesson_text()),
        ("bai-2", lesson_text()),
        ("cau-1", question_text("bai-1")),
    ):
        with pytest.raises(Conflict) as caught:
            open_new(author, "m1", code, content, now=utc_now())
        assert caught.value.code == "draft.code_taken"


def test_a_new_lesson_needs_a_module(session: Session) -> None:
    with pytest.raises(NotFound):
        open_new(make_author(session), "m9", "bai-1", lesson_text(), now=utc_now())


def test_an_old_version_becomes_a_draft_on_top_of_the_present_one(session: Session) -> None:
    lesson = make_lesson(session, make_module(session), "bai-1", title="Tên đầu")
    make_lesson_version(session, lesson, title="Tên sau")
    draft_id = open_from_version(make_author(session), LESSON, "bai-1", 1, now=utc_now())
    draft = get_draft(session, draft_id)
    assert (draft.content.title, draft.base_number) == ("Tên đầu", 2)
    assert not draft.is_outdated


def test_an_old_version_does_not_replace_an_open_draft(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    make_draft(author, "bai-1", lesson_text(title="Đang viết"))
    with pytest.raises(Conflict) as caught:
        open_from_version(author, LESSON, "bai-1", 1, now=utc_now())
    assert caught.value.code == "draft.open"
    assert the_draft(session, LESSON, "bai-1").content["title"] == "Đang viết"


def test_a_version_that_never_was_is_not_found(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    with pytest.raises(NotFound):
        open_from_version(make_author(session), LESSON, "bai-1", 7, now=utc_now())


def test_a_discarded_draft_is_closed_audited_and_makes_room(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text(title="Thôi không làm"))
    assert opened.draft_id is not None
    discard(author, opened.draft_id, now=utc_now())
    draft = the_draft(session, LESSON, "bai-1")
    assert (draft.state, draft.content["title"]) == (DraftState.DISCARDED, "Thôi không làm")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id) == ("draft.discard", "bai-1")
    with pytest.raises(Conflict):
        discard(author, opened.draft_id, now=utc_now())
    make_draft(author, "bai-1", lesson_text(title="Làm lại"))


def test_nobody_discards_what_others_wrote(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    opened = make_draft(make_author(session), "bai-1", lesson_text())
    assert opened.draft_id is not None
    for actor in (make_author(session), make_reviewer(session)):
        with pytest.raises(Forbidden):
            discard(actor, opened.draft_id, now=utc_now())
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING


def test_a_tampered_lock_saves_nothing(session: Session) -> None:
    make_lesson(session, make_module(session), "bai-1")
    author = make_author(session)
    opened = make_draft(author, "bai-1", lesson_text())
    for lock_version in (0, 2, 999):
        with pytest.raises(StaleDraft):
            save_draft(
                author,
                "bai-1",
                lesson_text(title="Chen"),
                replace(opened, lock_version=lock_version),
                now=utc_now() + timedelta(minutes=1),
            )
    assert the_draft(session, LESSON, "bai-1").content["title"] == "Bài thử"
