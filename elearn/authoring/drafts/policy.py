"""Who may do what with drafts. Pure.

Roles are granted on a unit subtree, but lessons and questions belong to the whole site: holding
AUTHOR or REVIEWER on any unit suffices (docs/adr/0004-content-roles.md).
"""

from collections.abc import Collection

from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_, Forbidden


def check_author(actor: Actor) -> None:
    """Raise Forbidden unless ``actor`` may write drafts."""
    if not actor.has_role(Role.AUTHOR):
        raise Forbidden("draft.not_author", N_("Chỉ người biên soạn làm được việc này."))


def check_reader(actor: Actor) -> None:
    """Raise Forbidden unless ``actor`` may read drafts, answers included."""
    if not actor.has_role(Role.AUTHOR, Role.REVIEWER):
        raise Forbidden(
            "draft.not_reader", N_("Chỉ người biên soạn và người thẩm định xem được bản nháp.")
        )


def may_review(actor: Actor, involved: Collection[int | None]) -> bool:
    """Whether ``actor`` may return or publish a draft.

    ``involved`` are the users who opened, edited or submitted it: nobody judges his own work
    (domain.md section 2, author ≠ approver).
    """
    return actor.has_role(Role.REVIEWER) and actor.user_id not in involved


def check_reviewer(actor: Actor, involved: Collection[int | None]) -> None:
    """Raise Forbidden unless ``may_review``."""
    if not actor.has_role(Role.REVIEWER):
        raise Forbidden("draft.not_reviewer", N_("Chỉ người thẩm định làm được việc này."))
    if not may_review(actor, involved):
        raise Forbidden(
            "draft.own_work",
            N_("Bạn đã soạn hoặc sửa bản nháp này nên cần một người thẩm định khác."),
        )


def may_discard(actor: Actor, involved: Collection[int | None], *, is_from_file: bool) -> bool:
    """Whether ``actor`` may throw the draft away: its writers, or any author for a file's text."""
    if not actor.has_role(Role.AUTHOR):
        return False
    return is_from_file or actor.user_id in involved


def check_discard(actor: Actor, involved: Collection[int | None], *, is_from_file: bool) -> None:
    """Raise Forbidden unless ``may_discard``."""
    if not may_discard(actor, involved, is_from_file=is_from_file):
        raise Forbidden("draft.others_work", N_("Chỉ người đã soạn bản nháp này mới được bỏ nó."))
