"""Rescue files: answers that a page could not send, brought in by the programme officer.

The page encrypts what waits in its queue for the site (static/js/attempt/rescue.js). The officer
uploads the file; its events are stored by the answer protocol as if the page had sent them now:
a uuid is stored once, what comes after the deadline is late and waits for his decision.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries, saves
from elearn.assessment.attempt_queries import AttemptHead
from elearn.assessment.domain.protocol import MOST_EVENTS, Save, parse_save
from elearn.assessment.models import AnswerStatus
from elearn.infra import audit, sealing
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Forbidden, Invalid, NotFound
from elearn.org.queries import PersonCard, person_card
from elearn.org.scope import scope_for

FORMAT = "elearn-rescue"
MOST_BYTES = 1024 * 1024
_FIELDS = frozenset({"attempt", "pass", "made_at", "events"})
_EVENT = frozenset({"uuid", "item", "client_seq", "value", "epoch"})


@dataclass(frozen=True, slots=True)
class RescueFile:
    """An opened file: whose page made it, and the saves it asks for, by epoch."""

    attempt_id: int
    stamp: object
    made_at: str
    saves: tuple[Save, ...]


@dataclass(frozen=True, slots=True)
class Rescue:
    """What a file holds and what became, or would become, of it."""

    card: PersonCard
    head: AttemptHead
    made_at: str
    known: int
    stored: int
    late: int
    superseded: int

    @property
    def fresh(self) -> int:
        """Return how many changes were not known before."""
        return self.stored + self.late + self.superseded


def stamp_for(attempt_id: int, person_id: int) -> str:
    """Return what the page of an attempt carries, so that nobody else can make a file for it."""
    return sealing.keys().stamp("attempt", attempt_id, person_id)


def _spoilt() -> Invalid:
    return Invalid(
        "rescue.spoilt",
        N_(
            "Không đọc được tệp cứu bài: tệp đã bị sửa, bị hỏng khi sao chép hoặc không phải tệp "
            "cứu bài. Hãy lấy lại tệp gốc từ máy của người làm bài."
        ),
    )


def _opened(content: bytes) -> Mapping[str, Any]:
    try:
        found = sealing.keys().open(content, FORMAT)
    except sealing.OtherKey as error:
        raise Invalid(
            "rescue.other_site",
            N_("Tệp cứu bài này được tạo cho một hệ thống khác nên không mở được ở đây."),
        ) from error
    except sealing.Unreadable as error:
        raise _spoilt() from error
    if not isinstance(found, dict) or found.keys() != _FIELDS:
        raise _spoilt()
    return found


def _read(content: bytes) -> RescueFile:
    """Return what the file says. Raises Invalid; whose it is stands to be checked."""
    fields = _opened(content)
    attempt_id, events, made_at = fields["attempt"], fields["events"], fields["made_at"]
    if not isinstance(attempt_id, int) or not 0 < attempt_id < 2**31:
        raise _spoilt()
    if not isinstance(events, list) or not isinstance(made_at, str):
        raise _spoilt()
    if not all(isinstance(event, dict) and event.keys() == _EVENT for event in events):
        raise _spoilt()
    return RescueFile(attempt_id, fields["pass"], made_at[:40], _saves(events))


def _saves(events: Sequence[Mapping[str, Any]]) -> tuple[Save, ...]:
    found = []
    for epoch, group in groupby(events, key=lambda event: event["epoch"]):
        some = [{key: event[key] for key in _EVENT - {"epoch"}} for event in group]
        found += [
            parse_save({"epoch": epoch, "events": some[first : first + MOST_EVENTS]})
            for first in range(0, len(some), MOST_EVENTS)
        ]
    return tuple(found)


def _whose(session: Session, actor: Actor, file: RescueFile, now: datetime) -> PersonCard:
    """Return the person whose page made ``file``, of the officer's scope and not himself."""
    person_id = attempt_queries.find_person_id(session, file.attempt_id)
    if person_id is None or not sealing.keys().is_stamped(
        file.stamp, "attempt", file.attempt_id, person_id
    ):
        raise Invalid(
            "rescue.stamp",
            N_("Tệp cứu bài không khớp với lượt làm bài nào; trang làm bài không tạo ra tệp này."),
        )
    scope = scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(now))
    try:
        card = person_card(session, scope, person_id)
    except NotFound as error:
        raise NotFound(
            "rescue.scope", N_("Tệp cứu bài này là của người ngoài phạm vi phụ trách của bạn.")
        ) from error
    if actor.person_id == person_id:
        raise Forbidden("rescue.own", N_("Bạn không thể tự nhập tệp cứu bài của chính mình."))
    return card


def _record(session: Session, actor: Actor, file: RescueFile, now: datetime) -> Rescue:
    card = _whose(session, actor, file, now)
    uuids = {event.key for save in file.saves for event in save.events}
    known = saves.list_known(session, uuids)
    fates: dict[str, AnswerStatus] = {}
    for save in file.saves:
        _, acks = saves.record(session, file.attempt_id, save, person_id=card.id)
        fates |= {ack.uuid.lower(): ack.status for ack in acks}
    counted = Counter(status for uuid, status in fates.items() if uuid not in known)
    return Rescue(
        card=card,
        head=attempt_queries.get_attempt(session, file.attempt_id, person_id=card.id),
        made_at=file.made_at,
        known=len(known),
        stored=counted[AnswerStatus.STORED],
        late=counted[AnswerStatus.LATE],
        superseded=counted[AnswerStatus.SUPERSEDED],
    )


def preview(actor: Actor, content: bytes, *, now: datetime) -> Rescue:
    """Return what storing the file would do; nothing is kept.

    Raises Invalid for a file that is spoilt, of another site or another page, NotFound for
    people outside the officer's scope, Forbidden for his own, Invalid and Conflict as a save.
    """
    file = _read(content)
    with transaction() as session:
        # Done in full and taken back: so it says what will happen, not what should.
        rescue = _record(session, actor, file, now)
        session.rollback()
    return rescue


def store(actor: Actor, content: bytes, *, now: datetime) -> Rescue:
    """Store the events of the file by the answer protocol, audited; raises as ``preview``."""
    file = _read(content)
    with transaction() as session:
        rescue = _record(session, actor, file, now)
        audit.record(
            session,
            actor,
            "attempts.rescue",
            ("attempt", file.attempt_id),
            at=now,
            details={
                "person": rescue.card.code,
                "stored": rescue.stored,
                "late": rescue.late,
                "superseded": rescue.superseded,
                "known": rescue.known,
            },
        )
    return rescue
