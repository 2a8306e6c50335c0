"""Forms about rounds: the draft, and decisions with their reasons."""

from collections.abc import Iterable
from datetime import datetime

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.assessment.rounds.models import RoundKind
from elearn.assessment.rounds.policy import (
    LONGEST_QUESTION,
    LONGEST_REASON,
    LONGEST_SLOT,
    LONGEST_TITLE,
    MOST_ATTEMPTS,
    MOST_MINUTES,
    SHORTEST_SLOT,
    Draft,
)
from elearn.assessment.rounds.queries import RoundView
from elearn.assessment.rounds.rules import Slot
from elearn.kernel.clock import LOCAL_ZONE, today
from elearn.kernel.errors import N_
from elearn.web.forms import BaseForm, WholeField, text_of
from elearn.workflows.manage_round_tickets import LONGEST_ROOM, MOST_AT_ONCE

_MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
_JOINT = "|"


def options(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Return (value, text) as choices."""
    return [SelectChoice(value, text) for value, text in pairs]


class MomentField(DateTimeLocalField):
    """A local day and time; ``at()`` is the instant."""

    def at(self) -> datetime:
        """Return the instant that was typed; the form must be valid."""
        if self.data is None:
            raise ValueError("no moment")
        return self.data.replace(tzinfo=LOCAL_ZONE)

    def show(self, at: datetime) -> None:
        """Show ``at`` as local time."""
        self.data = at.astimezone(LOCAL_ZONE).replace(tzinfo=None)


class GroupsField(SelectMultipleField):
    """Any number of target groups, as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RoundForm(BaseForm):
    """A draft of a round."""

    title = StringField(N_("Tên đợt"), validators=[DataRequired(), Length(max=LONGEST_TITLE)])
    kind = SelectField(
        N_("Loại đợt"),
        validators=[InputRequired()],
        description=N_("Cuộc thi xếp hạng theo điểm, câu dự đoán, thời gian làm bài."),
    )
    paper = SelectField(N_("Đề"), coerce=int, validators=[InputRequired()])
    unit = SelectField(
        N_("Đơn vị tổ chức"),
        coerce=int,
        validators=[InputRequired()],
        description=N_("Người của đơn vị này và các đơn vị trực thuộc sẽ làm bài."),
    )
    groups = GroupsField(
        N_("Nhóm đối tượng"),
        description=N_("Không chọn nhóm nào: mọi người có vị trí công tác tại đơn vị."),
    )
    roster_on = DateField(
        N_("Ngày chốt danh sách"),
        validators=[InputRequired()],
        description=N_("Ai thuộc đối tượng vào cuối ngày này thì có tên trong đợt."),
    )
    opens_at = MomentField(N_("Mở từ"), format=_MOMENT, validators=[InputRequired()])
    closes_at = MomentField(N_("Đóng lúc"), format=_MOMENT, validators=[InputRequired()])
    attempts = WholeField(
        N_("Số lượt mỗi người"),
        default=1,
        validators=[InputRequired(), NumberRange(1, MOST_ATTEMPTS)],
    )
    slot_minutes = WholeField(
        N_("Chia ca theo đơn vị, mỗi ca bao nhiêu phút"),
        validators=[Optional(), NumberRange(SHORTEST_SLOT, LONGEST_SLOT)],
        description=N_(
            "Để trống: mọi người làm bài trong cả đợt. Ca nằm trong giờ làm việc nếu đợt dài "
            "hơn một ngày."
        ),
    )
    needs_ticket = BooleanField(
        N_("Cần phiếu vào phòng"),
        description=N_("Người làm bài nhập mã 12 ký tự do cán bộ coi thi phát, mỗi mã một lần."),
    )
    forecast_question = TextAreaField(
        N_("Câu dự đoán (chỉ cuộc thi)"),
        validators=[Length(max=LONGEST_QUESTION)],
        description=N_("Trả lời bằng một số, ví dụ: có bao nhiêu người trả lời đúng tất cả?"),
    )

    def draft(self) -> Draft:
        """Return what was typed; the form must be valid."""
        return Draft(
            title=text_of(self.title),
            kind=RoundKind(self.kind.data),
            unit_id=self.unit.data,
            paper_id=self.paper.data,
            opens_at=self.opens_at.at(),
            closes_at=self.closes_at.at(),
            roster_on=self.roster_on.data or today(),
            attempts=self.attempts.data or 1,
            needs_ticket=bool(self.needs_ticket.data),
            slot_minutes=self.slot_minutes.data,
            forecast_question=text_of(self.forecast_question) or None,
            groups=tuple(_split(choice) for choice in self.groups.data or ()),
        )

    def show(self, view: RoundView, groups: list[tuple[str, str]]) -> None:
        """Show a stored draft."""
        self.title.data, self.kind.data = view.title, view.kind.value
        self.paper.data, self.unit.data = view.paper_id, view.unit_id
        self.groups.data = [group_key(*group) for group in groups]
        self.roster_on.data, self.attempts.data = view.roster_on, view.attempts
        self.opens_at.show(view.opens_at)
        self.closes_at.show(view.closes_at)
        self.slot_minutes.data, self.needs_ticket.data = view.slot_minutes, view.needs_ticket
        self.forecast_question.data = view.forecast_question


def group_key(programme: str, group: str) -> str:
    """Return the value of a box; codes hold no bar."""
    return f"{programme}{_JOINT}{group}"


def _split(key: str) -> tuple[str, str]:
    programme, _, group = key.partition(_JOINT)
    return programme, group


class ReasonForm(BaseForm):
    """Why something is decided."""

    reason = StringField(N_("Lý do"), validators=[DataRequired(), Length(max=LONGEST_REASON)])


class ExtendForm(ReasonForm):
    """More time for a unit or all (no unit), or for the person of the page."""

    unit = SelectField(N_("Cho ai"), coerce=int, default=0)
    minutes = WholeField(
        N_("Thêm bao nhiêu phút"), validators=[InputRequired(), NumberRange(1, MOST_MINUTES)]
    )


class MoveForm(ReasonForm):
    """Another window for a unit or all (no unit), or for the person of the page."""

    unit = SelectField(N_("Cho ai"), coerce=int, default=0)
    starts_at = MomentField(N_("Làm bài từ"), format=_MOMENT, validators=[InputRequired()])
    ends_at = MomentField(N_("Đến"), format=_MOMENT, validators=[InputRequired()])

    def slot(self) -> Slot:
        """Return the new window; the form must be valid."""
        return Slot(self.starts_at.at(), self.ends_at.at())


class VoidForm(ReasonForm):
    """Why an attempt counts for nothing."""

    uses_up = BooleanField(N_("Vẫn tính là một lượt đã dùng"))


class TicketsForm(BaseForm):
    """Tickets for a room: a number of them, or one for each person of a unit."""

    room = StringField(N_("Phòng"), validators=[DataRequired(), Length(max=LONGEST_ROOM)])
    expires_at = MomentField(N_("Có hạn đến"), format=_MOMENT, validators=[InputRequired()])
    unit = SelectField(
        N_("Phát cho"),
        coerce=int,
        default=0,
        description=N_("Phiếu ghi tên chỉ người đó dùng được."),
    )
    count = WholeField(
        N_("Số phiếu không ghi tên"),
        default=30,
        validators=[Optional(), NumberRange(1, MOST_AT_ONCE)],
    )
