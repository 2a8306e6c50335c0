"""The form of a paper: settings, and sections with rows of cells or named questions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from elearn.authoring.drafts.content import PaperText
from elearn.kernel.errors import N_
from elearn.kernel.text import clean_line
from elearn.web.author.forms import EditForm
from elearn.web.author.words import (
    AREAS,
    FEEDBACKS,
    LEVELS,
    PAPER_KINDS,
    SKILLS,
    TYPES,
    choices,
)
from elearn.web.forms import BaseForm, WholeField

MAX_SECTIONS, MAX_CELLS = 50, 200
_SEPARATORS = re.compile(r"[\s,;]+")
_ACTION = re.compile(r"(add|remove)_(cell|section)(?:-(\d{1,3}))?(?:-(\d{1,3}))?")
_CRITERIA = ("module", "lesson", "area", "skill", "level", "type")
# What else a tampered form says of these is left out; codes are looked up when checked.
_KNOWN = {"area": AREAS, "level": LEVELS, "type": TYPES}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a cell can ask for: (code, words) of modules and lessons."""

    modules: Sequence[tuple[str, str]]
    lessons: Sequence[tuple[str, str]]


class RowForm(Form):
    """A part of the form, in our words; the whole form carries the CSRF token."""

    class Meta(BaseForm.Meta):
        """As the whole form, without a token of its own."""

        csrf = False


class CellForm(RowForm):
    """So many questions that meet what is chosen."""

    module = SelectField(validate_choice=False)
    lesson = SelectField(validate_choice=False)
    area = SelectField(validate_choice=False)
    skill = SelectField(validate_choice=False)
    level = SelectField(validate_choice=False)
    type = SelectField(validate_choice=False)
    count = WholeField(N_("Số câu"), [Optional(), NumberRange(1, 500)])
    points = StringField(N_("Điểm mỗi câu"), [Length(max=7)])

    def offer(self, offered: Offered) -> None:
        """Give the drop-down lists their choices; a value that is no choice stays one."""
        lists = {
            "module": offered.modules,
            "lesson": offered.lessons,
            "area": choices(AREAS),
            "skill": [(code, f"{code}. {name}") for code, name in choices(SKILLS)],
            "level": choices(LEVELS),
            "type": choices(TYPES),
        }
        for name, pairs in lists.items():
            field: SelectField = getattr(self, name)
            kept = [(field.data, field.data)] if field.data else []
            extra = [pair for pair in kept if pair[0] not in dict(pairs)]
            field.choices = [SelectChoice(*pair) for pair in [("", "–"), *pairs, *extra]]

    def cell(self) -> dict[str, Any]:
        """Return the row as the file says it, {} when nothing is chosen."""
        cell: dict[str, Any] = {}
        for name in _CRITERIA:
            value = clean_line(str(self[name].data or ""))
            if value and value in _KNOWN.get(name, (value,)):
                cell[name] = value
        if self.count.data is not None:
            cell["count"] = self.count.data
        points = (self.points.data or "").strip().replace(",", ".")
        return {**cell, "points": points} if points else cell


class SectionForm(RowForm):
    """A part of the paper: cells to draw from, or named questions."""

    title = StringField(N_("Tên phần"), [Length(max=300)])
    cells = FieldList(FormField(CellForm), max_entries=MAX_CELLS)
    questions = TextAreaField(N_("Hoặc các câu cố định"))

    def section(self) -> dict[str, Any]:
        """Return the part as the file says it."""
        section: dict[str, Any] = {"title": clean_line(self.title.data or "")}
        cells = [cell for row in self.cells if (cell := row.form.cell())]
        named = [code for code in _SEPARATORS.split(self.questions.data or "") if code]
        if cells:
            section["draw"] = cells
        if named:
            section["questions"] = named
        return section


class PaperForm(EditForm):
    """The text of a paper."""

    title = StringField(N_("Tên đề"), [Length(max=300)])
    kind = SelectField(N_("Loại đề"), validate_choice=False)
    time_limit_minutes = WholeField(
        N_("Thời gian làm bài (phút)"),
        [Optional(), NumberRange(1, 1440)],
        description=N_("Để trống nếu không giới hạn."),
    )
    attempts = WholeField(
        N_("Số lượt"),
        [Optional(), NumberRange(1, 1000)],
        description=N_("Để trống nếu không giới hạn. Đợt thi có số lượt riêng."),
    )
    cooldown_hours = WholeField(N_("Số giờ chờ giữa hai lượt"), [Optional(), NumberRange(0, 8760)])
    pass_percent = StringField(N_("Mức đạt, phần trăm"), [Length(max=6)])
    feedback = SelectField(N_("Xem đáp án"), validate_choice=False)
    shuffle = BooleanField(N_("Đảo thứ tự câu hỏi và phương án theo từng bài"))
    sections = FieldList(FormField(SectionForm), max_entries=MAX_SECTIONS)

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.kind.choices = [SelectChoice(*pair) for pair in choices(PAPER_KINDS)]
        self.feedback.choices = [SelectChoice(*pair) for pair in choices(FEEDBACKS)]
        self.offer()

    def offer(self) -> None:
        """Give all rows their choices."""
        for section in self.sections:
            for row in section.form.cells:
                row.form.offer(self.offered)

    def show(self, paper: PaperText) -> None:
        """Fill the fields with ``paper``; a part without rows gets an empty one."""
        for name in ("title", "kind", "time_limit_minutes", "attempts", "feedback", "shuffle"):
            self[name].data = getattr(paper, name)
        self.cooldown_hours.data = paper.cooldown_hours
        self.pass_percent.data = paper.pass_percent.replace(".", ",")
        for section in paper.sections[:MAX_SECTIONS] or ({},):
            self._show_section(section)
        self.offer()

    def _show_section(self, section: Mapping[str, Any]) -> None:
        self.sections.append_entry({"title": section.get("title") or ""})
        form = self.sections.entries[-1].form
        form.questions.data = "\n".join(section.get("questions") or ())
        rows = section.get("draw") or ([] if section.get("questions") else [{}])
        for cell in rows[:MAX_CELLS]:
            points = str(cell.get("points") or "").replace(".", ",")
            form.cells.append_entry({**cell, "points": points})

    def content(self) -> PaperText:
        """Return what was written."""
        return PaperText(
            title=clean_line(self.title.data or ""),
            kind=self.kind.data if self.kind.data in PAPER_KINDS else "MODULE_TEST",
            time_limit_minutes=self.time_limit_minutes.data,
            attempts=self.attempts.data,
            cooldown_hours=self.cooldown_hours.data or 0,
            pass_percent=(self.pass_percent.data or "").strip().replace(",", "."),
            shuffle=bool(self.shuffle.data),
            feedback=self.feedback.data if self.feedback.data in FEEDBACKS else "AFTER_SUBMIT",
            sections=tuple(self._sections()),
        )

    def _sections(self) -> Iterable[dict[str, Any]]:
        for row in self.sections:
            section = row.form.section()
            if section != {"title": ""}:
                yield section

    def rows(self) -> list[dict[str, Any]]:
        """Return every part as it stands on the page, the empty ones and empty rows too."""
        return [
            {
                "title": row.form.title.data or "",
                "draw": [each.form.cell() for each in row.form.cells],
                "questions": row.form.section().get("questions") or [],
            }
            for row in self.sections
        ]


def after_button(rows: list[dict[str, Any]], action: str) -> list[dict[str, Any]] | None:
    """Return ``rows`` after a button that adds or removes one; None for another button."""
    match = _ACTION.fullmatch(action)
    if match is None:
        return None
    verb, what = match.group(1), match.group(2)
    place = [int(number) for number in match.groups()[2:] if number is not None]
    if what == "section":
        return _changed(rows, verb, place[0] if place else len(rows), {"title": "", "draw": [{}]})
    if place and place[0] < len(rows):
        section = rows[place[0]]
        cells = section["draw"]
        row = place[1] if len(place) > 1 else len(cells)
        rows[place[0]] = {**section, "draw": _changed(cells, verb, row, {})}
    return rows


def _changed(
    items: list[dict[str, Any]], verb: str, place: int, fresh: dict[str, Any]
) -> list[dict[str, Any]]:
    if verb == "add":
        return [*items, fresh]
    return [item for number, item in enumerate(items) if number != place]


class NewPaperForm(BaseForm):
    """A paper to be begun."""

    title = StringField(N_("Tên đề"), [DataRequired(), Length(max=300)])
    kind = SelectField(N_("Loại đề"))
    code = StringField(
        N_("Mã đề"),
        [DataRequired(), Length(max=64)],
        description=N_(
            "Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ khao-sat-2026. "
            "Mã không đổi được về sau."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        super().__init__(*args, **kwargs)
        self.kind.choices = [SelectChoice(*pair) for pair in choices(PAPER_KINDS)]
