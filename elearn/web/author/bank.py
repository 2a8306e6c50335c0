"""The question bank: search, filters that live in the address, tables to take home, usage."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from elearn.authoring.catalogue.bank import (
    QuestionLine,
    iter_questions,
    list_lessons,
    page_of_questions,
)
from elearn.authoring.catalogue.queries import list_modules
from elearn.authoring.catalogue.search import BankSearch, BankState, Sign
from elearn.authoring.catalogue.usage import where_used
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_, AppError
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.author.statistics_words import correlation, share
from elearn.web.author.words import AREAS, LEVELS, SKILLS, TYPES, choices
from elearn.web.downloads import shape_of, table_response
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows.retag_questions import MOST_AT_ONCE, Labels, Retagged, retag

blueprint = Blueprint("author_bank", __name__, template_folder="templates")
readers = holds(Role.AUTHOR, Role.REVIEWER)
ROWS = 20
LONGEST = 200
STATES = {
    BankState.PUBLISHED.value: N_("Đang xuất bản"),
    BankState.CHANGING.value: N_("Đang có bản nháp"),
    BankState.NEW.value: N_("Mới, chưa xuất bản"),
    BankState.RETIRED.value: N_("Đã ngừng dùng"),
}
SIGNS = {
    Sign.LOOK.value: N_("Cần xem lại"),
    Sign.INVERSE.value: N_("Phân biệt ngược"),
    Sign.WEAK.value: N_("Phân biệt kém"),
    Sign.EASY.value: N_("Quá dễ"),
    Sign.HARD.value: N_("Quá khó"),
    Sign.LEAKED.value: N_("Có thể đã lộ"),
    Sign.GOOD.value: N_("Phân biệt tốt"),
    Sign.FEW.value: N_("Ít người làm"),
}
E = TypeVar("E", bound=StrEnum)


def _known(kind: type[E], values: Iterable[str]) -> tuple[E, ...]:
    return tuple(kind(value) for value in values if value in kind.__members__)


def _short(name: str, length: int = 64) -> str:
    return clean_line(request.args.get(name, ""))[:length]


def _several(name: str) -> tuple[str, ...]:
    values = (clean_line(value)[:32] for value in request.args.getlist(name)[:20])
    return tuple(value for value in values if value)


def _search() -> BankSearch:
    return BankSearch(
        text=_short("q", LONGEST),
        module_code=_short("module"),
        types=_several("type"),
        levels=_several("level"),
        lesson=_short("lesson"),
        areas=_several("area"),
        skills=_several("skill"),
        citation=_short("citation", 100),
        states=_known(BankState, request.args.getlist("state")),
        signs=_known(Sign, request.args.getlist("sign")),
        is_outdated=request.args.get("outdated") == "1",
        is_double=request.args.get("double") == "1",
        is_any=request.args.get("match") == "any",
    )


def _address(search: BankSearch) -> dict[str, Any]:
    """Return the arguments of the address that asks for ``search`` again."""
    asked = {
        "q": search.text,
        "module": search.module_code,
        "type": search.types,
        "level": search.levels,
        "lesson": search.lesson,
        "area": search.areas,
        "skill": search.skills,
        "citation": search.citation,
        "state": [state.value for state in search.states],
        "sign": [sign.value for sign in search.signs],
        "outdated": "1" if search.is_outdated else "",
        "double": "1" if search.is_double else "",
        "match": "any" if search.is_any else "",
    }
    return {name: value for name, value in asked.items() if value}


@blueprint.get("/author/questions")
@access(readers)
def index() -> str:
    """List questions of all banks or of one."""
    search = _search()
    with reading() as session:
        found = page_of_questions(
            session,
            search,
            page_request(request.args.get("page", 1, type=int), ROWS),
            on=today(),
        )
        modules = list_modules(session)
        lessons = list_lessons(session, search.module_code)
    args = _address(search)
    return page(
        "author/bank.html",
        page=found,
        search=search,
        modules=modules,
        lessons=lessons,
        choices_of={
            "type": choices(TYPES),
            "level": choices(LEVELS),
            "area": choices(AREAS),
            "skill": [(code, f"{code}. {name}") for code, name in choices(SKILLS)],
            "state": choices(STATES),
            "sign": choices(SIGNS),
        },
        args=args,
        refined=len(args.keys() - {"q", "module", "lesson", "match"}),
        share=share,
        correlation=correlation,
        may_edit=the_actor().has_role(Role.AUTHOR),
    )


_HEADERS = (
    N_("Mã"), N_("Chuyên đề"), N_("Bài học"), N_("Loại"), N_("Mức độ"), N_("Lĩnh vực"),
    N_("Kỹ năng"), N_("Văn bản viện dẫn"), N_("Trạng thái"), N_("Phiên bản"), N_("Câu hỏi"),
    N_("Số lượt"), N_("Tỷ lệ điểm đạt (%)"), N_("Độ phân biệt"),
)  # fmt: skip


@blueprint.get("/author/questions/export")
@access(readers)
def export() -> Response:
    """Hand out every question of the same search as a table."""
    shape = shape_of(request.args)
    with reading() as session:
        lines = list(iter_questions(session, _search(), on=today()))
    return table_response(shape, "ngan-hang-cau-hoi", _HEADERS, _rows(lines))


def _rows(lines: Iterable[QuestionLine]) -> Iterator[list[Value]]:
    for line in lines:
        yield [
            line.code,
            line.module_code,
            line.lesson,
            line.type,
            line.level,
            line.area,
            ", ".join(line.skills),
            ", ".join(line.citations),
            translated(STATES[line.state.value]),
            line.number,
            line.stem,
            line.n,
            None if line.facility is None else round(100 * line.facility, 1),
            None if line.discrimination is None else round(line.discrimination, 2),
        ]


@blueprint.get("/author/questions/<code>/usage")
@access(readers)
def usage(code: str) -> str:
    """Show which papers, rounds, attempts and lessons use a question."""
    with reading() as session:
        found = where_used(session, code)
    return page("author/usage.html", code=code, usage=found)


@blueprint.get("/author/questions/retag")
@access(holds(Role.AUTHOR))
def choose_labels() -> str:
    """Ask which labels the chosen questions are to have."""
    return _retag_page(request.args.getlist("code"), request.args, None)


def _retag_page(codes: list[str], given: MultiDict[str, str], problem: str | None) -> str:
    with reading() as session:
        lessons = list_lessons(session)
    return page(
        "author/retag.html",
        codes=sorted(set(codes))[: MOST_AT_ONCE + 1],
        most=MOST_AT_ONCE,
        lessons=lessons,
        levels=choices(LEVELS),
        areas=choices(AREAS),
        skills=choices(SKILLS),
        given=given,
        problem=problem,
    )


@blueprint.post("/author/questions/retag")
@access(holds(Role.AUTHOR))
def give_labels() -> tuple[str, int] | BaseResponse:
    """Send drafts with the new labels to the reviewers."""
    form = request.form
    codes = form.getlist("code")
    area = form.get("area", "")
    labels = Labels(
        level=form.get("level") or None,
        lesson=form.get("lesson") or None,
        area="" if area == "-" else area if area in AREAS else None,
        add_skills=tuple(skill for skill in form.getlist("add") if skill in SKILLS),
        drop_skills=tuple(skill for skill in form.getlist("drop") if skill in SKILLS),
    )
    try:
        done = retag(the_actor(), codes, labels, form.get("note", "")[:500], now=utc_now())
    except AppError as error:
        return _retag_page(codes, form, message_of(error)), 422
    _tell(done)
    return redirect(url_for("author_drafts.index"))


def _tell(done: Retagged) -> None:
    if done.submitted:
        flash(_("Đã gửi duyệt %(count)s bản nháp.", count=len(done.submitted)), "success")
    for codes, message in (
        (done.busy, N_("Đang có bản nháp nên để nguyên: %(codes)s.")),
        (done.unchanged, N_("Đã có sẵn nhãn này: %(codes)s.")),
        (done.unfit, N_("Chưa xuất bản, đã ngừng dùng hoặc thuộc chuyên đề khác: %(codes)s.")),
    ):
        if codes:
            flash(translated(message, codes=", ".join(codes)), "warning")
