"""Who may propose, approve and see corrections of keys. Pure.

Whether a key is right is a matter of content: an author or reviewer proposes, a reviewer or the
programme officer who did not propose approves (domain.md section 2: author ≠ approver). That
scores fall is decided by a programme officer alone, for people of his own units.
"""

from elearn.kernel.actor import Actor, Role
from elearn.kernel.errors import N_, Forbidden

PROPOSERS = (Role.AUTHOR, Role.REVIEWER)
APPROVERS = (Role.REVIEWER, Role.PROGRAMME_OFFICER)
READERS = (*PROPOSERS, Role.PROGRAMME_OFFICER)


def check_proposer(actor: Actor) -> int:
    """Return the user who proposes. Raises Forbidden."""
    if actor.user_id is None or not actor.has_role(*PROPOSERS):
        raise Forbidden(
            "keys.not_proposer",
            N_("Chỉ người biên soạn và người thẩm định đề nghị sửa đáp án được."),
        )
    return actor.user_id


def may_approve(actor: Actor, proposed_by: int) -> bool:
    """Whether ``actor`` may approve or reject a proposal of the user ``proposed_by``."""
    return actor.has_role(*APPROVERS) and actor.user_id != proposed_by


def check_approver(actor: Actor, proposed_by: int, *, is_affected: bool) -> int:
    """Return the user who decides. Raises Forbidden, also where his own score would change."""
    if actor.user_id is None or not actor.has_role(*APPROVERS):
        raise Forbidden(
            "keys.not_approver",
            N_("Chỉ người thẩm định và người phụ trách chương trình duyệt sửa đáp án được."),
        )
    if actor.user_id == proposed_by:
        raise Forbidden(
            "keys.own_proposal",
            N_("Bạn đã đề nghị sửa đáp án này nên cần một người khác duyệt."),
        )
    if is_affected:
        raise Forbidden(
            "keys.own_score",
            N_("Điểm của chính bạn sẽ thay đổi nên cần một người khác duyệt."),
        )
    return actor.user_id


def check_may_lower(actor: Actor, *, outside: int) -> None:
    """Raise Forbidden unless ``actor`` may decide that scores fall.

    ``outside``: how many of those who would lose are not people of his units.
    """
    if not actor.has_role(Role.PROGRAMME_OFFICER):
        raise Forbidden(
            "keys.lowering",
            N_("Chỉ người phụ trách chương trình được quyết định hạ điểm."),
        )
    if outside:
        raise Forbidden(
            "keys.lowering_scope",
            N_("%(count)s người bị hạ điểm không thuộc phạm vi của bạn."),
            count=outside,
        )
