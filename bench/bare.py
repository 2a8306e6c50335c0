"""The ceiling: a bare Flask page with a flask-login user, three indexed SELECTs, 11 KB of Jinja."""

import os

from flask import Flask, render_template_string
from flask_login import LoginManager, login_required, login_user
from sqlalchemy import ForeignKey, String, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>{{ lesson.title }}</title></head>
<body><p>{{ user.name }}</p><nav><ol>
{% for number in range(20) %}<li><a href="/bare/{{ number }}">{{ titles[number] }}</a></li>
{% endfor %}</ol></nav><main><h1>{{ lesson.title }}</h1>{{ lesson.html|safe }}
<p>{{ progress }}</p></main></body></html>"""


class Base(DeclarativeBase):
    pass


class BareUser(Base):
    __tablename__ = "bare_user"
    is_authenticated = is_active = True
    is_anonymous = False
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))

    def get_id(self):
        return str(self.id)


class BareLesson(Base):
    __tablename__ = "bare_lesson"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    html: Mapped[str] = mapped_column(Text)


class BareProgress(Base):
    __tablename__ = "bare_progress"
    user_id: Mapped[int] = mapped_column(ForeignKey("bare_user.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("bare_lesson.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))


def fill(engine, html: str, users: int = 32) -> None:
    """Make the three tables, a lesson of ``html`` and ``users`` learners."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(BareLesson(id=1, title="Bài mẫu", html=html))
        session.add_all(BareUser(id=number, name=f"u{number}") for number in range(1, users + 1))
        session.flush()
        session.add_all(
            BareProgress(user_id=number, lesson_id=1, state="opened")
            for number in range(1, users + 1)
        )
        session.commit()


def make_app() -> Flask:
    """Return the bare site on the database of BENCH_DATABASE_URL."""
    engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=2)
    app = Flask(__name__)
    app.secret_key = "b" * 32
    manager = LoginManager(app)
    titles = [f"Bài {number}" for number in range(20)]

    @manager.user_loader
    def load(user_id):
        with Session(engine) as session:
            return session.scalar(select(BareUser).where(BareUser.id == int(user_id)))

    @app.get("/enter/<int:user_id>")
    def enter(user_id):
        login_user(load(user_id))
        return "ok"

    @app.get("/bare/<int:lesson_id>")
    @login_required
    def page(lesson_id):
        from flask_login import current_user  # noqa: PLC0415 - kept beside its only use

        with Session(engine) as session:
            lesson = session.scalar(select(BareLesson).where(BareLesson.id == lesson_id))
            mark = session.scalar(
                select(BareProgress).where(
                    BareProgress.user_id == current_user.id, BareProgress.lesson_id == lesson_id
                )
            )
            return render_template_string(
                PAGE, user=current_user, lesson=lesson, progress=mark.state, titles=titles
            )

    return app
