"""The WSGI entry point."""

import gc
import os

from elearn.app import create_app
from elearn.web.warmup import warm_up

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    warm_up(app)
# What is loaded by now lives as long as the process. Kept out of the collector's sight, its pages
# stay shared between workers that were forked after loading.
gc.collect()
gc.freeze()
