"""The menu: what each role can open, in the order of its week."""

from dataclasses import dataclass

from flask import request, url_for

from elearn.assessment.marking.policy import MARKERS
from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_
from elearn.web.words import translated


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: endpoint, label, and the roles that see it (none: everybody)."""

    endpoint: str
    label: str
    prefix: str
    roles: tuple[Role, ...] = ()
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """A line of the menu as the template shows it."""

    label: str
    url: str
    current: bool


ENTRIES: tuple[Entry, ...] = (
    Entry("learner.my_modules", N_("Học tập"), "/learn", needs_person=True),
    Entry("practice.show", N_("Ôn tập"), "/practice", needs_person=True),
    Entry("certificates.own", N_("Chứng nhận"), "/certificates", needs_person=True),
    Entry("hr.home", N_("Nhân sự"), "/hr", (Role.HR,)),
    Entry(
        "coverage.show", N_("Độ phủ"), "/coverage", (Role.HR, Role.LEADER, Role.PROGRAMME_OFFICER)
    ),
    Entry("rounds.browse", N_("Đợt làm bài"), "/rounds", (Role.HR, Role.LEADER)),
    Entry("officer.home", N_("Chương trình"), "/officer", (Role.PROGRAMME_OFFICER,)),
    Entry("author.home", N_("Biên soạn"), "/author", (Role.AUTHOR, Role.REVIEWER)),
    Entry("essays.queue", N_("Chấm thi"), "/marking", MARKERS),
    Entry("admin.home", N_("Quản trị"), "/admin", (Role.ADMIN,)),
)


# The tabs of a section, by the first word of its addresses; a line per topic.
SECTIONS: dict[str, tuple[Entry, ...]] = {
    "/hr": (
        Entry("hr.home", N_("Tổng quan"), "/hr", (Role.HR,)),
        Entry("hr_accounts.show_list", N_("Tài khoản"), "/hr/accounts", (Role.HR,)),
        Entry("hr_roster.show", N_("Nhập danh sách"), "/hr/roster", (Role.HR,)),
        Entry("hr_certificates.browse", N_("Chứng nhận"), "/hr/certificates", (Role.HR,)),
        Entry("practice.show_use", N_("Ôn tập"), "/practice/use", (Role.HR,)),
    ),
    "/officer": (
        Entry("officer.home", N_("Tổng quan"), "/officer", (Role.PROGRAMME_OFFICER,)),
        Entry("hr_roster.show", N_("Nhập danh sách"), "/hr/roster", (Role.PROGRAMME_OFFICER,)),
        Entry(
            "officer_rounds.browse",
            N_("Đợt làm bài"),
            "/officer/rounds",
            (Role.PROGRAMME_OFFICER,),
        ),
        Entry(
            "officer_attempts.search",
            N_("Lượt làm bài"),
            "/officer/attempts",
            (Role.PROGRAMME_OFFICER,),
        ),
        Entry(
            "officer_rescue.upload",
            N_("Tệp cứu bài"),
            "/officer/rescue",
            (Role.PROGRAMME_OFFICER,),
        ),
        Entry(
            "officer_certificates.browse",
            N_("Sổ cấp chứng nhận"),
            "/officer/certificates",
            (Role.PROGRAMME_OFFICER,),
        ),
        Entry(
            "officer_printing.show_list",
            N_("In đề"),
            "/officer/printing",
            (Role.PROGRAMME_OFFICER,),
        ),
        Entry(
            "author_statistics.index",
            N_("Thống kê"),
            "/author/statistics",
            (Role.PROGRAMME_OFFICER,),
        ),
    ),
    "/author": (
        Entry("author.home", N_("Tổng quan"), "/author", (Role.AUTHOR, Role.REVIEWER)),
        Entry(
            "author_bank.index",
            N_("Ngân hàng câu hỏi"),
            "/author/questions",
            (Role.AUTHOR, Role.REVIEWER),
        ),
        Entry("author_imports.index", N_("Nhập câu hỏi"), "/author/imports", (Role.AUTHOR,)),
        Entry(
            "author_exports.index",
            N_("Xuất câu hỏi"),
            "/author/exports",
            (Role.AUTHOR, Role.REVIEWER),
        ),
        Entry(
            "author_papers.index",
            N_("Đề kiểm tra"),
            "/author/papers",
            (Role.AUTHOR, Role.REVIEWER),
        ),
        Entry(
            "author_drafts.index",
            N_("Các bản nháp"),
            "/author/drafts",
            (Role.AUTHOR, Role.REVIEWER),
        ),
        Entry(
            "author_reports.index",
            N_("Báo lỗi câu hỏi"),
            "/author/reports",
            (Role.AUTHOR, Role.REVIEWER),
        ),
        Entry(
            "author_statistics.index",
            N_("Thống kê"),
            "/author/statistics",
            (Role.AUTHOR, Role.REVIEWER),
        ),
    ),
    "/marking": (
        Entry("essays.queue", N_("Chấm tự luận"), "/marking/essays", MARKERS),
        Entry("reviews.index", N_("Phúc khảo"), "/marking/reviews", (Role.PROGRAMME_OFFICER,)),
        Entry("keys.index", N_("Sửa đáp án"), "/marking/keys", MARKERS),
    ),
    "/admin": (
        Entry("admin.home", N_("Tổng quan"), "/admin", (Role.ADMIN,)),
        Entry("admin_users.show_list", N_("Người dùng"), "/admin/users", (Role.ADMIN,)),
        Entry("hr_roster.show", N_("Nhập danh sách"), "/hr/roster", (Role.ADMIN,)),
        Entry("admin_audit.show_list", N_("Nhật ký"), "/admin/audit", (Role.ADMIN,)),
    ),
}


def _sees(entry: Entry, actor: Actor) -> bool:
    if entry.needs_person and actor.person_id is None:
        return False
    return not entry.roles or actor.has_role(*entry.roles)


def entries_for(actor: Actor) -> list[Entry]:
    """Return the lines that ``actor`` sees."""
    return [entry for entry in ENTRIES if _sees(entry, actor)]


# Where somebody lands: the page of the weightiest role, else that of the learner.
LANDING: dict[str, tuple[Role, ...]] = {
    "admin.home": (Role.ADMIN,),
    "officer.home": (Role.PROGRAMME_OFFICER,),
    "coverage.show": (Role.LEADER,),
    "hr.home": (Role.HR,),
    "author.home": (Role.REVIEWER, Role.AUTHOR),
}


def landing_endpoint(actor: Actor) -> str:
    """Return the page that answers the first question of ``actor`` (design.md section 8)."""
    for endpoint, roles in LANDING.items():
        if actor.has_role(*roles):
            return endpoint
    return "auth.account" if actor.person_id is None else "learner.my_modules"


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def _shown(entries: list[Entry]) -> list[NavItem]:
    """Return ``entries`` as shown; the one with the longest matching prefix is current."""
    matching = [entry.prefix for entry in entries if _is_under(request.path, entry.prefix)]
    current = max(matching, key=len, default=None)
    return [
        NavItem(translated(entry.label), url_for(entry.endpoint), entry.prefix == current)
        for entry in entries
    ]


def section_tabs(actor: Actor | None) -> list[NavItem]:
    """Return the tabs of the section of the present request; none where there is only one."""
    if actor is None:
        return []
    for prefix, entries in SECTIONS.items():
        if _is_under(request.path, prefix):
            seen = [entry for entry in entries if _sees(entry, actor)]
            return _shown(seen) if len(seen) > 1 else []
    return []


def nav_items(actor: Actor | None) -> list[NavItem]:
    """Return the menu of ``actor`` for the present request."""
    return [] if actor is None else _shown(entries_for(actor))
