"""Settings: read once from the environment, checked, and frozen."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DEVELOPMENT_KEY_FILE = "secret.key"


class SettingsError(Exception):
    """A setting cannot be used; the message names it and says what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. See docs/settings.md."""

    database_url: str
    secret_key: str
    base_url: str
    data_dir: Path
    content_dir: Path
    storage_url: str
    queue_url: str
    mail_url: str | None = None
    mail_sender: str = "elearn@localhost"
    site_name: str = "elearn"
    proxies: int = 0
    testing: bool = False

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS, so that cookies may be Secure."""
        return self.base_url.startswith("https://")


def _database_url(value: str) -> str:
    scheme = value.split(":", 1)[0]
    if scheme in ("postgres", "postgresql"):
        return "postgresql+psycopg:" + value.split(":", 1)[1]
    if scheme in ("sqlite", "postgresql+psycopg"):
        return value
    raise SettingsError(
        "ELEARN_DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://, "
        f"không dùng được “{scheme}”."
    )


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise SettingsError(
            f"ELEARN_BASE_URL phải có dạng https://ten-may, không kèm đường dẫn: “{value}”."
        )
    return value.rstrip("/")


def _secret_key(given: str | None, data_dir: Path) -> str:
    """Return the key given, or the one kept in the data folder, made at first start (0600)."""
    if given is not None:
        if len(given) < 32:
            raise SettingsError("ELEARN_SECRET_KEY phải dài ít nhất 32 ký tự.")
        return given
    path = data_dir / DEVELOPMENT_KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _whole_number(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "0")
    if not value.isdigit():
        raise SettingsError(f"{name} phải là số nguyên không âm, không phải “{value}”.")
    return int(value)


def from_env(environ: Mapping[str, str], *, testing: bool = False) -> Settings:
    """Return the settings that ``environ`` (names ``ELEARN_…``) asks for.

    Raises SettingsError with a Vietnamese sentence for a value that cannot be used.
    """
    data_dir = Path(environ.get("ELEARN_DATA_DIR", "instance")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    database = environ.get("ELEARN_DATABASE_URL") or environ.get("DATABASE_URL")
    return Settings(
        database_url=_database_url(database or f"sqlite:///{data_dir / 'elearn.db'}"),
        secret_key=_secret_key(environ.get("ELEARN_SECRET_KEY"), data_dir),
        base_url=_base_url(environ.get("ELEARN_BASE_URL", "http://127.0.0.1:8000")),
        data_dir=data_dir,
        content_dir=Path(environ.get("ELEARN_CONTENT_DIR", "content")).resolve(),
        storage_url=environ.get("ELEARN_STORAGE_URL", f"file://{data_dir / 'files'}"),
        queue_url=environ.get("ELEARN_QUEUE_URL", f"sqlite:///{data_dir / 'jobs.db'}"),
        mail_url=environ.get("ELEARN_MAIL_URL"),
        mail_sender=environ.get("ELEARN_MAIL_SENDER", "elearn@localhost"),
        site_name=environ.get("ELEARN_SITE_NAME", "elearn"),
        proxies=_whole_number(environ, "ELEARN_PROXIES"),
        testing=testing,
    )
