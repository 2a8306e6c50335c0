"""Certificates of HR's people: list, single files, all of them as one ZIP, the list as a table."""

from collections.abc import Iterator

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context
from flask import url_for as address_of
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from elearn.certificates import queries
from elearn.certificates.policy import hr_reach
from elearn.certificates.queries import CertificateView
from elearn.certificates.rules import CertificateState
from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.org.queries import list_unit_nodes
from elearn.web.access import access, holds
from elearn.web.certificate_filters import selection_of, without_empty
from elearn.web.downloads import shape_of, table_response
from elearn.web.identity import the_actor
from elearn.web.labels import label
from elearn.workflows import certificate_files
from elearn.workflows.certificate_files import filters_of

blueprint = Blueprint(
    "hr_certificates", __name__, url_prefix="/hr/certificates", template_folder="templates"
)
HEADERS = (
    N_("Số hiệu"),
    N_("Họ và tên"),
    N_("Đơn vị khi hoàn thành"),
    N_("Chương trình"),
    N_("Ngày hoàn thành"),
    N_("Ngày cấp"),
    N_("Tình trạng"),
)
# A longer list to choose from helps nobody on a phone.
_UNITS_SHOWN = 150


@blueprint.get("")
@access(holds(Role.HR))
def browse() -> str:
    """Show the certificates of the people of HR's subtree."""
    reach = hr_reach(the_actor(), today())
    selection = selection_of(request.args)
    with reading() as session:
        filters = filters_of(session, reach, selection)
        page = queries.search(
            session, reach, filters, page_request(request.args.get("page", 1, int))
        )
        units = list_unit_nodes(session, reach.people)
        shown = [node for node in units if len(units) <= _UNITS_SHOWN or node.depth <= 1]
        return render_template(
            "hr/certificates.html",
            page=page,
            units=shown,
            programmes=queries.list_programmes(session, reach),
            years=queries.list_years(session, reach),
            states=list(CertificateState),
            selection=selection,
            args=without_empty(selection),
        )


def _row(found: CertificateView) -> tuple[Value, ...]:
    printed = found.printed
    return (
        found.serial,
        printed.full_name,
        printed.unit_name,
        printed.programme_title,
        printed.completed_on,
        printed.issued_on,
        label(found.state),
    )


def _rows(args: MultiDict[str, str]) -> Iterator[tuple[Value, ...]]:
    reach = hr_reach(the_actor(), today())
    with reading() as session:
        filters = filters_of(session, reach, selection_of(args))
        for found in queries.iter_matching(session, reach, filters):
            yield _row(found)


@blueprint.get("/export")
@access(holds(Role.HR))
def export() -> Response:
    """Give the list, with the filters of the screen, as a table."""
    return table_response(shape_of(request.args), "chung-nhan", HEADERS, _rows(request.args))


@blueprint.post("/bundle")
@access(holds(Role.HR))
def request_bundle() -> BaseResponse:
    """Ask for the files of the list as one ZIP; the page of the job follows."""
    job_id = certificate_files.request_bundle(
        the_actor(), selection_of(request.form), now=utc_now()
    )
    return redirect(address_of("jobs.show", job_id=job_id), 303)


@blueprint.get("/bundles/<int:job_id>")
@access(holds(Role.HR))
def bundle_file(job_id: int) -> Response:
    """Give the ZIP to the person who asked for it."""
    file = certificate_files.open_bundle(the_actor(), job_id, now=utc_now())
    response = Response(stream_with_context(file.pieces), content_type="application/zip")
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Cache-Control"] = "no-store"
    return response
