"""The WSGI entry point."""

import gc

from elearn.app import create_app

app = create_app()
# What is loaded by now lives as long as the process. Kept out of the collector's sight, its pages
# stay shared between workers that were forked after loading.
gc.collect()
gc.freeze()
