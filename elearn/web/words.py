"""gettext with types: the words of the reader's language."""

from typing import cast

from flask_babel import gettext, lazy_gettext


def translated(message: str, **params: object) -> str:
    """Return ``message``, marked with N_ where it stands, in the reader's language."""
    return str(gettext(message, **params))


def lazy(message: str, **params: object) -> str:
    """Return ``message``, marked with N_, to be translated when it is shown: labels of forms."""
    return cast("str", lazy_gettext(message, **params))


def _(message: str, **params: object) -> str:
    """Mark a message and return it in the reader's language."""
    return str(gettext(message, **params))
