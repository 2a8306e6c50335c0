"""Pictures of a module: what there is with the Markdown to insert, and uploading."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from elearn.authoring.catalogue.queries import ModuleView, get_module
from elearn.curriculum.media import address, current_media
from elearn.infra.db import reading
from elearn.infra.uploads import MAX_BYTES
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Invalid, TooMany
from elearn.kernel.text import clean_line
from elearn.web.access import access, holds
from elearn.web.author.forms import PictureForm
from elearn.web.author.pages import page
from elearn.web.errors import message_of
from elearn.web.identity import the_actor
from elearn.web.words import _
from elearn.workflows.author_pictures import add_picture

blueprint = Blueprint("author_pictures", __name__, template_folder="templates")


@blueprint.get("/author/modules/<module>/pictures")
@access(holds(Role.AUTHOR, Role.REVIEWER))
def show(module: str) -> str:
    """Show the pictures, the newest first."""
    return _page(module, PictureForm(formdata=None))


def _page(module_code: str, form: PictureForm) -> str:
    with reading() as session:
        module: ModuleView = get_module(session, module_code)
        media = current_media(session, [module.module_id]).get(module.module_id, {})
    newest = sorted(media.values(), key=lambda each: (each.added_at, each.id), reverse=True)
    return page(
        "author/pictures.html",
        module=module,
        form=form,
        pictures=[
            {
                "name": each.name,
                "url": address(each.sha256, each.name),
                "width": each.width,
                "height": each.height,
                "kilobytes": -(-each.byte_count // 1024),
                "added_at": each.added_at,
            }
            for each in newest
        ],
        may_edit=the_actor().has_role(Role.AUTHOR),
    )


@blueprint.post("/author/modules/<module>/pictures")
@access(holds(Role.AUTHOR))
def upload(module: str) -> Response | tuple[str, int]:
    """Take a picture, or say why not."""
    form = PictureForm()
    if not form.validate_on_submit():
        return _page(module, form), 422
    file = form.picture.data
    name = clean_line(form.name.data or "") or clean_line(file.filename or "")
    try:
        # One byte more than allowed is enough to know that the file is too large.
        stored = add_picture(
            the_actor(), module, name, file.stream.read(MAX_BYTES + 1), now=utc_now()
        )
    except (Invalid, Conflict, TooMany) as error:
        form.picture.errors = [message_of(error)]
        return _page(module, form), 429 if isinstance(error, TooMany) else 422
    flash(_("Đã thêm hình %(name)s.", name=stored), "success")
    return redirect(url_for("author_pictures.show", module=module))
