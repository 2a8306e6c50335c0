"""The words of authors' pages: states, acts, levels, types and areas."""

from elearn.assessment.models import FeedbackRule, Level, PaperKind
from elearn.authoring.models import DraftAct, DraftKind, DraftState
from elearn.kernel.errors import N_
from elearn.web.words import translated

SKILLS = {
    "S1": N_("Lập kế hoạch cải cách hành chính"),
    "S2": N_("Theo dõi, đánh giá"),
    "S3": N_("Báo cáo cải cách hành chính"),
    "S4": N_("Thông tin, tuyên truyền"),
    "S5": N_("Điều tra xã hội học, đo mức độ hài lòng"),
    "S6": N_("Hoạch định chính sách"),
    "S7": N_("Quản lý sự thay đổi"),
    "S8": N_("Quản lý theo kết quả"),
}
AREAS = {
    "PAR_INSTITUTIONS": N_("Cải cách thể chế"),
    "PAR_PROCEDURES": N_("Cải cách thủ tục hành chính"),
    "PAR_APPARATUS": N_("Cải cách tổ chức bộ máy"),
    "PAR_CIVIL_SERVICE": N_("Cải cách chế độ công vụ"),
    "PAR_PUBLIC_FINANCE": N_("Cải cách tài chính công"),
    "PAR_DIGITAL_GOV": N_("Chính quyền điện tử, Chính quyền số"),
}
LEVELS = {
    Level.RECALL.value: N_("Nhận biết"),
    Level.UNDERSTAND.value: N_("Thông hiểu"),
    Level.APPLY.value: N_("Vận dụng"),
    Level.APPLY_HIGH.value: N_("Vận dụng cao"),
}
TYPES = {
    "single_choice": N_("Một phương án đúng"),
    "multiple_choice": N_("Nhiều phương án đúng"),
    "true_false": N_("Đúng hay sai"),
    "matching": N_("Ghép đôi"),
    "ordering": N_("Sắp xếp"),
    "short_text": N_("Trả lời ngắn"),
    "numeric": N_("Trả lời bằng số"),
    "cloze": N_("Điền vào chỗ trống"),
    "essay": N_("Tự luận"),
    "case": N_("Tình huống"),
}
PAPER_KINDS = {
    PaperKind.PRACTICE.value: N_("Luyện tập"),
    PaperKind.MODULE_TEST.value: N_("Kiểm tra chuyên đề"),
    PaperKind.SURVEY.value: N_("Khảo sát"),
    PaperKind.FINAL.value: N_("Kiểm tra cuối khóa"),
}
FEEDBACKS = {
    FeedbackRule.AFTER_SUBMIT.value: N_("Ngay sau khi nộp bài"),
    FeedbackRule.AFTER_CLOSE.value: N_("Sau khi đợt thi đóng"),
    FeedbackRule.NEVER.value: N_("Không cho xem"),
}
DRAFT_KINDS = {
    DraftKind.LESSON.value: N_("Bài học"),
    DraftKind.QUESTION.value: N_("Câu hỏi"),
    DraftKind.PAPER.value: N_("Đề kiểm tra"),
}
SCORINGS = {
    "all_or_nothing": N_("Đúng hết mới được điểm"),
    "partial": N_("Được điểm theo phần đúng"),
}
MATCHES = {
    "folded": N_("Bỏ qua chữ hoa, dấu và khoảng trắng"),
    "exact": N_("Đúng từng chữ, cả dấu và chữ hoa"),
}
STATES = {
    DraftState.EDITING: (N_("Đang soạn"), "secondary"),
    DraftState.IN_REVIEW: (N_("Chờ duyệt"), "primary"),
    DraftState.RETURNED: (N_("Bị trả lại"), "warning"),
    DraftState.PUBLISHED: (N_("Đã xuất bản"), "success"),
    DraftState.DISCARDED: (N_("Đã bỏ"), "secondary"),
}
ACTS = {
    DraftAct.OPENED: N_("Mở bản nháp"),
    DraftAct.SUBMITTED: N_("Gửi duyệt"),
    DraftAct.WITHDRAWN: N_("Rút lại để sửa tiếp"),
    DraftAct.RETURNED: N_("Trả lại kèm nhận xét"),
    DraftAct.PUBLISHED: N_("Xuất bản"),
    DraftAct.DISCARDED: N_("Bỏ bản nháp"),
}


def state_text(state: DraftState) -> str:
    """Return the name of ``state`` in the reader's language."""
    return translated(STATES[state][0])


def state_tone(state: DraftState) -> str:
    """Return the tone of the badge of ``state``."""
    return STATES[state][1]


def choices(words: dict[str, str]) -> list[tuple[str, str]]:
    """Return ``words`` as choices of a select field in the reader's language."""
    return [(value, translated(label)) for value, label in words.items()]
