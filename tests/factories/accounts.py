"""Accounts with passwords, and where a visit comes from."""

from functools import cache

from sqlalchemy.orm import Session

from elearn.accounts.links import IssuedLink, issue_link
from elearn.accounts.models import LinkPurpose, User
from elearn.accounts.passwords import hash_password
from elearn.kernel.clock import utc_now
from elearn.workflows.link_office import Delivery, Handout
from elearn.workflows.sign_in import Visit

PASSWORD = "mưa rơi trên mái ngói"
SITE = "https://hoc.example"
ON_SHEET = Handout(Delivery.SHEET, SITE)
BY_MAIL = Handout(Delivery.MAIL, SITE)


def visit_from(address: str = "192.0.2.10") -> Visit:
    """Return a visit from ``address``."""
    return Visit(address=address, device="Chrome, Windows", secret="k" * 40)


_hash = cache(hash_password)


def give_password(session: Session, user: User, password: str = PASSWORD) -> User:
    """Let ``user`` sign in with ``password``."""
    user.password_hash = _hash(password)
    session.commit()
    return user


def make_link(
    session: Session, user: User, purpose: LinkPurpose = LinkPurpose.ACTIVATE
) -> IssuedLink:
    """Issue a link for ``user``."""
    link = issue_link(session, user.id, purpose, by=None, now=utc_now())
    session.commit()
    return link
