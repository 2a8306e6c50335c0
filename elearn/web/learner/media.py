"""Pictures of lessons and questions: addressed by their hash, kept by browsers for a year."""

from flask import Blueprint, Response, request

from elearn.curriculum.media import find_picture
from elearn.infra import storage
from elearn.infra.db import reading
from elearn.web.access import SIGNED_IN, access

blueprint = Blueprint("media", __name__)

# An SVG opened by itself is a document: it may style itself, and nothing else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@blueprint.get("/media/<sha256>/<name>")
@access(SIGNED_IN)
def show(sha256: str, name: str) -> Response:
    """Give a picture; what stands under an address never changes."""
    with reading() as session:
        picture = find_picture(session, sha256, name)
    response = Response(mimetype=picture.content_type)
    response.set_etag(picture.sha256)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _POLICY
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(storage.get(picture.storage_key))
    return response
