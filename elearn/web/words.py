"""gettext with types: the words of the reader's language."""

from flask_babel import gettext


def translated(message: str, **params: object) -> str:
    """Return ``message``, marked with N_ where it stands, in the reader's language."""
    return str(gettext(message, **params))


def _(message: str, **params: object) -> str:
    """Mark a message and return it in the reader's language."""
    return str(gettext(message, **params))
