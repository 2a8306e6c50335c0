"""Job kind to the function that does it."""

from collections.abc import Mapping

from elearn.infra.jobs import Handler
from elearn.infra.mail import SEND_MAIL, send
from elearn.workflows.certificate_files import BUNDLE, build_bundle
from elearn.workflows.stage_roster import APPLY_ROSTER, CHECK_ROSTER, apply_batch, check_batch

HANDLERS: Mapping[str, Handler] = {
    SEND_MAIL: send,
    BUNDLE: build_bundle,
    CHECK_ROSTER: check_batch,
    APPLY_ROSTER: apply_batch,
}
