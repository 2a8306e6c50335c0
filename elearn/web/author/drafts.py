"""Drafts as they are reviewed: what changed, what is wrong, how it reads; the acts on them."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from elearn.authoring.catalogue.queries import find_thing
from elearn.authoring.drafts import policy
from elearn.authoring.drafts.preview import preview
from elearn.authoring.drafts.queries import DraftSearch, DraftView, get_draft, page_of_drafts
from elearn.authoring.drafts.rules import EDITABLE, OPEN
from elearn.authoring.drafts.sections import differences
from elearn.authoring.models import DraftOrigin, DraftState
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import AppError, Conflict, Invalid
from elearn.kernel.paging import page_request
from elearn.web.access import access, holds
from elearn.web.author.editing import edit_url
from elearn.web.author.forms import PublishForm, ReturnForm, SubmitForm, whole
from elearn.web.author.pages import page
from elearn.web.author.words import STATES
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.words import _, translated
from elearn.workflows import author_content, review_content

blueprint = Blueprint("author_drafts", __name__, template_folder="templates")
READERS = (Role.AUTHOR, Role.REVIEWER)
ROWS = 20


@blueprint.get("/author/drafts")
@access(holds(*READERS))
def index() -> str:
    """List drafts, by state and by who wrote them."""
    state = request.args.get("state", "")
    is_mine = request.args.get("mine") == "1"
    search = DraftSearch(
        states=(DraftState(state),) if state in DraftState.__members__ else (),
        writer_id=the_actor().user_id if is_mine else None,
    )
    asked = page_request(request.args.get("page", 1, type=int), ROWS)
    with reading() as session:
        drafts = page_of_drafts(session, search, asked)
    return page(
        "author/drafts.html",
        page=drafts,
        states=[(each.value, translated(STATES[each][0])) for each in DraftState],
        state=state,
        is_mine=is_mine,
    )


@blueprint.get("/author/drafts/<int:draft_id>")
@access(holds(*READERS))
def show(draft_id: int) -> str:
    """Show the draft beside what is published, with the acts that are possible now."""
    return _page(draft_id)


def _page(
    draft_id: int,
    *,
    submit_form: SubmitForm | None = None,
    return_form: ReturnForm | None = None,
    error: AppError | None = None,
) -> str:
    actor = the_actor()
    with reading() as session:
        draft = get_draft(session, draft_id)
        thing = find_thing(session, draft.kind, draft.code)
        shown = preview(session, draft.code, draft.module_code, draft.content, day=today())
    published = thing.content if thing else None
    lock = {"lock_version": draft.lock_version}
    return page(
        "author/draft.html",
        draft=draft,
        thing=thing,
        preview=shown,
        changes=differences(published, draft.content),
        edit_url=edit_url(draft.kind, draft.code, draft),
        may_edit=actor.has_role(Role.AUTHOR) and draft.state in EDITABLE,
        may_withdraw=actor.has_role(Role.AUTHOR) and draft.state is DraftState.IN_REVIEW,
        may_discard=draft.state in EDITABLE and _may_discard(draft),
        may_review=policy.may_review(actor, draft.involved) and draft.state is DraftState.IN_REVIEW,
        is_open=draft.state in OPEN,
        submit_form=submit_form or SubmitForm(formdata=None, data=lock),
        return_form=return_form or ReturnForm(formdata=None),
        publish_form=PublishForm(formdata=None, data=lock),
        error=message_of(error) if error else None,
    )


def _may_discard(draft: DraftView) -> bool:
    return policy.may_discard(
        the_actor(), draft.involved, is_from_file=draft.origin is DraftOrigin.FILE
    )


def _back(draft_id: int, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("author_drafts.show", draft_id=draft_id))


@blueprint.post("/author/drafts/<int:draft_id>/submit")
@access(holds(Role.AUTHOR))
def submit(draft_id: int) -> Response | tuple[str, int]:
    """Send the draft for review."""
    form = SubmitForm()
    if not form.validate_on_submit():
        return _page(draft_id, submit_form=form), 422
    try:
        review_content.submit_for_review(
            the_actor(),
            draft_id,
            lock_version=whole(form.lock_version.data) or 0,
            change_note=(form.change_note.data or "").strip(),
            now=utc_now(),
        )
    except (Invalid, Conflict) as error:
        return _page(draft_id, submit_form=form, error=error), _status(error)
    return _back(draft_id, _("Đã gửi duyệt. Người thẩm định sẽ thấy ở trang Biên soạn của họ."))


def _status(error: AppError) -> int:
    return 422 if isinstance(error, Invalid) else 409


@blueprint.post("/author/drafts/<int:draft_id>/withdraw")
@access(holds(Role.AUTHOR))
def withdraw(draft_id: int) -> Response:
    """Take the draft back and go on writing."""
    review_content.withdraw(the_actor(), draft_id, now=utc_now())
    return _back(draft_id, _("Đã rút lại. Bạn có thể sửa tiếp."))


@blueprint.post("/author/drafts/<int:draft_id>/discard")
@access(holds(Role.AUTHOR))
def discard(draft_id: int) -> Response:
    """Throw the draft away."""
    author_content.discard(the_actor(), draft_id, now=utc_now())
    flash(_("Đã bỏ bản nháp. Nội dung đang xuất bản không thay đổi."), "success")
    return redirect(url_for("author.home"))


@blueprint.post("/author/drafts/<int:draft_id>/return")
@access(holds(Role.REVIEWER))
def send_back(draft_id: int) -> Response | tuple[str, int]:
    """Return the draft to its author with what must change."""
    form = ReturnForm()
    if not form.validate_on_submit():
        return _page(draft_id, return_form=form), 422
    try:
        review_content.send_back(
            the_actor(), draft_id, comment=(form.comment.data or "").strip(), now=utc_now()
        )
    except Conflict as error:
        return _page(draft_id, return_form=form, error=error), 409
    return _back(draft_id, _("Đã trả lại cho người biên soạn kèm nhận xét."))


@blueprint.post("/author/drafts/<int:draft_id>/publish")
@access(holds(Role.REVIEWER))
def publish(draft_id: int) -> Response | tuple[str, int]:
    """Publish the draft that the page showed."""
    form = PublishForm()
    form.validate_on_submit()
    try:
        number = review_content.publish(
            the_actor(),
            draft_id,
            lock_version=whole(form.lock_version.data) or 0,
            accept_outdated=bool(form.accept_outdated.data),
            now=utc_now(),
        )
    except (Invalid, Conflict) as error:
        return _page(draft_id, error=error), _status(error)
    return _back(draft_id, _("Đã xuất bản phiên bản %(number)s.", number=number))
