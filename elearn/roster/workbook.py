"""The workbook that people fill in: the seven sheets with their headers, and how to write what."""

from collections.abc import Iterator
from enum import StrEnum

from elearn.infra.tabular import Sheet, write_workbook
from elearn.org.models import (
    DutyKind,
    EndReason,
    EventKind,
    ExclusionReason,
    PositionType,
    UnitKind,
    WorkforceCategory,
)
from elearn.progress.models import CompletionSource
from elearn.roster.parse import GUIDE_SHEET
from elearn.roster.sheets import FORMS, Column

_DAY = "Ngày: 01/07/2025 hoặc 2025-07-01"
_CODE = "Chữ không dấu, chữ số, dấu chấm, gạch nối, gạch dưới; không quá 64 ký tự"


def _choices(kind: type[StrEnum]) -> str:
    return "Một trong: " + ", ".join(kind)


_HELP: dict[str, str] = {
    "code": f"Mã đơn vị, không dùng lại cho đơn vị khác. {_CODE}",
    "name": "Tên đầy đủ của đơn vị trong giai đoạn này",
    "short_name": "Tên viết tắt",
    "units.kind": _choices(UnitKind),
    "events.kind": _choices(EventKind),
    "parent_code": "Mã đơn vị cha; để trống nếu là đơn vị cao nhất",
    "valid_from": f"Ngày bắt đầu. {_DAY}",
    "valid_to": f"Ngày đầu tiên KHÔNG còn hiệu lực; để trống nếu chưa kết thúc. {_DAY}",
    "legal_basis": "Văn bản quyết định",
    "effective_on": f"Ngày có hiệu lực. {_DAY}",
    "predecessor_codes": "Mã các đơn vị trước, cách nhau bằng dấu chấm phẩy",
    "successor_codes": "Mã các đơn vị sau, cách nhau bằng dấu chấm phẩy; đơn vị nhận thêm đơn vị "
    "khác đứng ở cả hai phía",
    "person_code": f"Mã cán bộ, mỗi người một mã. {_CODE}",
    "full_name": "Họ và tên có dấu, bảng mã Unicode",
    "birth_date": f"Ngày sinh. {_DAY}",
    "email": "Thư điện tử",
    "phone": "Số điện thoại, giữ số 0 ở đầu",
    "category": _choices(WorkforceCategory),
    "position_type": _choices(PositionType),
    "title": "Chức vụ, chức danh",
    "home_unit_code": "Mã đơn vị quản lý hồ sơ",
    "duty_unit_code": "Mã đơn vị nơi làm việc; để trống nếu trùng đơn vị quản lý hồ sơ",
    "is_primary": "1 là vị trí chính (mỗi lúc chỉ một), 0 là kiêm nhiệm",
    "decision_no": "Số quyết định",
    "end_reason": f"Lý do kết thúc. {_choices(EndReason)}",
    "duty": _choices(DutyKind),
    "unit_code": "Mã đơn vị thực hiện nhiệm vụ",
    "reason": _choices(ExclusionReason),
    "programme_code": "Mã chương trình đã có trong hệ thống",
    "completed_on": f"Ngày hoàn thành. {_DAY}",
    "expires_on": f"Ngày đầu tiên hết giá trị; để trống nếu không thời hạn. {_DAY}",
    "source": _choices(CompletionSource),
    "reference": "Lớp, số giấy chứng nhận hoặc ghi chú",
}


def _help(sheet: str, column: Column) -> str:
    return _HELP.get(f"{sheet}.{column.name}") or _HELP[column.name]


def _need(column: Column) -> str:
    if column.filled:
        return "Bắt buộc"
    return "Phải có cột, ô có thể trống" if column.present else "Không bắt buộc"


def _guide() -> Iterator[tuple[str, str, str, str]]:
    for form in FORMS.values():
        for column in form.columns:
            yield form.name, column.name, _need(column), _help(form.name, column)


def template() -> bytes:
    """Return the empty workbook: seven sheets typed as text, and a guide that is not imported."""
    guide = Sheet(GUIDE_SHEET, ("Bảng", "Cột", "Yêu cầu", "Cách ghi"), _guide())
    sheets = [
        Sheet(form.name, [column.name for column in form.columns], (), text_columns=True)
        for form in FORMS.values()
    ]
    return write_workbook([*sheets, guide])
