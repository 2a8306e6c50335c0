"""Errors as people see them: a status, a Vietnamese sentence, what to do, the request's id."""

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from elearn.infra.audit import request_id
from elearn.kernel.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound, TooMany
from elearn.web.identity import forget_for_now
from elearn.web.words import translated

log = structlog.get_logger()

_STATUS: dict[type[AppError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
}
_TITLES = {
    400: N_("Yêu cầu không hợp lệ"),
    401: N_("Bạn cần đăng nhập"),
    403: N_("Bạn không có quyền"),
    404: N_("Không tìm thấy trang"),
    405: N_("Cách gửi yêu cầu không đúng"),
    409: N_("Không thực hiện được lúc này"),
    413: N_("Dữ liệu gửi lên quá lớn"),
    422: N_("Dữ liệu chưa đúng"),
    429: N_("Bạn thao tác quá nhanh"),
    500: N_("Hệ thống gặp lỗi"),
    503: N_("Hệ thống đang bận"),
}
_MESSAGES = {
    400: N_("Hãy quay lại trang trước và thử lại."),
    401: N_("Phiên đăng nhập đã kết thúc. Hãy đăng nhập lại; dữ liệu đã lưu không mất."),
    403: N_("Nếu bạn cần quyền này cho công việc, hãy liên hệ quản trị hệ thống."),
    404: N_("Địa chỉ không đúng hoặc nội dung đã được chuyển đi."),
    405: N_("Hãy quay lại trang trước và thử lại."),
    413: N_("Hãy chọn tệp nhỏ hơn rồi gửi lại."),
    500: N_("Lỗi đã được ghi lại. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo mã yêu cầu bên dưới."),
    503: N_("Hãy thử lại sau ít phút."),
}


def message_of(error: AppError) -> str:
    """Return the sentence of ``error`` in the reader's language."""
    return translated(error.message, **error.params)


def _respond(status: int, message: str, code: str) -> Response:
    if request.accept_mimetypes.best == "application/json" or request.is_json:
        return make_response(jsonify(error=code, message=message), status)
    title = translated(_TITLES.get(status, _TITLES[400]))
    page = render_template(
        "errors/error.html",
        status=status,
        title=title,
        message=message,
        request_id=request_id.get(),
    )
    return make_response(page, status)


def status_of(error: AppError) -> int:
    """Return the HTTP status that ``error`` is answered with."""
    return next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)


def with_retry(response: Response, error: AppError) -> Response:
    """Return ``response``, telling when to come back if ``error`` asks to wait."""
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _app_error(error: AppError) -> Response:
    return with_retry(_respond(status_of(error), message_of(error), error.code), error)


def _csrf_error(_error: CSRFError) -> Response:
    message = translated(N_("Phiên làm việc đã hết hạn. Hãy mở lại trang rồi gửi lại biểu mẫu."))
    return _respond(400, message, "csrf")


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    known = status if status in _MESSAGES else (500 if status >= 500 else 400)
    return _respond(status, translated(_MESSAGES[known]), f"http.{status}")


def _database_away(error: OperationalError | InterfaceError) -> Response:
    """Tell that the database does not answer, by a page that asks it nothing.

    Scripts of ours come again after Retry-After; nothing of the act was kept.
    """
    log.error("database_away", path=request.path, problem=str(error.orig))
    forget_for_now()
    message = translated(N_("Hệ thống đang bận hoặc đang khởi động lại. Hãy thử lại sau ít giây."))
    response = _respond(503, message, "database")
    response.headers["Retry-After"] = "2"
    response.headers["Cache-Control"] = "no-store"
    return response


def _last_resort(error: Exception) -> Response:
    log.error("unhandled_error", path=request.path, kind=type(error).__name__, exc_info=error)
    return _respond(500, translated(_MESSAGES[500]), "internal")


def init_app(app: Flask) -> None:
    """Show every error of ``app`` as a page, or as JSON to a script."""
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(Exception, _last_resort)
