"""A learner at a sheet, at as many devices as wanted: where tests of the page begin."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import AnswerEvent, AnswerStatus
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_learner
from tests.support.accounts import Visitor
from tests.support.live import serving

# q1 to q3 are those of the protocol's tests; the two that are written come after them.
TYPES = {
    "q1": {},
    "q2": {"type": "multiple_choice", "correct": "ac"},
    "q3": {"type": "true_false", "answer": True},
    "essay": {"type": "essay"},
    "word": {"type": "short_text"},
}
KEPT = """async () => {
  const found = {local: {...localStorage}, session: {...sessionStorage}, databases: [], rows: []};
  for (const {name} of await indexedDB.databases()) {
    found.databases.push(name);
    const disk = await new Promise((done) => {
      const request = indexedDB.open(name); request.onsuccess = () => done(request.result);
    });
    for (const store of disk.objectStoreNames) {
      const rows = disk.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { rows.onsuccess = done; });
      found.rows.push(...rows.result);
    }
    disk.close();
  }
  found.caches = await caches.keys();
  return found;
}"""


@contextmanager
def guarded(app: Flask) -> Iterator[str]:
    """Serve ``app`` with form tokens wanted, as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        with serving(app) as base:
            yield base
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


class Desk:
    """A learner at the sheet of ``codes``, with as many devices as wanted."""

    def __init__(
        self,
        chromium: Browser,
        address: str,
        session: Session,
        visitor: Visitor,
        codes: tuple[str, ...] = ("q1", "q2", "q3"),
    ) -> None:
        self.chromium, self.address = chromium, address
        self.session, self.visitor = session, visitor
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        for code in codes:
            make_question(session, code, **TYPES[code])
        make_paper(
            session, "de", sections=[{"title": "Chung", "questions": list(codes)}], shuffle=False
        )
        self.learner: User = make_learner(session)

    def device(self, width: int = 1280, *, script: bool = True, **options: Any) -> Page:
        context = self.chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, **options
        )
        self.enter(context)
        self.contexts.append(context)
        return context.new_page()

    def enter(self, context: BrowserContext, user: User | None = None) -> None:
        """Sign ``user``, by default the learner, in on the device of ``context``."""
        cookie = self.visitor.as_user(user or self.learner).get_cookie("elearn")
        assert cookie is not None
        context.add_cookies([{"name": "elearn", "value": cookie.value, "url": self.address}])
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))

    def begin(self, page: Page) -> int:
        page.goto(f"{self.address}/papers/de")
        page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm tiếp")).click()
        page.wait_for_url("**/attempts/*")
        return int(page.url.rsplit("/", 1)[1])

    def events(self) -> list[tuple[object, AnswerStatus]]:
        self.session.rollback()
        rows = self.session.scalars(select(AnswerEvent).order_by(AnswerEvent.id))
        return [(row.value, row.status) for row in rows]

    def kept(self, page: Page) -> dict[str, Any]:
        """Return everything that the browser of ``page`` keeps for the site."""
        found: dict[str, Any] = page.evaluate(KEPT)
        return found

    def close(self) -> None:
        """Close every window; no script may have failed in any."""
        for context in self.contexts:
            context.close()
        assert self.faults == []


def option(page: Page, question: int, value: str) -> Any:
    """Return the choice ``value`` of a question."""
    return page.locator(f"#q{question} input[value='{value}']")
