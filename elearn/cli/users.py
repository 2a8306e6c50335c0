"""`flask users`: accounts made on the command line, the first administrator's among them."""

import click
from flask import current_app

from elearn.cli.groups import CommandGroup
from elearn.kernel.actor import SYSTEM, Role
from elearn.kernel.clock import LOCAL_ZONE, utc_now
from elearn.kernel.errors import N_, AppError, Invalid
from elearn.kernel.text import clean_line
from elearn.workflows.link_office import Delivery, Handout, Slip
from elearn.workflows.manage_users import RoleRequest, UserRequest, add_user

users = CommandGroup("users", help="Tài khoản người dùng.")


class Refused(click.ClickException):
    """An act that was refused: its Vietnamese sentence on standard error, exit code 1."""

    def show(self, file: object = None) -> None:  # noqa: ARG002 - click's signature
        """Print the sentence."""
        click.echo(f"Lỗi: {self.format_message()}", err=True)


def _role(text: str) -> Role:
    try:
        return Role(text.strip().upper())
    except ValueError as error:
        raise Invalid(
            "role.unknown",
            N_("Không có vai trò “%(role)s”. Các vai trò: %(roles)s."),
            role=text,
            roles=", ".join(Role),
        ) from error


def _given(text: str | None) -> str | None:
    return clean_line(text) or None if text is not None else None


@users.command("add")
@click.argument("username")
@click.option("--role", "role_name", required=True, help="LEARNER, HR, LEADER, ADMIN, …")
@click.option("--unit", required=True, help="Mã đơn vị; vai trò có hiệu lực trên cả cây con.")
@click.option("--person", "person_code", help="Mã cán bộ trong danh sách nhân sự.")
@click.option("--name", help="Tên hiển thị, khi tài khoản không gắn với cán bộ nào.")
@click.option("--email", help="Nơi nhận thư đặt lại mật khẩu.")
def add(
    username: str,
    role_name: str,
    unit: str,
    person_code: str | None,
    name: str | None,
    email: str | None,
) -> None:
    """Make an account and print its one-time activation link, valid for 72 hours."""
    handout = Handout(Delivery.SHEET, current_app.config["ELEARN"].base_url)
    try:
        request = UserRequest(
            username=username,
            role=RoleRequest(_role(role_name), unit),
            person_code=_given(person_code),
            display_name=_given(name),
            email=_given(email),
        )
        added = add_user(SYSTEM, request, handout, now=utc_now())
    except AppError as error:
        raise Refused(error.text()) from error
    for slip in added.issued.slips:
        _tell(slip)


def _tell(slip: Slip) -> None:
    """Print the link alone on standard output, so that a script can take it."""
    until = slip.expires_at.astimezone(LOCAL_ZONE).strftime("%H:%M ngày %d/%m/%Y")
    click.echo(
        f"Đã tạo tài khoản {slip.username}. Đường dẫn kích hoạt dùng một lần, đến {until}:",
        err=True,
    )
    click.echo(slip.url)
