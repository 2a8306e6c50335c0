"""The plain form of an attempt: which answers it showed, and what was chosen since."""

from flask import request
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from elearn.assessment.domain.protocol import LARGEST_SEQ
from elearn.kernel.errors import N_, Invalid
from elearn.web.forms import BaseForm


class SheetForm(BaseForm):
    """``epoch`` and ``seen_seq``: up to which change the page showed the answers.

    Every other field is named by the id of a question and holds ids of its choices.
    """

    epoch = IntegerField(validators=[InputRequired(), NumberRange(1, 2**31 - 1)])
    seen_seq = IntegerField(validators=[InputRequired(), NumberRange(0, LARGEST_SEQ)])

    def place(self) -> tuple[int, int]:
        """Return (epoch, seen_seq). Raises Invalid for a form that our page did not make."""
        valid = self.validate_on_submit()
        epoch, seen_seq = self.epoch.data, self.seen_seq.data
        if not valid or epoch is None or seen_seq is None:
            raise Invalid("assessment.form", N_("Trang làm bài đã cũ. Hãy mở lại bài rồi lưu."))
        return epoch, seen_seq


def given_answers() -> dict[str, list[str]]:
    """Return the chosen values of the request by the id of their question."""
    return {name: request.form.getlist(name) for name in request.form if name.isdecimal()}
