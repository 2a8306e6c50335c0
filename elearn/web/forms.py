"""The base of every form: CSRF, text made NFC, Vietnamese messages."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, StringField

from elearn.kernel.errors import N_
from elearn.kernel.text import clean
from elearn.web.words import translated

# The messages of WTForms' own validators; WTForms ships no Vietnamese catalogue.
_MESSAGES = {
    "This field is required.": N_("Mục này không được để trống."),
    "Invalid input.": N_("Giá trị không hợp lệ."),
    "Not a valid choice.": N_("Lựa chọn không hợp lệ."),
    "Not a valid choice": N_("Lựa chọn không hợp lệ."),
    "Invalid Choice: could not coerce.": N_("Lựa chọn không hợp lệ."),
    "Not a valid integer value.": N_("Hãy nhập một số nguyên."),
    "Not a valid decimal value.": N_("Hãy nhập một số."),
    "Not a valid date value.": N_("Ngày không hợp lệ, hãy nhập theo dạng ngày/tháng/năm."),
    "Not a valid datetime value.": N_("Thời điểm không hợp lệ."),
    "Invalid email address.": N_("Địa chỉ thư điện tử không hợp lệ."),
    "File does not have an approved extension: {extensions}": N_(
        "Chỉ nhận tệp có đuôi: {extensions}"
    ),
    "CSRF token missing.": N_("Phiên làm việc đã hết hạn. Hãy gửi lại biểu mẫu."),
}
_PLURAL = {
    "Field must be at least %(min)d character long.": N_("Phải có ít nhất %(min)d ký tự."),
    "Field cannot be longer than %(max)d character.": N_("Không được dài quá %(max)d ký tự."),
}
_NUMBERS = {
    "Number must be at least %(min)s.": N_("Phải từ %(min)s trở lên."),
    "Number must be at most %(max)s.": N_("Không được quá %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Phải từ %(min)s đến %(max)s."),
    "Field must be between %(min)d and %(max)d characters long.": N_(
        "Phải có từ %(min)d đến %(max)d ký tự."
    ),
    "Field must be equal to %(other_name)s.": N_("Hai lần nhập không giống nhau."),
}


class _Translations:
    """Gives WTForms our words; it fills in the parameters itself."""

    def gettext(self, string: str) -> str:
        message = _MESSAGES.get(string) or _NUMBERS.get(string)
        return translated(message).replace("%%", "%") if message else string

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        message = _PLURAL.get(singular) or _NUMBERS.get(singular)
        if message:
            return translated(message)
        return singular if n == 1 else plural


_TRANSLATIONS = _Translations()


# The largest whole number that JavaScript holds exactly has sixteen digits.
LONGEST_NUMBER = 16


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


class BaseForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose text arrives precomposed and whose messages are Vietnamese."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """How fields are bound."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:  # noqa: ANN401 - WTForms types
            """Bind the field: text cleaned before it is validated, label and hint translated.

            Labels and hints are written with N_ where the form is declared.
            """
            if issubclass(unbound_field.field_class, StringField):
                given: list[Callable[[object], object]] = list(
                    unbound_field.kwargs.get("filters", ())
                )
                options = {**options, "filters": [_clean, *given]}
            field: Field = super().bind_field(form, unbound_field, options)
            field.label.text = translated(str(field.label.text))
            field.description = translated(str(field.description)) if field.description else ""
            return field

        def get_translations(self, _form: object) -> _Translations:
            """Return our words."""
            return _TRANSLATIONS


class WholeField(IntegerField):
    """A whole number of at most LONGEST_NUMBER digits; WTForms' range check breaks on hundreds."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError."""
        is_long = bool(valuelist) and len(str(valuelist[0]).strip()) > LONGEST_NUMBER
        super().process_formdata(["–"] if is_long else valuelist)


def text_of(field: StringField) -> str:
    """Return what was typed, cleaned; nothing is an empty text."""
    return field.data or ""
