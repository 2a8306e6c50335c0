"""The browser of page tests."""

from typing import Any

from flask import g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Browser(FlaskClient):
    """A client whose requests know nothing of each other.

    A test holds an application context open, and Flask lets every request share it, ``g`` too:
    the user of the first request would stay signed in for all later ones, whoever sends them.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if g:
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)
