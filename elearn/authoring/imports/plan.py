"""What an import would do: which questions become drafts, which are there already. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from elearn.assessment.domain.folding import fingerprint
from elearn.assessment.formats.checking import Checked, Reading
from elearn.assessment.formats.neutral import Trouble
from elearn.kernel.errors import N_

MAX_ID = 64


class Outcome(StrEnum):
    """What becomes of a question of the file."""

    NEW = "NEW"
    DUPLICATE = "DUPLICATE"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Bank:
    """What is there already.

    ``codes`` of every question and draft of the site, with the fingerprint of those that the file
    names (None for those it does not); ``fingerprints`` of the questions and open drafts of the
    bank that is imported to, each with its code.
    """

    code: str
    codes: Mapping[str, str | None]
    fingerprints: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question with what becomes of it: its ``code`` when new, what it is ``like`` when not."""

    checked: Checked
    outcome: Outcome
    code: str | None = None
    like: str | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole import; with any error nothing of it may be done."""

    bank: str
    questions: Sequence[PlannedQuestion] = ()
    troubles: Sequence[Trouble] = ()

    @property
    def errors(self) -> list[Trouble]:
        """What forbids the import, in order of lines."""
        return [trouble for trouble in self.troubles if not trouble.is_note]

    @property
    def new(self) -> list[PlannedQuestion]:
        """The questions that become drafts."""
        return [each for each in self.questions if each.outcome is Outcome.NEW]

    @property
    def duplicate_count(self) -> int:
        """How many questions are there already, or twice in the file."""
        return sum(each.outcome is Outcome.DUPLICATE for each in self.questions)


def make_plan(reading: Reading, bank: Bank) -> Plan:
    """Return what importing ``reading`` to ``bank`` would do."""
    planned = list(_Planner(bank, reading.questions).run())
    own = [trouble for each in planned for trouble in each.troubles]
    troubles = sorted([*reading.troubles, *own], key=lambda trouble: trouble.line or 0)
    return Plan(bank.code, planned, troubles)


@dataclass(slots=True)
class _Planner:
    bank: Bank
    questions: Sequence[Checked]
    # Of the new questions of the file: the code by the words, and the words by the code.
    by_words: dict[str, str] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    number: int = 0

    def run(self) -> Iterator[PlannedQuestion]:
        """Yield the questions in their order."""
        self.given = frozenset(str(each.entry.get("id")) for each in self.questions)
        for checked in self.questions:
            yield self._one(checked)

    def _one(self, checked: Checked) -> PlannedQuestion:
        if any(not trouble.is_note for trouble in checked.troubles):
            return PlannedQuestion(checked, Outcome.WRONG)
        words = fingerprint(checked.entry)
        given = checked.entry.get("id")
        if isinstance(given, str) and (taken := self._holder(given)) is not None:
            if taken != words:
                return self._refused(checked, given)
            return PlannedQuestion(checked, Outcome.DUPLICATE, like=given)
        like = self.bank.fingerprints.get(words) or self.by_words.get(words)
        if like is not None:
            return PlannedQuestion(checked, Outcome.DUPLICATE, like=like)
        code = given if isinstance(given, str) else self._free_code(checked.wished_id)
        self.by_words[words] = code
        self.by_id[code] = words
        return PlannedQuestion(checked, Outcome.NEW, code=code)

    def _holder(self, code: str) -> str | None:
        """Return the fingerprint of what is called ``code``, None when nothing is."""
        if code in self.bank.codes:
            return self.bank.codes[code] or ""
        return self.by_id.get(code)

    def _refused(self, checked: Checked, code: str) -> PlannedQuestion:
        message = N_(
            "Mã “%(code)s” đã thuộc một câu hỏi khác. Hãy bỏ mã để nhập thành câu mới, hoặc sửa "
            "câu kia trong phần biên soạn."
        )
        trouble = Trouble(checked.line, checked.label, "id.taken", message, {"code": code})
        return PlannedQuestion(checked, Outcome.WRONG, troubles=(trouble,))

    def _is_taken(self, code: str) -> bool:
        return code in self.bank.codes or code in self.by_id

    def _free_code(self, wished: str | None) -> str:
        """Return the wished code if it is free, else the next one of the bank's own."""
        if wished is not None and not self._is_taken(wished):
            return wished
        while True:
            self.number += 1
            tail = f"-i-{self.number:03d}"
            code = f"{self.bank.code[: MAX_ID - len(tail)].rstrip('-')}{tail}"
            if not self._is_taken(code) and code not in self.given:
                return code


def digest_of(plan: Plan) -> str:
    """Return what stands for ``plan``; it differs as soon as something else would be done."""
    digest = hashlib.sha256()
    for each in plan.questions:
        known = [each.outcome, each.code, each.like, each.checked.entry]
        digest.update(json.dumps(known, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()


def body_of(entry: Mapping[str, Any], header: Sequence[str]) -> dict[str, Any]:
    """Return what ``entry`` asks, without the fields named ``header``; no empty feedback."""
    return {key: _without_none(value) for key, value in entry.items() if key not in header}


def _without_none(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        kept = {key: item for key, item in value.items() if item is not None or key == "unit"}
        return {key: _without_none(item) for key, item in kept.items()}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
