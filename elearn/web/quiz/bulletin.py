"""The bulletin of a round over HTTP: public, without identity, one read a second and process.

Three thousand pages look at it every three or four seconds. While the number is fresh it is
answered before Flask begins, which takes some microseconds; a proxy in front may keep it too
(deploy/nginx.conf).
"""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.blueprints import BlueprintSetupState

from elearn.assessment.rounds.bulletin import find_number
from elearn.infra.db import reading
from elearn.kernel.errors import N_, NotFound
from elearn.web.access import PUBLIC, access

blueprint = Blueprint("bulletin", __name__)

# Pages look every 3 to 4 s; together with this an extension is seen within 5 s.
FRESH_SECONDS = 1.0
_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read and until when (of ``time.monotonic``) it is not read again."""

    number: int | None
    until: float


class Board:
    """The numbers read lately, by round; unknown rounds too, so that guessing costs no reads."""

    def __init__(self) -> None:
        self._kept: dict[int, _Read] = {}

    def fresh(self, round_id: int) -> int | None:
        """Return the number of the round if it need not be read anew."""
        kept = self._kept.get(round_id)
        return kept.number if kept is not None and kept.until > time.monotonic() else None

    def number(self, round_id: int) -> int | None:
        """Return the number of the round, at most FRESH_SECONDS old."""
        now = time.monotonic()
        kept = self._kept.get(round_id)
        if kept is None or kept.until <= now:
            with reading() as session:
                kept = _Read(find_number(session, round_id), now + FRESH_SECONDS)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[round_id] = kept
        return kept.number

    def forget(self) -> None:
        """Read everything anew."""
        self._kept.clear()


board = Board()
_ADDRESS = re.compile(r"/rounds/([1-9][0-9]{0,9})/bulletin")
_CACHED = f"public, max-age={int(FRESH_SECONDS)}"


class Front:
    """WSGI: answers what is fresh on the board, leaves all else to ``inner``."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - any WSGI application
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        found = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        is_asked = found is not None and environ["REQUEST_METHOD"] == "GET"
        number = board.fresh(int(found[1])) if found is not None and is_asked else None
        if number is None:
            answer: Iterable[bytes] = self._inner(environ, start)
            return answer
        body = b'{"bulletin":%d}\n' % number
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Cache-Control": _CACHED,
            "X-Content-Type-Options": "nosniff",
        }
        start("200 OK", list(headers.items()))
        return [body]


def _stand_in_front(state: BlueprintSetupState) -> None:
    site: Any = state.app
    site.wsgi_app = Front(site.wsgi_app)


blueprint.record_once(_stand_in_front)


@blueprint.get("/rounds/<int(max=2147483647):round_id>/bulletin")
@access(PUBLIC)
def show(round_id: int) -> Response:
    """Return ``{"bulletin": n}``; shared caches may keep it for a second."""
    number = board.number(round_id)
    if number is None:
        raise NotFound("assessment.round", N_("Không có đợt làm bài này."))
    response = jsonify(bulletin=number)
    response.headers["Cache-Control"] = _CACHED
    return response
