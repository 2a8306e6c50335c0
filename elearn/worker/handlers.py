"""Job kind to the function that does it."""

from collections.abc import Mapping

from elearn.infra.jobs import Handler
from elearn.infra.mail import SEND_MAIL, send

HANDLERS: Mapping[str, Handler] = {
    SEND_MAIL: send,
}
