"""Handing out one-time links within an act: by mail, or on a sheet that exists only once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from elearn.accounts.letters import link_letter
from elearn.accounts.links import issue_link, revoke_links
from elearn.accounts.models import LinkPurpose
from elearn.accounts.rules import LINK_LENGTH
from elearn.infra import audit, mail
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict


class Delivery(StrEnum):
    """How links reach their holders: on a sheet to print, or by mail where there is an address."""

    SHEET = "SHEET"
    MAIL = "MAIL"


@dataclass(frozen=True, slots=True)
class Handout:
    """How links are to be handed out, and the address of the site they lead to.

    ``asked_from`` is when the page with the button was made: a link that was handed out after it
    is not replaced, so that a page sent twice does not spoil the sheet that is being printed.
    """

    delivery: Delivery
    base_url: str
    asked_from: datetime | None = None

    def is_repeated(self, link_until: datetime | None) -> bool:
        """Whether the link that runs out at ``link_until`` was made after the page was."""
        if self.asked_from is None or link_until is None:
            return False
        return link_until - LINK_LENGTH > self.asked_from


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to receive a link; ``address`` None: no letter can be sent."""

    user_id: int
    username: str
    full_name: str
    unit_name: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip of the sheet: the only place where the link can be read."""

    full_name: str
    unit_name: str | None
    username: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """What came of handing out links: slips to print, names of letters, names passed over."""

    slips: tuple[Slip, ...]
    mailed: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def just_issued() -> Conflict:
    """Return the refusal of a second link for one press."""
    return Conflict(
        "link.just_issued",
        N_("Đường dẫn vừa được cấp. Muốn cấp lại, hãy mở lại trang rồi thực hiện."),
    )


class LinkOffice:
    """Hands out links in one act and keeps what there is to tell afterwards."""

    def __init__(self, session: Session, actor: Actor, handout: Handout, now: datetime) -> None:
        self.session, self.actor, self.handout, self.now = session, actor, handout, now
        self.slips: list[Slip] = []
        self.mailed: list[str] = []
        self.passed_over: list[str] = []

    def hand_out(self, holder: Holder, purpose: LinkPurpose) -> None:
        """Make a link for ``holder``, which replaces earlier ones; mail it or write its slip."""
        revoke_links(self.session, holder.user_id, now=self.now)
        link = issue_link(
            self.session, holder.user_id, purpose, by=self.actor.user_id, now=self.now
        )
        slip = Slip(
            holder.full_name,
            holder.unit_name,
            holder.username,
            self.handout.base_url + link.path,
            link.expires_at,
        )
        by_mail = self.handout.delivery is Delivery.MAIL and holder.address is not None
        if by_mail:
            self._mail(holder, purpose, slip)
        else:
            self.slips.append(slip)
        self._record(holder, purpose, by_mail=by_mail)

    def _mail(self, holder: Holder, purpose: LinkPurpose, slip: Slip) -> None:
        if holder.address is None:
            raise ValueError("no address")
        letter = link_letter(
            purpose,
            full_name=holder.full_name,
            username=holder.username,
            url=slip.url,
            expires_at=slip.expires_at,
        )
        mail.post(
            self.session, self.actor, holder.address, letter.subject, letter.body, now=self.now
        )
        self.mailed.append(holder.full_name)

    def _record(self, holder: Holder, purpose: LinkPurpose, *, by_mail: bool) -> None:
        audit.record(
            self.session,
            self.actor,
            "account.link",
            ("user", holder.user_id),
            at=self.now,
            details={"purpose": purpose.value, "by_mail": by_mail},
        )

    def issued(self) -> Issued:
        """Return what came of it."""
        return Issued(tuple(self.slips), tuple(self.mailed), tuple(self.passed_over))
