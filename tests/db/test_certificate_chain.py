"""Tampering with the register is seen."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from elearn.certificates.inspection import Problem, audit_chain, make_checkpoint
from elearn.certificates.rules import ReasonClass
from elearn.certificates.services import Ending, revoke
from elearn.infra import storage
from elearn.infra.db import transaction
from elearn.infra.signing import keys
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person

REGISTER, EVENTS = "certificates_certificate", "certificates_event"
ERROR = Ending(ReasonClass.ISSUED_IN_ERROR, "Cấp nhầm")


@pytest.fixture
def checkpoint(session: Session) -> str:
    """A register of three certificates, two of them revoked; its checkpoint."""
    programme = make_programme(session)
    for number in range(3):
        person = make_person(session, full_name=f"Lò Thử {'ABC'[number]}")
        certificate = make_certificate(session, make_completion(session, person, programme))
        if number < 2:
            with transaction() as inner:
                revoke(inner, SYSTEM, certificate.id, ERROR, now=utc_now())
    return make_checkpoint(session, keys(), now=utc_now())


def tamper(session: Session, *statements: str) -> None:
    for statement in statements:
        session.execute(text(statement))
    session.commit()


def found(session: Session, checkpoint: str) -> set[Problem]:
    return set(audit_chain(session, keys(), checkpoint=checkpoint, files=True))


def test_an_honest_register_has_no_problems(session: Session, checkpoint: str) -> None:
    assert found(session, checkpoint) == set()


def test_an_empty_register_has_no_problems(session: Session) -> None:
    assert audit_chain(session, keys()) == []


@pytest.mark.parametrize(
    "change",
    [
        "full_name = 'Người Khác'",
        "programme_title = 'Khác'",
        "completed_on = '2025-03-13'",
        "birth_date = '1970-01-01'",
        "number = 99",
        "pdf_sha256 = 'x'",
        "issued_at = '2020-01-01 00:00:00.000000'",
        f"person_id = (SELECT person_id FROM {REGISTER} WHERE position = 1), generation = 2",
    ],
)
def test_an_edited_row_is_seen(session: Session, checkpoint: str, change: str) -> None:
    tamper(session, f"UPDATE {REGISTER} SET {change} WHERE position = 2")
    assert Problem(REGISTER, 2, "altered") in found(session, checkpoint)


@pytest.mark.parametrize("change", ["reason = 'khác'", "kind = 'REPLACED'"])
def test_an_edited_event_is_seen(session: Session, checkpoint: str, change: str) -> None:
    tamper(session, f"UPDATE {EVENTS} SET {change} WHERE position = 1")
    assert Problem(EVENTS, 1, "altered") in found(session, checkpoint)


def test_an_edit_with_a_new_hash_breaks_the_next_link_and_the_signature(
    session: Session, checkpoint: str
) -> None:
    tamper(
        session, f"UPDATE {REGISTER} SET full_name = 'X', row_hash = 'forged' WHERE position = 2"
    )
    problems = found(session, checkpoint)
    assert Problem(REGISTER, 2, "bad_signature") in problems
    assert Problem(REGISTER, 3, "broken_link") in problems


def test_a_deleted_revocation_is_seen(session: Session, checkpoint: str) -> None:
    tamper(session, f"DELETE FROM {EVENTS} WHERE position = 1")
    assert Problem(EVENTS, 2, "gap") in found(session, checkpoint)


def test_a_deleted_row_inside_is_seen(session: Session, checkpoint: str) -> None:
    tamper(
        session,
        f"DELETE FROM {EVENTS} WHERE position = 2",
        f"DELETE FROM {REGISTER} WHERE position = 2",
    )
    problems = found(session, checkpoint)
    assert {Problem(REGISTER, 3, "gap"), Problem(REGISTER, 3, "broken_link")} <= problems


def test_a_cut_end_is_seen_against_the_checkpoint_only(session: Session, checkpoint: str) -> None:
    tamper(session, f"DELETE FROM {REGISTER} WHERE position = 3")
    assert audit_chain(session, keys()) == []
    assert found(session, checkpoint) == {Problem(REGISTER, 3, "cut_off")}


def test_swapped_rows_are_seen(session: Session, checkpoint: str) -> None:
    tamper(
        session,
        f"UPDATE {REGISTER} SET position = 100 WHERE position = 1",
        f"UPDATE {REGISTER} SET position = 1 WHERE position = 2",
        f"UPDATE {REGISTER} SET position = 2 WHERE position = 100",
    )
    assert Problem(REGISTER, 1, "broken_link") in found(session, checkpoint)


def test_a_changed_stored_file_is_seen(session: Session, checkpoint: str) -> None:
    key = session.execute(
        text(f"SELECT storage_key FROM {REGISTER} WHERE position = 1")
    ).scalar_one()
    storage.put(key, b"%PDF-1.7 khac")
    assert found(session, checkpoint) == {Problem(REGISTER, 1, "bad_file")}
    storage.delete(key)
    assert found(session, checkpoint) == {Problem(REGISTER, 1, "bad_file")}


def _other_content(line: str) -> str:
    return json.dumps({**json.loads(line), "content": '{"heads": {}}'})


@pytest.mark.parametrize("forge", [_other_content, lambda _line: "{}", lambda _line: "không phải"])
def test_a_forged_checkpoint_is_refused(
    session: Session, checkpoint: str, forge: Callable[[str], str]
) -> None:
    assert found(session, forge(checkpoint)) == {Problem("checkpoint", 0, "bad_checkpoint")}
