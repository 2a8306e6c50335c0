"""The life of a draft: which act is possible in which state. Pure."""

from elearn.authoring.models import DraftState
from elearn.kernel.errors import N_, Conflict

OPEN = frozenset({DraftState.EDITING, DraftState.IN_REVIEW, DraftState.RETURNED})
EDITABLE = frozenset({DraftState.EDITING, DraftState.RETURNED})
CLOSED = frozenset({DraftState.PUBLISHED, DraftState.DISCARDED})

_WHY_NOT = {
    DraftState.IN_REVIEW: N_(
        "Bản nháp đang chờ duyệt. Hãy rút lại nếu muốn sửa tiếp; nội dung đã lưu không mất."
    ),
    DraftState.EDITING: N_("Bản nháp chưa được gửi duyệt."),
    DraftState.RETURNED: N_("Bản nháp đã được trả lại để sửa và chưa gửi duyệt lại."),
    DraftState.PUBLISHED: N_("Bản nháp này đã được xuất bản."),
    DraftState.DISCARDED: N_("Bản nháp này đã bị bỏ."),
}


def check_editable(state: DraftState) -> None:
    """Raise Conflict unless a draft in ``state`` may be saved, submitted or discarded."""
    if state not in EDITABLE:
        raise Conflict(f"draft.{state.value.lower()}", _WHY_NOT[state])


def check_in_review(state: DraftState) -> None:
    """Raise Conflict unless a draft in ``state`` may be withdrawn, returned or published."""
    if state is not DraftState.IN_REVIEW:
        raise Conflict(f"draft.{state.value.lower()}", _WHY_NOT[state])


def is_outdated(base_number: int | None, published_number: int | None) -> bool:
    """Whether something was published since the draft was begun."""
    return base_number != published_number
