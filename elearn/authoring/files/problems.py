"""What is wrong with a content file, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class FileProblem:
    """A Vietnamese sentence about ``line`` (from 1) of the file ``path``.

    A note forbids nothing.
    """

    path: str
    line: int
    message: str
    is_note: bool = False

    def __str__(self) -> str:
        note = "ghi chú: " if self.is_note else ""
        return f"{self.path}:{self.line}: {note}{self.message}"
