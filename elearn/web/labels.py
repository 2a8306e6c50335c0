"""What codes of the data are called when people read them."""

from flask import Flask

from elearn.kernel.errors import N_
from elearn.web.words import translated

LABELS: dict[str, str] = {
    # units
    "PROVINCE": N_("Tỉnh"),
    "DISTRICT": N_("Cấp huyện (đến 30/06/2025)"),
    "COMMUNE": N_("Xã"),
    "WARD": N_("Phường"),
    "TOWNSHIP": N_("Thị trấn"),
    "SPECIAL_ZONE": N_("Đặc khu"),
    "PROV_DEPARTMENT": N_("Sở, ban, ngành"),
    "DEPT_DIVISION": N_("Phòng, đơn vị thuộc sở"),
    "COMMUNE_OFFICE": N_("Phòng chuyên môn cấp xã"),
    "PASC_PROVINCE": N_("Trung tâm Phục vụ hành chính công tỉnh"),
    "PASC_COMMUNE": N_("Trung tâm Phục vụ hành chính công cấp xã"),
    "ONE_STOP": N_("Bộ phận Một cửa"),
    "PUBLIC_SERVICE_UNIT": N_("Đơn vị sự nghiệp công lập"),
    "CENTRAL_VERTICAL_AGENCY": N_("Cơ quan ngành dọc Trung ương"),
    "PARTY_BODY": N_("Cơ quan Đảng"),
    "COUNCIL": N_("Hội đồng nhân dân"),
    "POLITICAL_SCHOOL": N_("Trường Chính trị"),
    "MASS_ORGANISATION": N_("Tổ chức chính trị - xã hội"),
    # positions and duties
    "LEADER": N_("Lãnh đạo"),
    "SPECIALIST": N_("Chuyên môn"),
    "COMMUNE_PARTY_LEADER": N_("Lãnh đạo Đảng ủy xã"),
    "COMMUNE_COUNCIL_LEADER": N_("Lãnh đạo HĐND xã"),
    "COMMUNE_PC_LEADER": N_("Lãnh đạo UBND xã"),
    "COMMUNE_OFFICIAL": N_("Công chức cấp xã"),
    "OTHER": N_("Khác"),
    "PAR_FOCAL": N_("Đầu mối cải cách hành chính"),
    "ONE_STOP_DUTY": N_("Làm việc tại Một cửa"),
    # roles
    "LEARNER": N_("Học viên"),
    "HR": N_("Nhân sự, đầu mối CCHC"),
    "PROGRAMME_OFFICER": N_("Phụ trách chương trình"),
    "AUTHOR": N_("Biên soạn"),
    "REVIEWER": N_("Thẩm định"),
    "ADMIN": N_("Quản trị"),
    # ends of posts
    "TRANSFER": N_("Điều động"),
    "ROTATION": N_("Luân chuyển"),
    "RETIREMENT": N_("Nghỉ hưu"),
    "RESIGNATION": N_("Thôi việc"),
    "UNIT_CHANGE": N_("Sắp xếp đơn vị"),
    # levels of outcomes
    "RECALL": N_("Nhận biết"),
    "UNDERSTAND": N_("Thông hiểu"),
    "APPLY": N_("Vận dụng"),
    "APPLY_HIGH": N_("Vận dụng cao"),
    # papers
    "PRACTICE": N_("Bài luyện tập"),
    "MODULE_TEST": N_("Bài kiểm tra chuyên đề"),
    "SURVEY": N_("Khảo sát kiến thức"),
    "FINAL": N_("Bài kiểm tra cuối khóa"),
    # views
    "duty": N_("Theo nơi làm việc"),
    "home": N_("Theo nơi quản lý hồ sơ"),
    "ALL": N_("Tất cả đối tượng"),
    # certificates
    "ISSUED": N_("Đang có hiệu lực"),
    "REPLACED": N_("Đã được thay thế"),
    "REVOKED": N_("Đã bị thu hồi"),
    "EXPIRED": N_("Đã hết hạn"),
    "ONLINE": N_("Trực tuyến"),
    "CLASS": N_("Tập trung"),
    "EXTERNAL": N_("Tại cơ sở khác"),
    "WRONG_COMPLETION": N_("Công nhận hoàn thành không đúng"),
    "DISHONESTY": N_("Gian lận trong học tập hoặc kiểm tra"),
    "ISSUED_IN_ERROR": N_("Cấp nhầm"),
    "PERSON_DATA_CORRECTED": N_("Sửa thông tin cá nhân"),
    # rounds
    "DRAFT": N_("Bản nháp"),
    "PLANNED": N_("Đã chốt danh sách"),
    "CANCELLED": N_("Đã hủy"),
    "SURVEY_ROUND": N_("Khảo sát"),
    "EXAM_ROUND": N_("Kiểm tra"),
    "CONTEST_ROUND": N_("Cuộc thi"),
    "NOT_BEGUN": N_("Chưa bắt đầu"),
    "READING": N_("Đang đọc"),
    "SAVING": N_("Đang lưu"),
    "SILENT": N_("Im lặng quá 1 phút"),
    "HANDED_IN": N_("Đã nộp"),
    "EXTEND_DECISION": N_("Thêm thời gian"),
    "MOVE_DECISION": N_("Đổi thời gian"),
    "ADD_DECISION": N_("Thêm vào danh sách"),
    "REMOVE_DECISION": N_("Đưa ra khỏi danh sách"),
    "END_DECISION": N_("Kết thúc sớm"),
    "CLOSE_DECISION": N_("Đóng đợt"),
    "CANCEL_DECISION": N_("Hủy đợt"),
    "ACCOUNT_NONE": N_("Chưa có tài khoản"),
    "ACCOUNT_WAITING": N_("Chờ kích hoạt"),
    "ACCOUNT_ACTIVE": N_("Đang dùng"),
    "ACCOUNT_SUSPENDED": N_("Tạm khóa"),
    "MODULE": N_("Theo chuyên đề"),
    "AREA": N_("Theo lĩnh vực cải cách"),
    "LEVEL": N_("Theo mức độ nhận thức"),
    "ISSUER_MISTAKE": N_("Sai sót của đơn vị cấp"),
}


def label(code: object) -> str:
    """Return what ``code`` is called in the reader's language; an unknown code as it is."""
    text = str(getattr(code, "value", code))
    known = LABELS.get(text)
    return translated(known) if known else text


def init_app(app: Flask) -> None:
    """Give templates the filter ``label``."""
    app.jinja_env.filters["label"] = label
