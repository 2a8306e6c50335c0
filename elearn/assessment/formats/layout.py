"""The layouts of question papers in Vietnam (domain.md section 7): lines to questions.

Shared by plain text and Word; a line may carry looks (bold, underline, colour) and objects.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from elearn.assessment.formats import layout_signs as signs
from elearn.assessment.formats.building import Unfit
from elearn.assessment.formats.layout_block import Block, BlockReader
from elearn.assessment.formats.layout_keys import Answers, is_row
from elearn.assessment.formats.layout_lines import Line
from elearn.assessment.formats.neutral import Found, Parsed
from elearn.kernel.errors import N_, Invalid


def read_lines(lines: Sequence[Line], pictures: dict[str, bytes] | None = None) -> Parsed:
    """Return the questions in ``lines``; ``pictures`` are those that their objects show."""
    cutter = _Cutter([line for line in lines if line.text.strip()])
    cutter.cut()
    parsed = Parsed(troubles=cutter.parsed.troubles)
    counts = Counter(block.number for block in cutter.blocks)
    used: set[tuple[int | None, int]] = set()
    for block in cutter.blocks:
        is_alone = counts[block.number] == 1
        key = cutter.answers.find(block.section, block.number, is_alone=is_alone)
        if key is not None:
            used.add(key)
        _read_block(parsed, block, cutter.answers, key, pictures or {})
    _tell_unused(parsed, cutter.answers, used)
    return parsed


def _read_block(
    parsed: Parsed,
    block: Block,
    answers: Answers,
    key: tuple[int | None, int] | None,
    pictures: dict[str, bytes],
) -> None:
    if key in answers.twice:
        message = N_("Bảng đáp án ghi hai đáp án khác nhau cho câu này.")
        parsed.refuse(block.line, block.label, "key.twice", message)
        return
    try:
        letters = answers.letters.get(key, "") if key else ""
        details = answers.details.get(key, []) if key else []
        reader = BlockReader(block, letters, details)
        data = reader.read()
    except (Unfit, Invalid) as error:
        parsed.refuse(block.line, block.label, error.code, error.message, **error.params)
        return
    for code, message, params in reader.notes:
        parsed.note(block.line, block.label, code, message, **params)
    texts = str(data) if pictures else ""
    shown = {name: content for name, content in pictures.items() if f"(media/{name})" in texts}
    wished = data.pop("id", None)
    parsed.questions.append(Found(block.line, block.label, data, wished_id=wished, pictures=shown))


def _tell_unused(parsed: Parsed, answers: Answers, used: set[tuple[int | None, int]]) -> None:
    for key in (each for each in answers.letters if each not in used):
        message = N_("Bảng đáp án có câu %(number)d nhưng không tìm thấy câu hỏi ấy.")
        parsed.refuse(answers.lines[key], str(key[1]), "key.no_question", message, number=key[1])


@dataclass(slots=True)
class _Cutter:
    """Cuts the lines into questions and answers."""

    lines: list[Line]
    parsed: Parsed = field(default_factory=Parsed)
    blocks: list[Block] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    section: int = 0
    has_ended: bool = False
    in_answers: bool = False
    is_labelled: bool = False
    skipped: int = 0

    def cut(self) -> None:
        """Give each line to the question, or the part of the paper, that it belongs to."""
        self.is_labelled = any(self._label(line) is not None for line in self.lines)
        for position, line in enumerate(self.lines):
            self._take(position, line)
        if self.skipped:
            message = N_("Đã bỏ qua %(count)d dòng ngoài các câu hỏi (tiêu đề, tên phần…).")
            self.parsed.note(None, None, "layout.skipped", message, count=self.skipped)

    @staticmethod
    def _label(line: Line) -> int | None:
        """Return where the words begin after a label that is one beyond doubt, else None."""
        match = signs.QUESTION.match(line.form)
        is_label = match is not None and (match["sign"] is not None or bool(match["tags"]))
        return match.end() if match and is_label else None

    def _take(self, position: int, line: Line) -> None:
        words = line.form if len(line.text) <= signs.MAX_SIGN else ""
        if signs.END.fullmatch(words):
            self.has_ended = True
        elif self._opens_answers(position, words):
            self.in_answers = True
        elif (self.in_answers and self._is_answer(line)) or (
            (self.has_ended or is_row(line)) and self.answers.take(line)
        ):
            return
        elif (block := self._question(line, words)) is not None:
            self.in_answers = self.has_ended = False
            self.blocks.append(block)
        elif self._is_heading(line, words):
            self.section += 1
            self.skipped += 1
        elif self.blocks and not (self.in_answers or self.has_ended):
            self.blocks[-1].add(line)
        else:
            self._outside(line)

    def _goes_to_answers(self, line: Line) -> bool:
        if self.in_answers and self._is_answer(line):
            return True
        return (self.has_ended or is_row(line)) and self.answers.take(line)

    def _outside(self, line: Line) -> None:
        """Take a line that belongs to no question: harmless above them, told after them."""
        self.skipped += 1
        if self.in_answers:
            message = N_("Không hiểu dòng này trong phần đáp án: “%(text)s”.")
            text = line.text.strip()[:60]
            self.parsed.note(line.number, None, "layout.answer", message, text=text)

    def _opens_answers(self, position: int, words: str) -> bool:
        """Whether a heading «Đáp án» is followed by answers, not the answer of one question."""
        if not signs.ANSWERS.fullmatch(words) or position + 1 >= len(self.lines):
            return False
        following = self.lines[position + 1]
        probe = Answers()
        return probe.take(following) and not signs.OPTION.match(following.text)

    def _is_answer(self, line: Line) -> bool:
        """Whether a line below the heading is an answer; a full question again is none."""
        if (start := self._label(line)) is not None or signs.NUMBERED.match(line.form):
            probe = Answers(waiting=list(self.answers.waiting))
            if not probe.take(line):
                return not self._starts_again(line, start)
        return self.answers.take(line)

    def _starts_again(self, line: Line, start: int | None) -> bool:
        """Whether a question begins anew after the answers of the part before."""
        if start is None and self.is_labelled:
            return False
        match = signs.QUESTION.match(line.form) or signs.NUMBERED.match(line.form)
        number = int(match[2]) if match else 0
        return (self.answers.section, number) not in self.answers.letters or number == 1

    def _question(self, line: Line, words: str) -> Block | None:
        """Return the question that begins on the line, None when none does."""
        last = self.blocks[-1] if self.blocks else None
        if self.is_labelled:
            match = signs.QUESTION.match(words)
            if match is None:
                return None
            is_next = last is not None and int(match[2]) == last.number + 1
            if match["sign"] is None and not match["tags"] and not is_next:
                return None
        else:
            match = signs.NUMBERED.match(words)
            if match is None or not self._is_turn(int(match[2])):
                return None
        return Block.begun(line, match, self.section)

    def _is_turn(self, number: int) -> bool:
        """Whether a bare number may begin a question: in order, and the one before is done."""
        if not self.blocks:
            return True
        last = self.blocks[-1]
        if not (last.is_answered or last.has_small_letters):
            return False
        return number == last.number + 1 or (number == 1 and self.section != last.section)

    def _is_heading(self, line: Line, words: str) -> bool:
        if not (signs.PART.fullmatch(words) or signs.ROMAN.fullmatch(line.text)):
            return False
        return not self.blocks or self.blocks[-1].is_answered
