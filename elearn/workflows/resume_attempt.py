"""Signing in again in the middle of an attempt, in place: the same person, the same device."""

from datetime import datetime

from elearn.assessment import services
from elearn.infra.db import transaction
from elearn.kernel.errors import N_, Forbidden, NotFound
from elearn.workflows import sign_in
from elearn.workflows.sign_in import SignedIn, Visit


def sign_in_again(
    credentials: tuple[str, str], attempt_id: int, epoch: int, visit: Visit, *, now: datetime
) -> SignedIn:
    """Sign in (name, password) whose attempt this is; his page stays the one that holds it.

    ``epoch`` is the one the page has; where it is still the present one, the new sign-in session
    holds the attempt. Raises what ``sign_in.sign_in`` raises, and Forbidden for anybody else
    who knows a password: his session ends before anything is told to the browser.
    """
    username, password = credentials
    entered = sign_in.sign_in(username, password, visit, now=now)
    try:
        with transaction() as session:
            attempt = services.lock_attempt(session, attempt_id, person_id=entered.actor.person_id)
            services.keep_device(session, attempt, epoch, entered.actor.session_id)
    except NotFound as error:
        sign_in.sign_out(entered.actor, now=now)
        raise Forbidden(
            "assessment.other_person",
            N_(
                "Đây không phải tài khoản của người đang làm bài này. "
                "Hãy đăng nhập bằng đúng tài khoản đã bắt đầu làm bài."
            ),
        ) from error
    return entered
