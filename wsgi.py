"""The WSGI entry point."""

import os

from elearn.app import create_app
from elearn.web.warmup import settle, warm_up

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    warm_up(app)
settle()
