"""The administrator's first page: how many accounts there are, and what was done last."""

from flask import Blueprint, render_template

from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today
from elearn.kernel.paging import page_request
from elearn.org.audit_trail import AuditFilter, list_acts
from elearn.org.scope import scope_for
from elearn.org.users import count_users
from elearn.web.access import access, holds
from elearn.web.admin.acts import act_name, detail_text, subject_text
from elearn.web.identity import the_actor

blueprint = Blueprint("admin", __name__, template_folder="templates")
_LATEST = 10


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    """Give the templates of the audit trail their words."""
    return {"act_name": act_name, "detail_text": detail_text, "subject_text": subject_text}


@blueprint.get("/admin")
@access(holds(Role.ADMIN))
def home() -> str:
    """Show counts of accounts and the latest privileged acts."""
    scope = scope_for(the_actor(), Role.ADMIN, day=today())
    with reading() as session:
        counts = count_users(session, scope)
        latest = list_acts(session, scope, AuditFilter(), page_request(1, _LATEST))
    return render_template("admin/home.html", counts=counts, latest=latest.items)
