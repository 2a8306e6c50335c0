"""What each kind of job is called and where its result is found."""

from collections.abc import Callable

from elearn.infra.jobs import JobView
from elearn.infra.models import JobState
from elearn.kernel.errors import N_
from elearn.web.words import translated

# kind, as in elearn.worker.handlers: (title, endpoint that takes job_id and gives the result)
KINDS: dict[str, tuple[str, str]] = {
    "certificates.bundle": (N_("Gói chứng nhận"), "hr_certificates.bundle_file"),
    "keys.preview": (N_("Xem trước việc sửa đáp án"), "keys.after_job"),
    "keys.regrade": (N_("Chấm lại theo đáp án đã sửa"), "keys.after_job"),
    "printing.build": (N_("Tạo bộ đề in"), "officer_printing.after_job"),
    "rounds.tally": (N_("Tổng hợp kết quả đợt làm bài"), "officer_rounds.after_job"),
    "questions.check": (N_("Kiểm tra tệp câu hỏi"), "author_imports.after_job"),
    "questions.apply": (N_("Nhập câu hỏi"), "author_imports.after_job"),
    "roster.check": (N_("Kiểm tra danh sách nhân sự"), "hr_roster.after_job"),
    "assessment.similarity": (
        N_("Tìm dấu hiệu trùng bài làm"),
        "officer_similarity.after_job",
    ),
    "assessment.statistics": (N_("Tính thống kê câu hỏi"), "author_statistics.after_job"),
    "roster.apply": (N_("Nhập danh sách nhân sự"), "hr_roster.after_job"),
}


def title_of(job: JobView) -> str:
    """Return the title of ``job`` in the reader's language."""
    known = KINDS.get(job.kind)
    return translated(known[0] if known else N_("Công việc"))


def url_of(job: JobView, url_for: Callable[..., str]) -> str | None:
    """Return the address of the result, None while there is none."""
    known = KINDS.get(job.kind)
    if known is None or job.state is not JobState.DONE:
        return None
    return url_for(known[1], job_id=job.id)
