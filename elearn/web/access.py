"""Who may call a view: declared on the view, enforced before it runs, refused by default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import current_app, redirect, request, url_for
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from elearn.kernel.actor import Role
from elearn.kernel.errors import N_, Forbidden
from elearn.web.identity import current_actor

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Rule:
    """Public, any signed-in user, or holders of one of ``roles`` somewhere."""

    public: bool = False
    roles: frozenset[Role] = frozenset()


PUBLIC = Rule(public=True)
SIGNED_IN = Rule()


def holds(*roles: Role) -> Rule:
    """Return the rule: signed in and holding one of ``roles`` on some unit today."""
    return Rule(roles=frozenset(roles))


def access(rule: Rule) -> Callable[[View], View]:
    """Declare ``rule`` on a view."""

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]  # read by rule_of alone
        return view

    return declare


def rule_of(view: Callable[..., object]) -> Rule | None:
    """Return the rule declared on ``view``, None when there is none."""
    rule: Rule | None = getattr(view, "access_rule", None)
    return rule


def enforce() -> Response | None:
    """Refuse the request unless the rule of its view lets the actor in (before_request)."""
    if request.endpoint is None:
        return None
    rule = rule_of(current_app.view_functions[request.endpoint])
    if rule is None:
        raise Forbidden("access.undeclared", N_("Trang này chưa được cấp quyền cho ai."))
    if rule.public:
        return None
    actor = current_actor()
    if actor is None:
        return _to_sign_in()
    if rule.roles and not actor.has_role(*rule.roles):
        raise Forbidden("access.role", N_("Tài khoản của bạn không có quyền mở trang này."))
    return None


def _to_sign_in() -> Response:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        raise Unauthorized
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))
