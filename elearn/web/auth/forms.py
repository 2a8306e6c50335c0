"""Forms of signing in and of the own account."""

from wtforms import PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # stubs lag behind
from wtforms.validators import DataRequired, EqualTo, Length

from elearn.accounts.rules import PASSWORD_MIN
from elearn.kernel.errors import N_
from elearn.web.forms import BaseForm
from elearn.web.words import lazy

_LANGUAGES = [SelectChoice("vi", "Tiếng Việt"), SelectChoice("en", "English")]
_NEW = {"autocomplete": "new-password"}
_NAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}


class SignInForm(BaseForm):
    """Username and password."""

    username = StringField(
        lazy(N_("Tên đăng nhập")), [DataRequired(), Length(max=100)], render_kw=_NAME
    )
    password = PasswordField(
        lazy(N_("Mật khẩu")), [DataRequired()], render_kw={"autocomplete": "current-password"}
    )


class LetterForm(BaseForm):
    """Whose password was forgotten."""

    username = StringField(
        lazy(N_("Tên đăng nhập")), [DataRequired(), Length(max=100)], render_kw=_NAME
    )


class CodeForm(BaseForm):
    """The code of a sheet, typed by hand."""

    code = StringField(
        lazy(N_("Mã kích hoạt")),
        [DataRequired(), Length(max=100)],
        description=lazy(N_("Mã gồm sáu nhóm bốn ký tự, in trên phiếu. Có thể bỏ dấu gạch nối.")),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(BaseForm):
    """A password chosen by its owner, twice. Its strength is judged by accounts.rules."""

    password = PasswordField(
        lazy(N_("Mật khẩu mới")),
        [DataRequired()],
        description=lazy(
            N_(
                "Ít nhất %(least)d ký tự. Một câu ngắn dễ nhớ, có dấu cách, là tốt nhất; "
                "không bắt buộc chữ số hay ký hiệu."
            ),
            least=PASSWORD_MIN,
        ),
        render_kw=_NEW,
    )
    again = PasswordField(
        lazy(N_("Nhập lại mật khẩu mới")),
        [DataRequired(), EqualTo("password", message=lazy(N_("Hai lần nhập không giống nhau.")))],
        render_kw=_NEW,
    )


class ChangePasswordForm(NewPasswordForm):
    """The same, by somebody who knows the present one."""

    old = PasswordField(
        lazy(N_("Mật khẩu hiện tại")),
        [DataRequired()],
        render_kw={"autocomplete": "current-password"},
    )


class LanguageForm(BaseForm):
    """The language in which somebody reads."""

    locale = RadioField(
        lazy(N_("Ngôn ngữ")),
        choices=[SelectChoice("vi", "Tiếng Việt"), SelectChoice("en", "English")],
    )
