"""The lesson page beside a bare Flask page on the same database, in alternation."""

import gzip
import re
import statistics
import urllib.request

from flask import Flask
from sqlalchemy import create_engine, event, select

from bench import bare, servers
from elearn.accounts.models import User
from elearn.infra.db import db
from tests.support.accounts import Visitor

SESSIONS, ROUNDS, SECONDS = 8, 5, 6.0
LESSON = "/learn/m0-dinh-huong/l0-1-de-an-son-la"


def cookies_for(app: Flask, username: str, count: int) -> list[str]:
    """Return ``count`` cookies of signed-in browsers of ``username``."""
    with app.app_context():
        user = db.session().scalars(select(User).where(User.username == username)).one()
        visitor = Visitor(app, db.session())
        clients = [visitor.as_user(user) for _ in range(count)]
        found = [client.get_cookie("elearn") for client in clients]
        return [f"elearn={cookie.value}" for cookie in found if cookie is not None]


def bare_cookies(port: int) -> list[str]:
    """Return the cookies of the bare page's learners."""
    found = []
    for number in range(1, SESSIONS + 1):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/enter/{number}") as answer:
            found.append(answer.headers["Set-Cookie"].split(";")[0])
    return found


def count_statements(app: Flask, cookie: str) -> int:
    """Return how many SQL statements the second visit to the lesson page sends."""
    client = app.test_client()
    client.set_cookie("elearn", cookie.removeprefix("elearn="))
    assert client.get(LESSON).status_code == 200
    statements: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get(LESSON)
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)


def _fetch(port: int, path: str, cookie: str) -> tuple[int, str]:
    """Return (bytes over the wire with headers, text)."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie, "Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
        size = len(body) + len(str(answer.headers))
        is_gzip = answer.headers.get("Content-Encoding") == "gzip"
    return size, (gzip.decompress(body) if is_gzip else body).decode("utf-8", "replace")


def first_visit(port: int, cookie: str) -> tuple[int, float]:
    """Return (requests, KB) of the lesson page and everything it names, with an empty cache."""
    size, page = _fetch(port, LESSON, cookie)
    named = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="(/[^"]+)"', page)
    paths = dict.fromkeys(path.replace("&amp;", "&") for path in named)
    total = size + sum(_fetch(port, path, cookie)[0] for path in paths)
    return 1 + len(paths), total / 1000


def measure(app: Flask, environ: dict[str, str], url: str) -> dict[str, object]:
    """Run the rounds and return the figures."""
    cookies = cookies_for(app, "hocvien", SESSIONS)
    client = app.test_client()
    client.set_cookie("elearn", cookies[0].removeprefix("elearn="))
    html = client.get(LESSON).text
    bare.fill(create_engine(url), html[:11_000])
    figures: dict[str, list[float]] = {"lesson": [], "bare": []}
    with (
        servers.gunicorn("wsgi:app", environ, "/healthz") as (port, pid, start),
        servers.gunicorn("bench.bare:make_app()", {"BENCH_DATABASE_URL": url}, "/enter/1") as other,
    ):
        others = bare_cookies(other[0])
        for _ in range(ROUNDS):
            seen = servers.drive(port, LESSON, SECONDS, cookies)
            beside = servers.drive(other[0], "/bare/1", SECONDS, others)
            assert seen["failures"] == beside["failures"] == 0
            figures["lesson"].append(seen["per_second"])
            figures["bare"].append(beside["per_second"])
        requests, kilobytes = first_visit(port, cookies[0])
        memory = servers.pss_mib(pid)
    lesson, ceiling = (statistics.median(figures[name]) for name in ("lesson", "bare"))
    return {
        "lesson page, requests a second, 8 sessions (median)": round(lesson, 1),
        "bare Flask page, the same": round(ceiling, 1),
        "ratio (at least 0.60)": round(lesson / ceiling, 2),
        "SQL statements a lesson page (at most 4)": count_statements(app, cookies[0]),
        "first visit, requests (at most 10)": requests,
        "first visit, KB over the wire (at most 100)": round(kilobytes, 1),
        "two workers, preloaded, PSS in MiB (at most 140)": round(memory, 1),
        "cold start in seconds (at most 2)": round(start, 2),
    }
