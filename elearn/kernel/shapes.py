"""Shapes of files: strict, every problem with its place, told in Vietnamese."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from elearn.kernel.errors import N_
from elearn.kernel.text import clean

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where: keys and list positions from the top of the document."""

    path: Place
    message: str


class Shape(BaseModel):
    """A strict shape: no key that is not named, no value of another type, text in NFC."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _decimal(value: object) -> Decimal:
    """Read a number written plain or quoted; floats would carry digits nobody wrote."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        # pydantic collects ValueError; a TypeError would end the reading.
        raise ValueError(N_("phải là một số"))  # noqa: TRY004 - see above
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise ValueError(N_("phải là một số, dấu thập phân là dấu chấm")) from error
    if not number.is_finite():
        raise ValueError(N_("phải là một số hữu hạn"))
    return number


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError(N_("không được để trống"))
    return clean(value)


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Text = Annotated[str, Field(max_length=200_000), AfterValidator(_filled)]
Line = Annotated[str, Field(max_length=2_000), AfterValidator(_filled)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=64)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=64)]
Citation = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+(:[A-Za-z0-9._-]+)?$", max_length=200)]

# pydantic's error types in our words; the context fills in the places.
_MESSAGES = {
    "missing": N_("thiếu mục này"),
    "extra_forbidden": N_("mục này không có trong quy định"),
    "string_type": N_("phải là chữ (đặt trong dấu nháy kép nếu trông như số hoặc ngày)"),
    "int_type": N_("phải là số nguyên"),
    "bool_type": N_("phải là true hoặc false"),
    "list_type": N_("phải là một danh sách"),
    "dict_type": N_("phải là một nhóm “tên: giá trị”"),
    "model_type": N_("phải là một nhóm “tên: giá trị”"),
    "date_type": N_("phải là ngày dạng 2021-02-02"),
    "enum": N_("chỉ nhận một trong: %(expected)s"),
    "literal_error": N_("chỉ nhận một trong: %(expected)s"),
    "string_too_long": N_("dài quá %(max_length)s ký tự"),
    "string_pattern_mismatch": N_("chỉ được dùng các ký tự theo mẫu %(pattern)s"),
    "too_short": N_("phải có ít nhất %(min_length)s phần tử"),
    "too_long": N_("không được có quá %(max_length)s phần tử"),
    "greater_than": N_("phải lớn hơn %(gt)s"),
    "greater_than_equal": N_("phải từ %(ge)s trở lên"),
    "less_than_equal": N_("không được quá %(le)s"),
}


def _names(expected: str) -> str:
    """Return the names in pydantic's list ``'A', 'B' or 'C'`` as ``A, B, C``."""
    return expected.replace(" or ", ", ").replace("'", "")


def _message(error: Mapping[str, Any]) -> str:
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return str(context["error"])
    if "expected" in context:
        context = {**context, "expected": _names(str(context["expected"]))}
    template = _MESSAGES.get(error["type"])
    return template % context if template else N_("giá trị không hợp lệ")


def problems_of(error: ValidationError, prefix: Place = ()) -> list[Problem]:
    """Return every problem of ``error``, its place after ``prefix``."""
    return [
        Problem((*prefix, *one["loc"]), _message(one))
        for one in error.errors(include_url=False, include_input=False)
    ]


def duplicates(values: Sequence[str]) -> list[int]:
    """Return the positions of values that stood before."""
    seen: set[str] = set()
    again = []
    for position, value in enumerate(values):
        if value in seen:
            again.append(position)
        seen.add(value)
    return again
