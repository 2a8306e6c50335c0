"""The question bank: search and filters."""

from flask import Blueprint, request

from elearn.authoring.catalogue.bank import (
    BankSearch,
    BankState,
    list_lessons,
    page_of_questions,
)
from elearn.authoring.catalogue.queries import list_modules
from elearn.infra.db import reading
from elearn.kernel.actor import Role
from elearn.kernel.errors import N_
from elearn.kernel.paging import page_request
from elearn.kernel.text import clean_line
from elearn.web.access import access, holds
from elearn.web.author.pages import page
from elearn.web.author.words import LEVELS, TYPES, choices
from elearn.web.identity import the_actor

blueprint = Blueprint("author_bank", __name__, template_folder="templates")
ROWS = 20
STATES = {
    BankState.PUBLISHED.value: N_("Đang xuất bản"),
    BankState.CHANGING.value: N_("Đang có bản nháp"),
    BankState.NEW.value: N_("Mới, chưa xuất bản"),
    BankState.RETIRED.value: N_("Đã ngừng dùng"),
}


def _search() -> BankSearch:
    state = request.args.get("state", "")
    return BankSearch(
        text=clean_line(request.args.get("q", ""))[:100],
        module_code=request.args.get("module", "")[:64],
        type=request.args.get("type", "")[:32],
        level=request.args.get("level", "")[:32],
        lesson=request.args.get("lesson", "")[:64],
        state=BankState(state) if state in BankState.__members__ else None,
    )


@blueprint.get("/author/questions")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def index() -> str:
    """List questions of all banks or of one."""
    search = _search()
    with reading() as session:
        found = page_of_questions(
            session, search, page_request(request.args.get("page", 1, type=int), ROWS)
        )
        modules = list_modules(session)
        lessons = list_lessons(session, search.module_code)
    return page(
        "author/bank.html",
        page=found,
        search=search,
        modules=modules,
        lessons=lessons,
        types=choices(TYPES),
        levels=choices(LEVELS),
        states=choices(STATES),
        args={
            "q": search.text,
            "module": search.module_code,
            "type": search.type,
            "level": search.level,
            "lesson": search.lesson,
            "state": search.state.value if search.state else "",
        },
        may_edit=the_actor().has_role(Role.AUTHOR),
    )
