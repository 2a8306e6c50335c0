"""What can go wrong in the words of the field: a code, a message and its parameters.

A message is Vietnamese with ``%(name)s`` places and is marked with ``N_`` where it is raised; it
is translated only when it is shown (docs/adr/0002-errors.md).
"""


def N_(message: str) -> str:  # noqa: N802 - the customary name that pybabel looks for
    """Mark ``message`` for translation and return it unchanged."""
    return message


class AppError(Exception):
    """An act was refused for a reason its author can understand."""

    def __init__(self, code: str, message: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params

    def text(self) -> str:
        """Return the Vietnamese sentence, parameters filled in."""
        return self.message % self.params if self.params else self.message

    def __str__(self) -> str:
        return f"{self.code}: {self.text()}"


class NotFound(AppError):
    """The thing does not exist, or the actor may not know that it does."""


class Forbidden(AppError):
    """The actor is known and may not do this."""


class Conflict(AppError):
    """Somebody else was there first, or the thing is in another state."""


class Invalid(AppError):
    """What was given cannot be used as it is."""


class TooMany(AppError):
    """The actor has to wait; ``retry_after`` holds seconds."""

    def __init__(self, code: str, message: str, /, *, retry_after: int, **params: object) -> None:
        super().__init__(code, message, retry_after=retry_after, **params)
        self.retry_after = retry_after
