"""The administrator's page of the audit trail."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, render_template, request

from elearn.infra.db import reading
from elearn.infra.tabular import Value
from elearn.kernel.actor import Role
from elearn.kernel.clock import today
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.org.audit_trail import AuditFilter, AuditLine, iter_acts, list_acts
from elearn.org.scope import UnitScope, scope_for
from elearn.web.access import access, holds
from elearn.web.admin.acts import AREAS, act_name, detail_text, subject_text
from elearn.web.downloads import shape_of, table_response
from elearn.web.identity import the_actor
from elearn.web.words import _

blueprint = Blueprint(
    "admin_audit", __name__, url_prefix="/admin/audit", template_folder="templates"
)
HEADERS = (
    N_("Thời điểm"),
    N_("Người thực hiện"),
    N_("Việc"),
    N_("Liên quan đến"),
    N_("Lý do"),
    N_("Chi tiết"),
)
_MOST_ROWS = 50_000


def _scope() -> UnitScope:
    return scope_for(the_actor(), Role.ADMIN, day=today())


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _chosen() -> AuditFilter:
    area = request.args.get("area", "")
    return AuditFilter(
        area=area if area in AREAS else "",
        actor=clean_line(request.args.get("actor", ""))[:100],
        first=_day("first"),
        last=_day("last"),
    )


@blueprint.get("")
@access(holds(Role.ADMIN))
def show_list() -> str:
    """List privileged acts, the latest first."""
    chosen = _chosen()
    asked = page_request(request.args.get("page", 1, type=int))
    with reading() as session:
        page = list_acts(session, _scope(), chosen, asked)
    args = {
        "area": chosen.area or None,
        "actor": chosen.actor or None,
        "first": chosen.first,
        "last": chosen.last,
    }
    return render_template("admin/audit.html", page=page, chosen=chosen, args=args, areas=AREAS)


def _rows(lines: Iterator[AuditLine]) -> Iterator[tuple[Value, ...]]:
    for line in lines:
        yield (
            line.at,
            line.actor or _("Hệ thống"),
            act_name(line.act),
            subject_text(line),
            line.reason,
            detail_text(line),
        )


@blueprint.get("/export")
@access(holds(Role.ADMIN))
def export() -> Response:
    """Give the acts of the present filter as a file."""
    with reading() as session:
        lines = iter_acts(session, _scope(), _chosen(), _MOST_ROWS)
        return table_response(shape_of(request.args), "nhat-ky", HEADERS, _rows(lines))
