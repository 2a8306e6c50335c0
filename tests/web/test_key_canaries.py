"""No byte of a key, feedback, rubric or explanation reaches the browser before its release (C24).

Everything that the site answers about an attempt is read: every address that names one, with
what the page sends and with what it never would, for every type of question.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.accounts.models import User
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import FeedbackRule
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import items_of, make_learner
from tests.factories.questions import BODIES
from tests.support.accounts import Visitor

CANARY = "CHIM-HOANG-YEN"
# A number cannot carry a word; this one stands nowhere else.
NUMBER = "73196.28"
CHOICE: dict[str, Any] = {
    "stem": "Câu hỏi thử?",
    "options": [
        {"text": f"Phương án {letter}", "correct": letter == "a", "feedback": "x"}
        for letter in "abcd"
    ],
    "explanation": "x",
}
PLAIN: dict[str, dict[str, Any]] = {
    "single_choice": CHOICE,
    "multiple_choice": {**CHOICE, "scoring": "partial"},
    "true_false": {"stem": "Nhận định thử.", "answer": True, "explanation": "x"},
    **BODIES,
}


def _planted(value: Any, key: str = "") -> Any:
    """Return a body with canaries wherever it says what only a grader may know."""
    if isinstance(value, dict):
        return {name: _planted(part, name) for name, part in value.items()}
    if key in ("answers", "explanation", "feedback", "criterion"):
        words = f"{CANARY} {key}"
        return [words] if isinstance(value, list) else words
    if key == "answer" and isinstance(value, str):
        return NUMBER
    if isinstance(value, list):
        return [_planted(part, key if key == "answers" else "") for part in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    """Return every text inside ``value``."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def learner(session: Session) -> User:
    return make_learner(session)


def _make(session: Session, rule: FeedbackRule) -> None:
    # A text that people mark holds the result back; where it is shown at once there is none.
    marked = ("essay", "case") if rule is FeedbackRule.AFTER_SUBMIT else ()
    names = [name for name in TYPES if name not in marked]
    for name in names:
        body = _planted(copy.deepcopy(PLAIN[name]))
        planted = [text for text in _texts(body) if CANARY in text or text == NUMBER]
        assert planted, name
        make_question(session, f"q-{name}", type=name, body=body)
    codes = [f"q-{name}" for name in names]
    make_paper(session, "de", sections=[{"title": "Chung", "questions": codes}], feedback=rule)


class Crawl:
    """Everything that came back, by the call that brought it."""

    def __init__(self, app: Flask, browser: FlaskClient, attempt_id: int) -> None:
        self.app, self.browser, self.attempt_id = app, browser, attempt_id
        self.found: dict[str, bytes] = {}

    def keep(self, call: str, response: TestResponse) -> None:
        assert response.status_code < 500, call
        self.found[call] = str(response.headers).encode() + response.data

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Return (method, address) of every route that names an attempt, but handing in."""
        adapter = self.app.url_map.bind("localhost")
        for rule in self.app.url_map.iter_rules():
            if "attempt_id" not in rule.arguments or rule.rule.startswith(("/officer", "/hr")):
                continue
            values: dict[str, Any] = dict.fromkeys(rule.arguments, 1)
            values["attempt_id"] = self.attempt_id
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                if not (rule.endpoint == "quiz.submit" and method == "POST"):
                    yield method, adapter.build(rule.endpoint, values)

    def all(self, payloads: list[dict[str, Any]]) -> None:
        """Call every address, with each of ``payloads`` as JSON and as a form."""
        self.keep("paper", self.browser.get("/papers/de"))
        self.keep("paper again", self.browser.post("/papers/de", follow_redirects=True))
        for method, address in self.addresses():
            self.keep(f"{method} {address}", self.browser.open(address, method=method))
            if method == "GET":
                self.keep(f"q {address}", self.browser.get(address + "?q=2"))
                continue
            for number, payload in enumerate(payloads):
                call = f"{address} {number}"
                self.keep(f"json {call}", self.browser.post(address, json=payload))
                form = {"epoch": "1", "seen_seq": "0", "act": "save", **payload["form"]}
                shown = self.browser.post(address, data=form, follow_redirects=True)
                self.keep(f"form {call}", shown)

    def leaks(self) -> list[str]:
        """Return the calls whose answer holds a canary, however it is written."""
        wanted = {CANARY, CANARY.lower(), NUMBER, NUMBER.replace(".", ",")}
        wanted |= {json.dumps(word)[1:-1] for word in wanted}
        return [
            call
            for call, content in self.found.items()
            if any(word.encode() in content for word in wanted)
        ]


def _payloads(items: dict[str, int]) -> list[dict[str, Any]]:
    """Return saves of each question: something valid for one type or another, and nonsense."""
    values: list[Any] = ["a", ["a"], True, "1", ["", ""], {}, {"0": "1"}, None, 5, ["z"], "x" * 50]
    found = []
    for item in items.values():
        for value in values:
            event = {"uuid": str(uuid4()), "item": item, "client_seq": 1, "value": value}
            form = {str(item): "a", f"{item}.0": "b"}
            found.append({"epoch": 1, "events": [event], "form": form})
    return found


@pytest.mark.parametrize("rule", FeedbackRule)
def test_no_byte_of_a_key_reaches_the_browser_before_its_release(
    app: Flask, visitor: Visitor, learner: User, session: Session, rule: FeedbackRule
) -> None:
    _make(session, rule)
    browser = visitor.as_user(learner)
    attempt_id = int(str(browser.post("/papers/de").location).rsplit("/", 1)[1])
    items = items_of(session, attempt_id)
    crawl = Crawl(app, browser, attempt_id)
    every = _payloads(items)
    address = f"/attempts/{attempt_id}/answers"
    for number, payload in enumerate(every):
        wire = {key: payload[key] for key in ("epoch", "events")}
        crawl.keep(f"save {number}", browser.post(address, json=wire))
    crawl.all(every[:: len(every) // 6])
    for view in ("one", "paged"):
        browser.post(f"/attempts/{attempt_id}/view", data={"view": view})
        for number in range(1, len(items) + 1):
            shown = browser.get(f"/attempts/{attempt_id}?q={number}")
            crawl.keep(f"{view} {number}", shown)
    other = visitor.as_user(learner)
    crawl.keep("elsewhere", other.get(f"/attempts/{attempt_id}"))
    taken = other.post(f"/attempts/{attempt_id}/take-over", follow_redirects=True)
    crawl.keep("take over", taken)
    assert b"question" in crawl.found[f"GET /attempts/{attempt_id}"]
    assert crawl.leaks() == []
    ended = browser.post(f"/attempts/{attempt_id}/submit", follow_redirects=True)
    crawl.keep("result", ended)
    if rule is FeedbackRule.AFTER_SUBMIT:
        # The canaries sing once the door is open: they were really there.
        assert CANARY in ended.text
        assert "result" in crawl.leaks()
    else:
        crawl.all(every[:2])
        assert crawl.leaks() == []
