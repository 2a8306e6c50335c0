"""What every test may use: the site on both databases, empty before each test."""

import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from elearn.app import create_app
from elearn.infra.db import db
from elearn.kernel.settings import from_env
from elearn.tables import metadata
from tests.support import postgres
from tests.support.accounts import Visitor
from tests.support.client import Browser
from tests.support.jobs import run_jobs as run_all_jobs

# A busy machine is no failure: timings are measured in bench/ alone. The gate runs the same
# examples every time; ELEARN_TEST_RANDOM=1 looks for new ones.
settings.register_profile(
    "elearn", deadline=None, derandomize=not os.environ.get("ELEARN_TEST_RANDOM")
)
settings.load_profile("elearn")

ENGINES = ("sqlite", "postgresql")
_SERVER = "ELEARN_TEST_SERVER"
_counts: Counter[str] = Counter()
_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the process that hands the tests out."""
    if not hasattr(config, "workerinput"):
        os.environ[_SERVER] = _stack.enter_context(postgres.cluster()) or ""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL."""
    if not hasattr(config, "workerinput"):
        _stack.close()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count passed tests per engine."""
    if report.when == "call" and report.passed:
        for engine in ENGINES:
            if f"[{engine}" in report.nodeid or f"-{engine}" in report.nodeid:
                _counts[engine] += 1
                return
        _counts["browser" if "journeys" in report.nodeid else "no database"] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which engines and which browser ran."""
    counted = ", ".join(f"{name} {count}" for name, count in sorted(_counts.items()))
    terminalreporter.write_line(f"passed per engine: {counted}")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached out to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def missing(what: str) -> NoReturn:
    """Skip a test for want of ``what``, or fail where ELEARN_TEST_REQUIRE names it."""
    if what in os.environ.get("ELEARN_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{what} is required here and was not found")
    pytest.skip(f"no {what} here")


def fresh_database(name: str) -> str:
    """Return the URL of a new, empty PostgreSQL database called ``name``."""
    server = os.environ[_SERVER]
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session", params=ENGINES)
def engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
    server = os.environ[_SERVER]
    if not server:
        missing("postgresql")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return fresh_database(f"elearn_test_{os.getpid()}_{worker}")


def make_app(url: str, folder: Path) -> Flask:
    """Return the site on the database at ``url`` with its files in ``folder``."""
    settings = from_env(
        {
            "ELEARN_DATABASE_URL": url,
            "ELEARN_DATA_DIR": str(folder),
            "ELEARN_QUEUE_URL": "memory:",
            "ELEARN_SECRET_KEY": "k" * 40,
        },
        testing=True,
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app


@pytest.fixture(scope="session")
def site(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Return the site with all tables made; use ``app`` in tests."""
    app = make_app(engine_url, tmp_path_factory.mktemp("instance"))
    with app.app_context():
        metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


def _empty(app: Flask) -> None:
    tables = [table.name for table in metadata.sorted_tables]
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")
            return
        # Foreign keys and append-only triggers stand aside while a test's rows are cleared away.
        statements = "; ".join(f'DELETE FROM "{name}"' for name in tables)
        connection.execute(
            text(
                f"SET session_replication_role = replica; {statements}; "
                "RESET session_replication_role"
            )
        )
        connection.commit()


@pytest.fixture
def app(site: Flask) -> Iterator[Flask]:
    """Return the site, empty, inside an application context."""
    with site.app_context():
        yield site
        db.session.rollback()
    _empty(site)


@pytest.fixture
def session(app: Flask) -> Session:
    """Return the session of the test; factories commit through it."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without JavaScript, signed out."""
    return app.test_client()


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """Return what runs the flask commands."""
    return app.test_cli_runner()


@pytest.fixture
def visitor(app: Flask, session: Session) -> Visitor:
    """Return the maker of signed-in clients."""
    return Visitor(app, session)


@pytest.fixture
def run_jobs(app: Flask) -> Iterator[object]:
    """Return the function that does every waiting job and returns how many there were."""
    return lambda: run_all_jobs(app)
