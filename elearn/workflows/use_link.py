"""One-time links in the hands of their holders: a forgotten password, a new account."""

from datetime import datetime

from elearn.accounts.letters import link_letter
from elearn.accounts.limiter import admit, forget
from elearn.accounts.limits import (
    ACCOUNT,
    ADDRESS,
    LETTER_ACCOUNT,
    LETTER_ADDRESS,
    PAIR,
    Bucket,
    keys_for,
)
from elearn.accounts.links import LinkHolder, dead_link, find_link_holder, issue_link, use_link
from elearn.accounts.models import LinkPurpose
from elearn.accounts.passwords import hash_password
from elearn.accounts.queries import find_credentials
from elearn.accounts.rules import check_password, clean_username
from elearn.accounts.services import lock_user, set_password
from elearn.infra import audit, mail
from elearn.infra.db import reading, transaction
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import local_day
from elearn.org.users import address_of
from elearn.workflows.sign_in import SIGN_IN, SignedIn, Visit, begin_session

OPEN_LINK = "open_link"
ASK_LETTER = "ask_letter"


def open_link(token: str, purpose: LinkPurpose, visit: Visit, *, now: datetime) -> LinkHolder:
    """Return whose link ``token`` is; looking does not use it up.

    Raises NotFound, the same for unknown, used, revoked and too old links; TooMany after a
    hundred dead links from one address in 15 minutes.
    """
    with reading() as session:
        holder = find_link_holder(session, token, purpose, now=now)
    if holder is not None:
        return holder
    address = keys_for(visit.secret, "", visit.address).address
    with transaction() as session:
        admit(session, [Bucket(OPEN_LINK, address, ADDRESS)], now=now)
    raise dead_link()


def set_password_by_link(
    token: str, purpose: LinkPurpose, password: str, visit: Visit, *, now: datetime
) -> SignedIn:
    """Give the holder of the link the password he chose, and sign him in.

    The link works once, however many use it at the same time. All his sessions end and his counts
    of wrong tries are cleared. Raises NotFound for a dead link, Invalid for a poor password.
    """
    holder = open_link(token, purpose, visit, now=now)
    check_password(password, holder.username, holder.display_name)
    password_hash = hash_password(password)
    keys = keys_for(visit.secret, holder.username, visit.address)
    with transaction() as session:
        user = lock_user(session, holder.user_id)
        use_link(session, token, purpose, now=now)
        if user.suspended_at is not None:
            raise dead_link()
        set_password(session, user, password_hash, now=now)
        forget(session, [Bucket(SIGN_IN, keys.pair, PAIR), Bucket(SIGN_IN, keys.account, ACCOUNT)])
        signed_in = begin_session(session, user, keys, visit, now=now)
        act = "account.activate" if purpose is LinkPurpose.ACTIVATE else "account.reset"
        audit.record(session, signed_in.actor, act, ("user", holder.user_id), at=now)
        return signed_in


def ask_for_letter(username: str, visit: Visit, base_url: str, *, now: datetime) -> None:
    """Mail a link to the address of ``username``, if there are such an account and an address.

    Nothing tells the caller which it was. Links made earlier stay good, so that a stranger who
    asks cannot spoil the sheet that HR handed out. Raises TooMany.
    """
    name = clean_username(username)
    keys = keys_for(visit.secret, name, visit.address)
    buckets = [
        Bucket(ASK_LETTER, keys.account, LETTER_ACCOUNT),
        Bucket(ASK_LETTER, keys.address, LETTER_ADDRESS),
    ]
    with transaction() as session:
        admit(session, buckets, now=now)
        found = find_credentials(session, name)
        if found is None or found.is_suspended:
            return
        address = address_of(session, found.user_id, local_day(now))
        if address is None:
            return
        waits = found.password_hash is None
        purpose = LinkPurpose.ACTIVATE if waits else LinkPurpose.RESET
        link = issue_link(session, found.user_id, purpose, by=None, now=now)
        letter = link_letter(
            purpose,
            full_name=found.display_name,
            username=found.username,
            url=base_url + link.path,
            expires_at=link.expires_at,
        )
        mail.post(session, SYSTEM, address, letter.subject, letter.body, now=now)
