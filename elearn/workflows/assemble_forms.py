"""Forms made ahead, of one difficulty: for a round, or as printed variants. A job makes them."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from elearn.assessment.forms import services
from elearn.assessment.forms.models import FormPurpose
from elearn.assessment.forms.queries import find_batch_by_key
from elearn.assessment.forms.services import BatchRequest
from elearn.assessment.queries import get_paper, get_paper_version, list_papers
from elearn.assessment.rounds.models import Round
from elearn.infra import audit, jobs
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import N_, Invalid

ASSEMBLE = "forms.assemble"
MOST_FORMS = 500
# Enough that neighbours have different ones, few enough to be made in a minute.
PEOPLE_PER_FORM, FEWEST_IN_A_ROUND, MOST_IN_A_ROUND = 20, 20, 200
_TOLD_EVERY = 10


def request(
    session: Session,
    actor: Actor,
    paper_version_id: int,
    size: int,
    *,
    purpose: FormPurpose,
    now: datetime,
    round_id: int | None = None,
) -> tuple[int, str]:
    """Ask for ``size`` equivalent forms in the present act; return the job and the batch's key.

    For a round, attempts take from the newest forms as soon as they are there; until then, and
    should their questions change, each is drawn by its seed. Raises Invalid for a size beyond
    reason. The caller answers for the permission.
    """
    if not 1 <= size <= MOST_FORMS:
        raise Invalid("forms.size", N_("Số đề phải từ 1 đến %(limit)d."), limit=MOST_FORMS)
    seed = secrets.token_hex(16)
    key = f"{purpose.value.lower()}:{round_id or paper_version_id}:{seed}"
    payload = {
        "key": key,
        "paper_version_id": paper_version_id,
        "size": size,
        "purpose": purpose.value,
        "round_id": round_id,
        "seed": seed,
        "user_id": actor.user_id,
    }
    return jobs.enqueue(session, actor, ASSEMBLE, payload, now=now), key


def request_for_round(
    session: Session, actor: Actor, found: Round, people: int, *, now: datetime
) -> None:
    """Ask for the forms of a round that is planned: about one for twenty people."""
    if found.paper_version_id is None or not people:
        return
    request(
        session,
        actor,
        found.paper_version_id,
        min(people, max(FEWEST_IN_A_ROUND, min(MOST_IN_A_ROUND, people // PEOPLE_PER_FORM))),
        purpose=FormPurpose.ROUND,
        now=now,
        round_id=found.id,
    )


def assemble(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the forms of ``payload``; run twice, they are made once. Raises Conflict."""
    from elearn.assessment.forms.assembly import assemble as solve  # noqa: PLC0415 - SciPy

    wanted = BatchRequest(**{**payload, "purpose": FormPurpose(payload["purpose"])})
    with transaction() as session:
        done = find_batch_by_key(session, wanted.key)
        if done is not None:
            return {"batch": done.id}
        paper = get_paper_version(session, wanted.paper_version_id)
        kept = services.pool_for(session, paper, now=utc_now())

    def told(count: int) -> None:
        if count % _TOLD_EVERY == 0:
            progress.report(count, wanted.size)

    made = solve(kept.pool, kept.target, wanted.size, wanted.seed, told)
    with transaction() as session:
        batch = services.keep_batch(session, wanted, made, kept.id, now=utc_now())
        audit.record(
            session,
            SYSTEM,
            "forms.assemble",
            ("paper", paper.code),
            at=utc_now(),
            details={"batch": batch.id, "forms": batch.size, "widest_gap": batch.widest_gap},
        )
        return {"batch": batch.id}


def renew_pools(*, now: datetime) -> int:
    """Keep the pools in use anew where statistics moved them; return how many were.

    Runs once a day: what is drawn next knows what people got of the questions until then.
    """
    with reading() as session:
        codes = [code for code, _title in list_papers(session)]
    return sum(_renew(code, now) for code in codes)


def _renew(code: str, now: datetime) -> bool:
    with transaction() as session:
        return services.renew_pool(session, get_paper(session, code), now=now)
