"""The bulletin of a round over HTTP: public, without identity, one read a second and process."""

import time
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify

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


@blueprint.get("/rounds/<int(max=2147483647):round_id>/bulletin")
@access(PUBLIC)
def show(round_id: int) -> Response:
    """Return ``{"bulletin": n}``; shared caches may keep it for a second."""
    number = board.number(round_id)
    if number is None:
        raise NotFound("assessment.round", N_("Không có đợt làm bài này."))
    response = jsonify(bulletin=number)
    response.headers["Cache-Control"] = f"public, max-age={int(FRESH_SECONDS)}"
    return response
