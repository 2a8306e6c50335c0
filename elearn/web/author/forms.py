"""Forms of authors and reviewers. A draft may be unfinished, so nearly nothing is required."""

import re
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.authoring.drafts.content import LessonText, Outcome, QuestionText
from elearn.kernel.errors import N_
from elearn.kernel.text import clean_line
from elearn.web.author.bodies import Sent, read_body
from elearn.web.author.words import AREAS, LEVELS, SKILLS, TYPES, choices
from elearn.web.forms import BaseForm, WholeField
from elearn.workflows.author_content import Opened

MAX_OUTCOMES = 12
_SEPARATORS = re.compile(r"[\s,;]+")


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line for each in (text or "").split("\n") if (line := clean_line(each)))


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code for code in _SEPARATORS.split(text or "") if code)


def whole(value: str | None) -> int | None:
    """Return the whole number written in a hidden field, None for anything else."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else None


def _options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in pairs]


def skill_choices() -> list[SelectChoice]:
    """Return the eight skills in the reader's language."""
    return _options((code, f"{code}. {name}") for code, name in choices(SKILLS))


class SkillsField(SelectMultipleField):
    """The eight skills as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class EditForm(BaseForm):
    """What every editor carries: which draft it shows, and the lock that a save must name."""

    draft_id = HiddenField()
    lock_version = HiddenField()
    base_number = HiddenField()

    def opened(self) -> Opened:
        """Return what the page had in hand; a tampered value is as good as none."""
        return Opened(
            whole(self.draft_id.data),
            whole(self.lock_version.data) or 0,
            whole(self.base_number.data),
        )

    def hold(self, opened: Opened) -> None:
        """Make the page carry ``opened``."""
        self.draft_id.data = str(opened.draft_id or "")
        self.lock_version.data = str(opened.lock_version)
        self.base_number.data = str(opened.base_number or "")


class OutcomeForm(Form):
    """One thing that the learner can do after the lesson."""

    text = StringField()
    level = SelectField(
        choices=[SelectChoice(value, text) for value, text in LEVELS.items()],
        validate_choice=False,
    )


class LessonForm(EditForm):
    """The text of a lesson."""

    title = StringField(N_("Tên bài"), [Length(max=300)])
    minutes = WholeField(N_("Thời lượng (phút)"), [Optional(), NumberRange(1, 600)])
    in_force_as_of = DateField(
        N_("Cập nhật pháp luật đến ngày"),
        [Optional()],
        format=["%Y-%m-%d", "%d/%m/%Y"],
    )
    outcomes = FieldList(FormField(OutcomeForm), max_entries=MAX_OUTCOMES)
    skills = SkillsField(N_("Kỹ năng"))
    audience = TextAreaField(N_("Dành cho ai"), description=N_("Mỗi dòng một nhóm."))
    facts = TextAreaField(
        N_("Mã dữ kiện"), description=N_("Cách nhau bằng dấu phẩy hoặc xuống dòng, ví dụ F001.")
    )
    citations = TextAreaField(
        N_("Văn bản viện dẫn"),
        description=N_("Mỗi dòng một mã, ví dụ 227-QD-UBND-2021 hoặc 227-QD-UBND-2021:D1."),
    )
    body = TextAreaField(N_("Nội dung bài"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        super().__init__(*args, **kwargs)
        self.skills.choices = skill_choices()

    def show(self, lesson: LessonText) -> None:
        """Fill the fields with ``lesson``."""
        self.title.data = lesson.title
        self.minutes.data = lesson.minutes
        self.in_force_as_of.data = lesson.in_force_as_of
        self.skills.data = list(lesson.skills)
        self.audience.data = "\n".join(lesson.audience)
        self.facts.data = ", ".join(lesson.facts)
        self.citations.data = "\n".join(lesson.citations)
        self.body.data = lesson.body
        for outcome in lesson.outcomes[:MAX_OUTCOMES]:
            self.outcomes.append_entry({"text": outcome.text, "level": outcome.level})
        self.add_rows(1)

    def add_rows(self, count: int) -> None:
        """Put ``count`` empty rows under the outcomes."""
        for _number in range(min(count, MAX_OUTCOMES - len(self.outcomes.entries))):
            self.outcomes.append_entry({"text": "", "level": "RECALL"})

    def content(self) -> LessonText:
        """Return what was written."""
        return LessonText(
            title=clean_line(self.title.data or ""),
            minutes=self.minutes.data,
            outcomes=tuple(
                Outcome(clean_line(row["text"]), row["level"])
                for row in self.outcomes.data
                if clean_line(row["text"] or "") and row["level"] in LEVELS
            ),
            skills=tuple(self.skills.data or ()),
            audience=_lines(self.audience.data),
            facts=_codes(self.facts.data),
            citations=_lines(self.citations.data),
            in_force_as_of=self.in_force_as_of.data,
            body=self.body.data or "",
        )


class QuestionForm(EditForm):
    """Where a question belongs; its body is read and shown by ``web.author.bodies``."""

    level = SelectField(N_("Mức độ"), validate_choice=False)
    lesson = SelectField(N_("Bài học"), validate_choice=False)
    area = SelectField(N_("Lĩnh vực"), validate_choice=False)
    points = StringField(N_("Điểm"), [Length(max=7)])
    skills = SkillsField(N_("Kỹ năng"))
    facts = StringField(N_("Mã dữ kiện"), description=N_("Cách nhau bằng dấu phẩy, ví dụ F001."))
    citations = TextAreaField(
        N_("Văn bản viện dẫn"), description=N_("Mỗi dòng một mã, ví dụ 227-QD-UBND-2021:D1.")
    )

    def __init__(self, *args: Any, lessons: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        super().__init__(*args, **kwargs)
        self.level.choices = _options(choices(LEVELS))
        self.lesson.choices = _options([("", "–"), *lessons])
        self.area.choices = _options([("", "–"), *choices(AREAS)])
        self.skills.choices = skill_choices()

    def show(self, question: QuestionText) -> None:
        """Fill the fields with ``question``."""
        self.level.data = question.level
        self.lesson.data = question.lesson or ""
        self.area.data = question.area or ""
        self.points.data = question.points.replace(".", ",")
        self.skills.data = list(question.skills)
        self.facts.data = ", ".join(question.facts)
        self.citations.data = "\n".join(question.citations)

    def content(self, type_: str) -> QuestionText:
        """Return what was written as a question of type ``type_``."""
        return QuestionText(
            type=type_,
            level=self.level.data if self.level.data in LEVELS else "RECALL",
            lesson=self.lesson.data or None,
            area=self.area.data if self.area.data in AREAS else None,
            skills=tuple(self.skills.data or ()),
            facts=_codes(self.facts.data),
            citations=_lines(self.citations.data),
            points=(self.points.data or "1").strip().replace(",", "."),
            body=read_body(type_, Sent(request.form)),
        )


class NewLessonForm(BaseForm):
    """A lesson to be begun."""

    title = StringField(N_("Tên bài"), [DataRequired(), Length(max=300)])
    code = StringField(
        N_("Mã bài"),
        [DataRequired(), Length(max=64)],
        description=N_(
            "Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ l0-4-tong-ket. "
            "Mã không đổi được về sau."
        ),
    )


class NewQuestionForm(BaseForm):
    """A question to be begun."""

    type = SelectField(N_("Loại câu hỏi"))
    code = StringField(
        N_("Mã câu hỏi"),
        [DataRequired(), Length(max=64)],
        description=N_(
            "Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ m0-101. Mã không đổi được về sau."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        super().__init__(*args, **kwargs)
        self.type.choices = _options(choices(TYPES))


class SubmitForm(BaseForm):
    """Sending a draft to the reviewers."""

    lock_version = HiddenField()
    change_note = TextAreaField(
        N_("Thay đổi gì, vì sao"),
        [DataRequired(), Length(max=500)],
        description=N_("Một hai câu; ghi vào lịch sử của bài khi xuất bản."),
    )


class ReturnForm(BaseForm):
    """Sending a draft back to its author."""

    comment = TextAreaField(
        N_("Cần sửa gì"),
        [DataRequired(), Length(max=4000)],
        description=N_("Người biên soạn sẽ thấy nhận xét này ở đầu trang soạn."),
    )


class PublishForm(BaseForm):
    """Publishing a draft."""

    lock_version = HiddenField()
    accept_outdated = BooleanField(
        N_("Tôi đã xem bản xuất bản mới hơn và vẫn thay bằng bản nháp này")
    )


class PictureForm(BaseForm):
    """A picture for a module."""

    picture = FileField(
        N_("Tệp hình"),
        [FileRequired(N_("Hãy chọn một tệp hình."))],
        description=N_("PNG, JPEG hoặc WebP, tối đa 8 MB."),
    )
    name = StringField(
        N_("Tên hình"),
        [Length(max=100)],
        description=N_("Để trống thì lấy theo tên tệp. Tên chỉ gồm chữ không dấu và số."),
    )
