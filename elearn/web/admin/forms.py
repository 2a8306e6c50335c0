"""Forms of the administrator."""

from wtforms import DateField, EmailField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, Length, Optional, Regexp

from elearn.kernel.actor import Role
from elearn.kernel.errors import N_
from elearn.web.forms import BaseForm
from elearn.web.labels import LABELS
from elearn.web.words import lazy

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
# Good enough to catch a slip; whether letters arrive shows when one is sent.
_EMAIL = Regexp(
    r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+\Z",
    message=lazy(N_("Địa chỉ thư điện tử không hợp lệ.")),
)


class RoleForm(BaseForm):
    """A role on a unit, from a first to a last day."""

    role = SelectField(
        lazy(N_("Vai trò")),
        [DataRequired()],
        choices=[SelectChoice(role.value, lazy(LABELS[role.value])) for role in Role],
    )
    unit = StringField(
        lazy(N_("Đơn vị")),
        [DataRequired(), Length(max=200)],
        description=lazy(N_("Mã hoặc tên đơn vị; vai trò có hiệu lực cả với đơn vị trực thuộc.")),
    )
    first = DateField(lazy(N_("Từ ngày")), [Optional()], format=_DAYS)
    last = DateField(lazy(N_("Đến hết ngày")), [Optional()], format=_DAYS)


class NewUserForm(RoleForm):
    """A user with a first role."""

    username = StringField(
        lazy(N_("Tên đăng nhập")),
        [DataRequired(), Length(max=64)],
        description=lazy(N_("Chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối.")),
        render_kw={"autocapitalize": "none", "autocomplete": "off"},
    )
    person_code = StringField(
        lazy(N_("Mã cán bộ")),
        [Optional(), Length(max=64)],
        description=lazy(N_("Có mã thì tài khoản mang họ tên trong danh sách nhân sự.")),
    )
    display_name = StringField(lazy(N_("Tên hiển thị")), [Optional(), Length(max=120)])
    email = EmailField(lazy(N_("Thư điện tử")), [Optional(), Length(max=254), _EMAIL])


class DescribeForm(BaseForm):
    """What a user is called and where letters go."""

    display_name = StringField(lazy(N_("Tên hiển thị")), [DataRequired(), Length(max=120)])
    email = EmailField(lazy(N_("Thư điện tử")), [Optional(), Length(max=254), _EMAIL])


class EndForm(BaseForm):
    """The last day of a role; none is at once."""

    last = DateField(lazy(N_("Hết ngày")), [Optional()], format=_DAYS)


class ReasonForm(BaseForm):
    """Why a user is barred or let in again."""

    reason = StringField(lazy(N_("Lý do")), [DataRequired(), Length(max=200)])
