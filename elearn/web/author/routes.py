"""Home of trainers and reviewers: what waits for me; modules with their lessons and banks."""

from flask import Blueprint

from elearn.authoring.catalogue.queries import get_module, list_modules
from elearn.authoring.drafts.queries import DraftLine, DraftSearch, page_of_drafts
from elearn.authoring.models import DraftOrigin, DraftState
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.paging import Page, PageRequest
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.identity import the_actor

blueprint = Blueprint("author", __name__, template_folder="templates")
READERS = (Role.AUTHOR, Role.REVIEWER)
SHOWN = PageRequest(1, 10)


@blueprint.get("/author")
@access(holds(*READERS))
def home() -> str:
    """Show what waits for the actor, what was published lately, and the modules."""
    actor = the_actor()
    me = actor.user_id
    nothing: Page[DraftLine] = Page([], 1, SHOWN.size, 0)
    is_author, is_reviewer = actor.has_role(Role.AUTHOR), actor.has_role(Role.REVIEWER)
    to_review = DraftSearch(states=(DraftState.IN_REVIEW,), not_writer_id=me)
    returned = DraftSearch(states=(DraftState.RETURNED,), writer_id=me)
    own = DraftSearch(states=(DraftState.EDITING, DraftState.IN_REVIEW), writer_id=me)
    from_files = DraftSearch(states=(DraftState.EDITING,), untouched_origin=DraftOrigin.FILE)
    published = DraftSearch(states=(DraftState.PUBLISHED,))
    with reading() as session:
        return page(
            "author/home.html",
            to_review=page_of_drafts(session, to_review, SHOWN) if is_reviewer else nothing,
            returned=page_of_drafts(session, returned, SHOWN) if is_author else nothing,
            own=page_of_drafts(session, own, SHOWN) if is_author else nothing,
            from_files=page_of_drafts(session, from_files, SHOWN) if is_author else nothing,
            published=page_of_drafts(session, published, PageRequest(1, 5)),
            modules=list_modules(session),
            is_reviewer=is_reviewer,
        )


@blueprint.get("/author/modules/<code>")
@access(holds(*READERS))
def module(code: str) -> str:
    """Show a module: its lessons, its bank, its pictures."""
    with reading() as session:
        return page(
            "author/module.html",
            module=get_module(session, code),
            may_edit=the_actor().has_role(Role.AUTHOR),
        )
