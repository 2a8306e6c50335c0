"""The sheet of one-time links: shown in the answer to the press that made it, and never again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, current_app, make_response, render_template, request

from elearn.infra import mail
from elearn.kernel.clock import utc_now
from elearn.workflows.link_office import Delivery, Handout, Issued, Slip


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip with the QR code of its link as a picture."""

    slip: Slip
    qr: str


def asked_from() -> str:
    """Return the present time for the hidden field of a form that makes links."""
    return utc_now().isoformat()


def handout_asked_for() -> Handout:
    """Return how the links of the present request are to be handed out.

    By mail only where letters leave the machine. A page without a readable time counts as made
    just now: nothing is taken for a repetition.
    """
    by_mail = request.form.get("delivery") == Delivery.MAIL.value and mail.is_configured()
    return Handout(
        delivery=Delivery.MAIL if by_mail else Delivery.SHEET,
        base_url=current_app.config["ELEARN"].base_url,
        asked_from=_time_of(request.form.get("asked_from", "")),
    )


def _time_of(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _printed(slip: Slip) -> PrintedSlip:
    import segno  # noqa: PLC0415 - only for sheets of links

    qr = segno.make(slip.url, error="m", micro=False).svg_data_uri(scale=3, border=2)
    return PrintedSlip(slip, qr)


def slips_response(issued: Issued, back_url: str) -> Response:
    """Return the page with the slips of ``issued``; no cache may keep it."""
    response = make_response(
        render_template(
            "accounts/slips.html",
            issued=issued,
            printed=[_printed(slip) for slip in issued.slips],
            back_url=back_url,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response
