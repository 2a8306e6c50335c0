"""The WSGI entry point."""

import gc
import os

# Loading makes half a million objects and next to no garbage, and a page some ten thousand that
# vanish by themselves: looked for at every 700th, as Python does, garbage costs a tenth of both.
gc.set_threshold(5_000, 10, 10)

from elearn.app import create_app  # noqa: E402 - see above
from elearn.web.warmup import settle, warm_up  # noqa: E402 - see above

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    warm_up(app)
settle()
