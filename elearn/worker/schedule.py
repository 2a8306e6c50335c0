"""What runs by the clock: handing over jobs that were left, closing what is overdue."""

from collections.abc import Callable

from flask import Flask
from huey import crontab

from elearn.infra.jobs import huey_of, sweep
from elearn.kernel.clock import utc_now
from elearn.workflows import (
    assemble_forms,
    item_statistics,
    manage_rounds,
    sign_in,
    stage_questions,
    stage_roster,
    sync_content,
    take_quiz,
)
from elearn.workflows.certificate_files import drop_old_bundles

# name: function without arguments, run every minute in the application's context
EVERY_MINUTE: dict[str, Callable[[], object]] = {
    "sweep_jobs": lambda: sweep(utc_now()),
    "close_overdue_attempts": take_quiz.close_overdue,
    "close_rounds": lambda: manage_rounds.close_over(utc_now()),
    "drop_old_bundles": drop_old_bundles,
    "clear_old_sign_ins": lambda: sign_in.clear_away(now=utc_now()),
}
# The same, once a day at 00:05 in Viet Nam, which is 17:05 UTC: what depends on the calendar.
EVERY_DAY: dict[str, Callable[[], object]] = {
    "refresh_citations": lambda: sync_content.refresh(now=utc_now()),
    "compute_statistics": lambda: item_statistics.request_nightly(now=utc_now()),
    "renew_form_pools": lambda: assemble_forms.renew_pools(now=utc_now()),
    "forget_abandoned_imports": lambda: stage_questions.forget_abandoned(utc_now()),
    "forget_abandoned_rosters": lambda: stage_roster.forget_abandoned(utc_now()),
}


def _add(app: Flask, name: str, when: Callable[..., bool], act: Callable[[], object]) -> None:
    def run() -> None:
        with app.app_context():
            act()

    huey_of(app).periodic_task(when, name=name)(run)


def init_app(app: Flask) -> None:
    """Register the periodic tasks of ``app`` with its Huey."""
    for name, act in EVERY_MINUTE.items():
        _add(app, name, crontab(minute="*"), act)
    for name, act in EVERY_DAY.items():
        _add(app, name, crontab(hour="17", minute="5"), act)
