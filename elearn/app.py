"""The factory: the one place where everything is put together."""

import os

from dotenv import load_dotenv
from flask import Flask
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from elearn import tables
from elearn.cli.commands import COMMANDS
from elearn.cli.lazy import LazyGroup
from elearn.infra import db, jobs, logs, mail, migrations, sealing, signing, storage
from elearn.kernel.settings import Settings, from_env
from elearn.web import access, addresses, assets, errors, headers, i18n, identity, labels
from elearn.web.blueprints import BLUEPRINTS
from elearn.web.identity import current_actor
from elearn.web.navigation import nav_items, section_tabs
from elearn.worker.handlers import HANDLERS


def create_app(settings: Settings | None = None) -> Flask:
    """Return the site for ``settings``, by default those of the environment and ``.env``."""
    if settings is None:
        load_dotenv()
        settings = from_env(os.environ)
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    _configure(app, settings)
    _open_doors(app, settings)
    _open_site(app, settings)
    app.cli = LazyGroup(app.name, COMMANDS)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    prefix = "__Host-" if settings.is_https else ""
    app.testing = settings.testing
    app.config.update(
        SECRET_KEY=settings.secret_key,
        ELEARN=settings,
        ELEARN_MIGRATION_HEAD=migrations.head(),
        SESSION_COOKIE_NAME=f"{prefix}elearn",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=64 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _open_doors(app: Flask, settings: Settings) -> None:
    if not settings.testing:
        logs.configure()
    db.init_app(app, settings.database_url)
    migrations.init_app(app)
    storage.init_app(app, settings.storage_url)
    signing.init_app(app, settings.data_dir)
    sealing.init_app(app, settings.data_dir)
    jobs.init_app(app, settings.queue_url, settings.secret_key, HANDLERS)
    mail.init_app(app, settings.mail_url, settings.mail_sender)
    app.extensions["elearn_tables"] = tables.metadata
    app.extensions[jobs.CONSUMER] = "elearn.worker.consumer:run"


def _open_site(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how WSGI middleware is added
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    headers.init_app(app, https=settings.is_https)
    CSRFProtect(app)
    identity.init_app(app)
    i18n.init_app(app)
    labels.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    Compress(app)
    addresses.init_app(app)
    app.before_request(access.enforce)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(lambda: _shell(settings))


def _shell(settings: Settings) -> dict[str, object]:
    """Return what every page's frame needs."""
    actor = current_actor()
    return {
        "nav_items": nav_items(actor),
        "section_tabs": section_tabs(actor),
        "actor": actor,
        "current_user_name": actor.name if actor else None,
        "site_name": settings.site_name,
    }
