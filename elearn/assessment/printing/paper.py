"""What is printed: a form with its code, ready for any kind of file. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from elearn.assessment.printing.layout import PrintedQuestion

# Gives the bytes of a picture that a page can hold, None for one that has to be told in words.
PictureLoader = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A part of a form."""

    title: str
    questions: tuple[PrintedQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A form: ``code`` stands on every page, ``site`` is who holds the test."""

    site: str
    title: str
    occasion: str
    code: str
    minutes: int | None
    points: Decimal
    sections: tuple[PrintedSection, ...]

    @property
    def question_count(self) -> int:
        """Return how many questions the form has."""
        return sum(len(section.questions) for section in self.sections)

    @property
    def facts(self) -> str:
        """Return time, number of questions and points in a line."""
        time = f"Thời gian làm bài: {self.minutes} phút. " if self.minutes else ""
        return f"{time}Đề gồm {self.question_count} câu, {decimal_comma(self.points)} điểm."


def decimal_comma(value: Decimal) -> str:
    """Return ``value`` as people read it, without zeros at its end."""
    return f"{value.normalize():f}".replace(".", ",")
