"""A running site with the real content and the demo province, and a real browser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session

from elearn.infra.db import db
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import today, utc_now
from elearn.workflows import load_demo, sync_content
from tests.conftest import make_app, missing
from tests.journeys.attempt_desk import Desk, guarded
from tests.support.accounts import Visitor
from tests.support.live import serving

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None
)


def _open(folder: Path) -> Flask:
    app = make_app(f"sqlite:///{folder / 'elearn.db'}", folder)
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with content and 300 demo officials, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    app = _open(folder)
    with app.app_context():
        upgrade()
        assert sync_content.load(SYSTEM, Path("content").resolve(), now=utc_now()).applied
        assert load_demo.load(300, load_demo.SEED, today=today(), now=utc_now()).applied
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def demo_site(filled_folder: Path, tmp_path: Path) -> Flask:
    """Return a site of the test's own with the demo data."""
    folder = tmp_path / "site"
    shutil.copytree(filled_folder, folder)
    return _open(folder)


@pytest.fixture
def address(demo_site: Flask) -> Iterator[str]:
    """Return the address at which ``demo_site`` is served."""
    with serving(demo_site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the browser."""
    if CHROMIUM is None:
        missing("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        print(f"browser: Chromium {browser.version}")
        yield browser
        browser.close()


@pytest.fixture
def desk_address(app: Flask) -> Iterator[str]:
    """Return the address of the empty site of the test, with form tokens wanted."""
    with guarded(app) as base:
        yield base


@pytest.fixture
def desk(
    request: pytest.FixtureRequest,
    chromium: Browser,
    desk_address: str,
    session: Session,
    visitor: Visitor,
) -> Iterator[Desk]:
    """Return a learner before a sheet; parametrized indirectly by the codes of its questions."""
    codes = getattr(request, "param", ("q1", "q2", "q3"))
    found = Desk(chromium, desk_address, session, visitor, codes)
    yield found
    found.close()
