"""The words of the letters that carry one-time links."""

from dataclasses import dataclass
from datetime import datetime

from elearn.accounts.models import LinkPurpose
from elearn.kernel.clock import LOCAL_ZONE


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain-text letter."""

    subject: str
    body: str


_SUBJECTS = {
    LinkPurpose.ACTIVATE: "Kích hoạt tài khoản học tập trực tuyến về cải cách hành chính",
    LinkPurpose.RESET: "Đặt lại mật khẩu tài khoản học tập trực tuyến",
}
_REASONS = {
    LinkPurpose.ACTIVATE: (
        "Đơn vị đã tạo cho đồng chí một tài khoản trên hệ thống học tập và đánh giá trực tuyến "
        "về cải cách hành chính. Để bắt đầu, đồng chí mở đường dẫn dưới đây và tự đặt mật khẩu:"
    ),
    LinkPurpose.RESET: (
        "Hệ thống nhận được yêu cầu đặt lại mật khẩu cho tài khoản của đồng chí. Để đặt mật khẩu "
        "mới, đồng chí mở đường dẫn dưới đây:"
    ),
}
_CLOSINGS = {
    LinkPurpose.ACTIVATE: (
        "Nếu đồng chí không phải là người nhận thư này, xin bỏ qua và báo cho cán bộ nhân sự."
    ),
    LinkPurpose.RESET: (
        "Nếu đồng chí không yêu cầu, xin bỏ qua thư này; mật khẩu hiện tại vẫn giữ nguyên."
    ),
}


def link_letter(
    purpose: LinkPurpose, *, full_name: str, username: str, url: str, expires_at: datetime
) -> Letter:
    """Return the letter that brings ``url`` to ``full_name``."""
    until = expires_at.astimezone(LOCAL_ZONE).strftime("%H:%M ngày %d/%m/%Y")
    body = (
        f"Kính gửi đồng chí {full_name},\n\n"
        f"{_REASONS[purpose]}\n\n"
        f"{url}\n\n"
        f"Tên đăng nhập: {username}\n"
        f"Đường dẫn chỉ dùng được một lần, đến {until}.\n"
        "Không ai, kể cả quản trị hệ thống, cần biết mật khẩu của đồng chí.\n\n"
        f"{_CLOSINGS[purpose]}\n"
    )
    return Letter(_SUBJECTS[purpose], body)
