"""Outgoing mail: written to the outbox in the act, sent by a job afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_mailman import EmailMessage, Mail
from sqlalchemy.orm import Session

from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress, enqueue
from elearn.infra.models import OutgoingMail
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now

SEND_MAIL = "mail.send"


def init_app(app: Flask, mail_url: str | None, sender: str) -> None:
    """Send through ``mail_url`` (smtp://user:password@host:port), or print letters."""
    app.config["MAIL_DEFAULT_SENDER"] = sender
    if mail_url is None:
        app.config["MAIL_BACKEND"] = "locmem" if app.testing else "console"
    else:
        parts = urlsplit(mail_url)
        app.config["MAIL_BACKEND"] = "smtp"
        app.config["MAIL_SERVER"] = parts.hostname
        app.config["MAIL_PORT"] = parts.port or 25
        app.config["MAIL_USERNAME"] = unquote(parts.username) if parts.username else None
        app.config["MAIL_PASSWORD"] = unquote(parts.password) if parts.password else None
        app.config["MAIL_USE_SSL"] = parts.scheme == "smtps"
        app.config["MAIL_USE_TLS"] = parts.scheme == "smtp+tls"
    Mail(app)


def is_configured() -> bool:
    """Whether letters leave the machine."""
    return bool(current_app.config["MAIL_BACKEND"] != "console")


def post(
    session: Session, actor: Actor, recipient: str, subject: str, body: str, *, now: datetime
) -> int:
    """Put a plain-text letter into the outbox of the present act; return its id."""
    letter = OutgoingMail(recipient=recipient, subject=subject, body=body, created_at=now)
    session.add(letter)
    session.flush()
    enqueue(session, actor, SEND_MAIL, {"mail_id": letter.id}, now=now)
    return letter.id


def send(payload: Mapping[str, Any], _progress: Progress) -> None:
    """Send one letter; a letter already sent is not sent again."""
    with reading() as session:
        letter = session.get_one(OutgoingMail, payload["mail_id"])
        recipient, subject, body, sent_at = (
            letter.recipient,
            letter.subject,
            letter.body,
            letter.sent_at,
        )
    if sent_at is not None or body is None:
        return
    EmailMessage(subject, body, to=[recipient]).send()
    with transaction() as session:
        gone = session.get_one(OutgoingMail, payload["mail_id"])
        gone.sent_at, gone.body = utc_now(), None
