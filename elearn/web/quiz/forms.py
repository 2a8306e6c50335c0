"""The plain form of an attempt: which answers it showed, and what was chosen since."""

from flask import request
from wtforms.validators import InputRequired, NumberRange

from elearn.assessment.domain.protocol import LARGEST_SEQ
from elearn.kernel.errors import N_, Invalid
from elearn.web.forms import BaseForm, WholeField


class SheetForm(BaseForm):
    """``epoch`` and ``seen_seq``: up to which change the page showed the answers.

    Every other field is named by the id of a question, and by a part of it behind a point.
    """

    epoch = WholeField(validators=[InputRequired(), NumberRange(1, 2**31 - 1)])
    seen_seq = WholeField(validators=[InputRequired(), NumberRange(0, LARGEST_SEQ)])

    def place(self) -> tuple[int, int]:
        """Return (epoch, seen_seq). Raises Invalid for a form that our page did not make."""
        valid = self.validate_on_submit()
        epoch, seen_seq = self.epoch.data, self.seen_seq.data
        if not valid or epoch is None or seen_seq is None:
            raise Invalid("assessment.form", N_("Trang làm bài đã cũ. Hãy mở lại bài rồi lưu."))
        return epoch, seen_seq


def given_answers() -> dict[str, dict[str, list[str]]]:
    """Return what the request says, {id of a question: {rest of a field's name: values}}.

    ``12`` is the field "" of question 12, ``12.0`` its field "0", ``12.1.b`` its field "1.b".
    """
    given: dict[str, dict[str, list[str]]] = {}
    for name in request.form:
        question, _, field = name.partition(".")
        if question.isdecimal():
            given.setdefault(question, {})[field] = request.form.getlist(name)
    return given


def given_answer(name: str) -> dict[str, list[str]]:
    """Return what the request says of the one question whose fields are called ``name``."""
    return {
        each.removeprefix(name).removeprefix("."): request.form.getlist(each)
        for each in request.form
        if each == name or each.startswith(f"{name}.")
    }


def shown_items() -> frozenset[int]:
    """Return the ids of the questions that the form showed; none when it does not say."""
    given = request.form.getlist("shown")
    return frozenset(int(item) for item in given if item.isdecimal() and len(item) <= 10)
