"""Signed-in clients for page tests."""

import secrets
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.accounts.tokens import token_hash
from elearn.kernel.clock import utc_now


class Visitor:
    """Makes clients that hold a sign-in session, as the sign-in page would."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.session = session

    def as_user(self, user: User) -> FlaskClient:
        """Return a client signed in as ``user``."""
        token, now = secrets.token_urlsafe(32), utc_now()
        self.session.add(
            SignInSession(
                user_id=user.id,
                token_hash=token_hash(token),
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=12),
            )
        )
        self.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client
