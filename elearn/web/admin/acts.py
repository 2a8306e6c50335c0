"""What audited acts are called when the administrator reads them."""

from elearn.kernel.errors import N_
from elearn.org.audit_trail import AuditLine
from elearn.web.labels import label
from elearn.web.words import _, translated

AREAS: dict[str, str] = {
    "account": N_("Tài khoản"),
    "role": N_("Vai trò"),
    "roster": N_("Danh sách nhân sự"),
    "person": N_("Hồ sơ cán bộ"),
    "attempts": N_("Lượt làm bài"),
    "round": N_("Đợt làm bài"),
    "certificate": N_("Chứng nhận"),
    "bank": N_("Ngân hàng câu hỏi"),
    "content": N_("Nội dung"),
    "enemies": N_("Câu loại trừ nhau"),
    "forms": N_("Đề ra sẵn"),
    "draft": N_("Bản nháp"),
    "keys": N_("Sửa đáp án"),
    "marking": N_("Chấm tự luận"),
    "reviews": N_("Phúc khảo"),
    "statistics": N_("Thống kê câu hỏi"),
    "question": N_("Câu hỏi"),
}
_ACTS: dict[str, str] = {
    "account.activate": N_("Kích hoạt tài khoản"),
    "account.change_password": N_("Đổi mật khẩu"),
    "account.create": N_("Tạo tài khoản"),
    "account.describe": N_("Sửa thông tin tài khoản"),
    "account.end_sessions": N_("Kết thúc các phiên khác"),
    "account.link": N_("Cấp đường dẫn"),
    "account.reset": N_("Đặt lại mật khẩu"),
    "account.resume": N_("Mở lại tài khoản"),
    "account.suspend": N_("Tạm khóa tài khoản"),
    "attempts.count_late": N_("Tính các câu trả lời đến muộn"),
    "attempts.rescue": N_("Nhập tệp cứu bài"),
    "attempts.void": N_("Hủy lượt làm bài"),
    "attempts.grant": N_("Cấp thêm lượt làm bài"),
    "bank.retag": N_("Đổi nhãn câu hỏi"),
    "certificate.bundle": N_("Tạo gói chứng nhận"),
    "certificate.bundle_download": N_("Tải gói chứng nhận"),
    "certificate.download": N_("Tải chứng nhận"),
    "certificate.export": N_("Xuất sổ cấp chứng nhận"),
    "certificate.issue": N_("Cấp chứng nhận"),
    "certificate.keep": N_("Giữ chứng nhận sau khi đáp án được sửa"),
    "certificate.replace": N_("Cấp chứng nhận thay thế"),
    "certificate.revoke": N_("Thu hồi chứng nhận"),
    "certificate.set_signer": N_("Ghi nhận người ký chứng nhận"),
    "content.load": N_("Nạp nội dung từ tệp"),
    "draft.discard": N_("Bỏ bản nháp"),
    "enemies.join": N_("Đặt hai câu loại trừ nhau"),
    "enemies.leave": N_("Bỏ câu khỏi nhóm loại trừ"),
    "forms.assemble": N_("Ra sẵn các đề"),
    "draft.publish": N_("Xuất bản bản nháp"),
    "draft.return": N_("Trả lại bản nháp"),
    "draft.submit": N_("Gửi duyệt bản nháp"),
    "draft.withdraw": N_("Rút lại bản nháp"),
    "keys.approve": N_("Duyệt sửa đáp án"),
    "keys.propose": N_("Đề nghị sửa đáp án"),
    "keys.regrade": N_("Chấm lại theo đáp án đã sửa"),
    "keys.reject": N_("Không duyệt sửa đáp án"),
    "keys.withdraw": N_("Rút đề nghị sửa đáp án"),
    "question.resolve_report": N_("Trả lời báo lỗi câu hỏi"),
    "marking.mark": N_("Chấm bài tự luận"),
    "person.correct": N_("Sửa hồ sơ cán bộ"),
    "reviews.ask": N_("Xin phúc khảo"),
    "reviews.decide": N_("Quyết định phúc khảo"),
    "reviews.open": N_("Xem bài để phúc khảo"),
    "role.end": N_("Kết thúc vai trò"),
    "role.grant": N_("Cấp vai trò"),
    "round.add": N_("Thêm người vào đợt làm bài"),
    "round.cancel": N_("Hủy đợt làm bài"),
    "round.change": N_("Sửa đợt làm bài"),
    "round.close": N_("Đóng đợt làm bài"),
    "round.create": N_("Lập đợt làm bài"),
    "round.end": N_("Kết thúc sớm đợt làm bài"),
    "round.extend": N_("Thêm thời gian làm bài"),
    "round.forecast": N_("Ghi kết quả dự đoán"),
    "round.move": N_("Đổi thời gian làm bài"),
    "round.plan": N_("Chốt danh sách đợt làm bài"),
    "round.remove": N_("Đưa người ra khỏi đợt làm bài"),
    "round.revoke_tickets": N_("Thu hồi phiếu vào phòng"),
    "round.tickets": N_("Lập phiếu vào phòng"),
    "roster.import": N_("Nhập danh sách nhân sự"),
    "statistics.compare": N_("Tìm dấu hiệu trùng bài làm"),
    "statistics.compute": N_("Tính lại thống kê"),
    "statistics.similar": N_("Xem dấu hiệu trùng bài làm"),
}
_DETAILS: dict[str, str] = {
    "by_mail": N_("đưa bằng"),
    "changed": N_("đã sửa"),
    "code": N_("mã"),
    "count": N_("số lượng"),
    "from": N_("từ ngày"),
    "minutes": N_("số phút"),
    "person": N_("mã cán bộ"),
    "purpose": N_("mục đích"),
    "role": N_("vai trò"),
    "room": N_("phòng"),
    "to": N_("đến trước ngày"),
    "unit": N_("đơn vị"),
    "username": N_("tên đăng nhập"),
}
# The only detail that is true or false is "by_mail".
_VALUES: dict[str, str] = {
    "ACTIVATE": N_("kích hoạt"),
    "RESET": N_("đặt lại mật khẩu"),
    "True": N_("thư điện tử"),
    "False": N_("phiếu in"),
    "display_name": N_("tên hiển thị"),
    "email": N_("thư điện tử"),
}


def act_name(act: str) -> str:
    """Return what ``act`` is called; an act without a name as its code."""
    known = _ACTS.get(act)
    return translated(known) if known else act


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    known = _VALUES.get(str(value))
    return translated(known) if known else label(value)


def detail_text(line: AuditLine) -> str:
    """Return the details of ``line`` as "name: value" pairs; what has no name is left out."""
    return "; ".join(
        f"{translated(_DETAILS[name])}: {_value(value)}"
        for name, value in line.details.items()
        if name in _DETAILS and value is not None
    )


def subject_text(line: AuditLine) -> str:
    """Return what the act was done to."""
    if line.user_id is not None:
        return line.user_name or _("Tài khoản số %(id)s", id=line.user_id)
    return f"{line.subject_type} {line.subject_id}"
