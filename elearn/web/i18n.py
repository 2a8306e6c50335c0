"""Language and the Vietnamese way to write dates and numbers."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.support import Translations
from flask import Flask, g, request, session
from flask_babel import Babel, get_locale, get_translations
from markupsafe import Markup

from elearn.kernel.clock import LOCAL_ZONE
from elearn.web.identity import current_actor

LOCALES = ("vi", "en")


def _locale() -> str:
    chosen = session.get("locale") if request else None
    if chosen in LOCALES:
        return str(chosen)
    actor = current_actor()
    return actor.locale if actor is not None and actor.locale in LOCALES else "vi"


def format_day(day: date | None) -> str:
    """Return dd/mm/yyyy, or a dash for no day."""
    return "–" if day is None else day.strftime("%d/%m/%Y")


def format_time(at: datetime | None) -> str:
    """Return HH:MM dd/mm/yyyy in Viet Nam, or a dash."""
    return "–" if at is None else at.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y")


def format_number(value: Decimal | int | float | None, digits: int | None = None) -> str:
    """Return the number with dot thousands and decimal comma, rounded half up; a dash for None."""
    if value is None:
        return "–"
    number = Decimal(str(value))
    if digits is not None:
        number = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    elif number == number.to_integral_value():
        number = number.quantize(Decimal(1))
    else:
        number = number.normalize()
    return f"{number:,f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def format_percent(value: Decimal | int | float | None, digits: int | None = 1) -> str:
    """Return the percentage (0 to 100) as people read it, e.g. ``79,6%``; a dash for None."""
    return "–" if value is None else format_number(value, digits) + "%"


class _Words:
    """The words of one language as templates show them; each message is looked up once.

    Pages ask for dozens of them, nearly always without variables.
    """

    def __init__(self, translations: Translations) -> None:
        self.translations = translations
        # message: its words as safe HTML, and whether they are the same with nothing filled in.
        self._known: dict[str, tuple[Markup, bool]] = {}

    def one(self, message: str, variables: Mapping[str, object]) -> Markup:
        """Return ``message`` with ``variables`` filled in and escaped; %% is a percent sign."""
        known = self._known.get(message)
        if known is None:
            words = Markup(self.translations.ugettext(message))  # noqa: S704 - our own catalogue
            if len(self._known) < _MOST_WORDS:
                self._known[message] = (words, "%" not in words)
            return words % variables
        words, is_plain = known
        return words if is_plain else words % variables


# Messages stand in templates, so their number is bounded; this only guards against a slip.
_MOST_WORDS = 10_000
_LANGUAGES: dict[str, _Words] = {}


def _words() -> _Words:
    """Return the words of the reader's language, found once a request."""
    words: _Words | None = g.get("words")
    if words is None:
        locale = str(get_locale())
        words = _LANGUAGES.get(locale) or _LANGUAGES.setdefault(locale, _Words(get_translations()))
        g.words = words
    return words


def _one(message: str, **variables: object) -> Markup:
    """Return ``message`` in the reader's language as safe HTML: ``_`` in templates."""
    return _words().one(message, variables)


def _many(singular: str, plural: str, count: int) -> str:
    return str(_words().translations.ungettext(singular, plural, count))


def init_app(app: Flask) -> None:
    """Give templates the language and the formats."""
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "web/translations"
    Babel(app, locale_selector=_locale)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # Babel's extension adds it
        _one, _many, newstyle=True
    )
    # The same as Jinja's own, without its three calls a message.
    app.jinja_env.globals.update({"_": _one, "gettext": _one})
    app.jinja_env.filters.update(
        day=format_day, time=format_time, number=format_number, percent=format_percent
    )
    app.context_processor(lambda: {"locale": str(get_locale() or "vi")})
