"""HR's own page: who of my unit is missing, and what each needs."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from elearn.coverage import missing
from elearn.coverage.board import list_programmes
from elearn.coverage.missing import Gap, MissingPerson, Search
from elearn.coverage.queries import ProgrammeInfo, get_programme
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.org.queries import list_units
from elearn.org.scope import scope_for
from elearn.web.access import access, holds
from elearn.web.downloads import shape_of, table_response
from elearn.web.identity import the_actor
from elearn.web.words import _

blueprint = Blueprint("hr", __name__, template_folder="templates")
HEADERS = (
    N_("Mã cán bộ"),
    N_("Họ và tên"),
    N_("Chức vụ"),
    N_("Mã đơn vị"),
    N_("Đơn vị"),
    N_("Đối tượng"),
    N_("Còn thiếu"),
)


def _programme(session: Session) -> ProgrammeInfo:
    code = request.args.get("programme")
    if not code:
        programmes = list_programmes(session)
        if not programmes:
            raise NotFound("coverage.no_programme", N_("Chưa có chương trình nào."))
        code = programmes[0][0]
    return get_programme(session, code)


def _search() -> Search:
    return Search(
        scope_for(the_actor(), Role.HR, day=today()),
        unit_code=request.args.get("unit") or None,
        text=clean_line(request.args.get("q", ""))[:100],
    )


def gap_text(gap: Gap) -> str:
    """Return in words what is missing of a module."""
    parts = []
    if gap.finished_count < gap.lesson_count:
        parts.append(_("học %(done)s/%(all)s bài", done=gap.finished_count, all=gap.lesson_count))
    if gap.test_passed is False:
        parts.append(_("chưa đạt bài kiểm tra"))
    return f"{gap.module_title}: {', '.join(parts)}" if parts else gap.module_title


@blueprint.get("/hr")
@access(holds(Role.HR))
def home() -> str:
    """List who of the own units counts and is not trained."""
    search = _search()
    with reading() as session:
        programme = _programme(session)
        page = missing.page_of_missing(
            session, programme, search, page_request(request.args.get("page", 1, type=int))
        )
        units = list_units(session, search.scope)
        programmes = list_programmes(session)
    return render_template(
        "hr/home.html",
        page=page,
        units=units,
        programme=programme,
        programmes=programmes,
        search=search,
        gap_text=gap_text,
        args={"programme": programme.code, "unit": search.unit_code or "", "q": search.text},
    )


def _cells(people: Iterator[MissingPerson]) -> Iterator[list[Value]]:
    for person in people:
        yield [
            person.code,
            person.full_name,
            person.title,
            person.unit_code,
            person.unit_name,
            ", ".join(person.groups),
            "; ".join(gap_text(gap) for gap in person.gaps),
        ]


@blueprint.get("/hr/missing/export")
@access(holds(Role.HR))
def export_missing() -> Response:
    """Give the list of the screen, all pages, as a file."""
    shape = shape_of(request.args)
    with reading() as session:
        people = missing.iter_missing(session, _programme(session), _search())
        return table_response(shape, "chua-hoan-thanh", HEADERS, _cells(people))
