"""`flask certificates`: verifying a file, looking through the register, changing the key."""

import json
from pathlib import Path

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from elearn.certificates.inspection import audit_chain, make_checkpoint
from elearn.certificates.queries import CertificateView
from elearn.certificates.rules import CertificateState
from elearn.certificates.snapshot import short_day
from elearn.certificates.verification import Finding, Verdict, examine, examine_unregistered
from elearn.cli.groups import CommandGroup
from elearn.infra.db import reading
from elearn.infra.signing import keys
from elearn.kernel.clock import today, utc_now

log = structlog.get_logger()
certificates = CommandGroup("certificates", help="Certificates: verify, audit, keys.")

AUTHENTIC, NOT_AUTHENTIC, UNREADABLE = 0, 1, 2
FINDINGS = {
    Finding.AUTHENTIC: "XÁC THỰC: đúng tệp đã cấp, khớp sổ cấp chứng nhận và chữ ký số.",
    Finding.ALTERED: "KHÔNG XÁC THỰC: tệp đã bị thay đổi sau khi cấp.",
    Finding.NOT_REGISTERED: (
        "KHÔNG XÁC THỰC: chữ ký số hợp lệ nhưng không có trong sổ cấp chứng nhận của hệ thống này."
    ),
    Finding.BAD_SIGNATURE: "KHÔNG XÁC THỰC: chữ ký số không hợp lệ hoặc khóa không được tin cậy.",
    Finding.REGISTER_DAMAGED: (
        "KHÔNG XÁC THỰC: dòng tương ứng trong sổ cấp chứng nhận đã bị sửa trái phép."
    ),
    Finding.NOT_A_CERTIFICATE: "KHÔNG XÁC THỰC: tệp PDF này không phải chứng nhận của hệ thống.",
    Finding.UNREADABLE: "KHÔNG ĐỌC ĐƯỢC: đây không phải tệp PDF.",
}
STATES = {
    CertificateState.ISSUED: "đang có hiệu lực",
    CertificateState.REPLACED: "ĐÃ THAY THẾ",
    CertificateState.REVOKED: "ĐÃ THU HỒI",
    CertificateState.EXPIRED: "ĐÃ HẾT HẠN",
}


def _examine(content: bytes) -> Verdict:
    try:
        with reading() as session:
            return examine(session, content, keys(), today=today())
    except SQLAlchemyError as error:
        # Without the register the signature still tells whether this site made the certificate.
        log.warning("register_unreachable", kind=type(error).__name__)
        return examine_unregistered(content, keys())


def _as_dict(verdict: Verdict) -> dict[str, object]:
    told: dict[str, object] = {
        "authentic": verdict.is_authentic,
        "finding": verdict.finding.value,
        "sha256": verdict.sha256,
        "state": None,
    }
    found = verdict.certificate
    if found is not None:
        told |= {
            "state": found.state.value,
            "serial": found.serial,
            "code": found.code,
            "full_name": found.printed.full_name,
            "unit": found.printed.unit_name,
            "programme": found.printed.programme_title,
            "issuer": found.printed.issuer,
            "completed_on": found.printed.completed_on.isoformat(),
            "issued_on": found.printed.issued_on.isoformat(),
        }
    elif verdict.signed_fields is not None:
        told["signed"] = verdict.signed_fields
    return told


def _print_certificate(found: CertificateView) -> None:
    printed = found.printed
    click.echo(f"Số hiệu: {found.serial} – {STATES[found.state]}")
    if found.ending is not None:
        click.echo(f"Từ ngày: {short_day(found.ending.happened_on)}")
    if found.ending is not None and found.ending.successor_serial:
        click.echo(f"Chứng nhận thay thế: {found.ending.successor_serial}")
    click.echo(f"Họ và tên: {printed.full_name}")
    click.echo(f"Chương trình: {printed.programme_title}")
    click.echo(f"Đơn vị cấp: {printed.issuer}, ngày {short_day(printed.issued_on)}")


def _exit_code(verdict: Verdict) -> int:
    if verdict.finding is Finding.UNREADABLE:
        return UNREADABLE
    return AUTHENTIC if verdict.is_authentic else NOT_AUTHENTIC


@certificates.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
@click.pass_context
def verify(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Tell whether FILE is a certificate as issued: exit 0 authentic, 1 not, 2 unreadable."""
    try:
        content = file.read_bytes()
    except OSError as error:
        click.echo(f"{file}: không đọc được ({error.strerror}).", err=True)
        context.exit(UNREADABLE)
    verdict = _examine(content)
    if as_json:
        click.echo(json.dumps(_as_dict(verdict), ensure_ascii=False, indent=1))
    else:
        click.echo(FINDINGS[verdict.finding])
        if verdict.certificate is not None:
            _print_certificate(verdict.certificate)
    context.exit(_exit_code(verdict))


@certificates.command("audit")
@click.option("--checkpoint", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--files", is_flag=True, help="Đối chiếu cả các tệp PDF đã lưu.")
@click.pass_context
def audit(context: click.Context, checkpoint: Path | None, *, files: bool) -> None:
    """Look through the register for tampering; exit 1 and a line for each sign of it."""
    kept = checkpoint.read_text(encoding="utf-8") if checkpoint else None
    with reading() as session:
        problems = audit_chain(session, keys(), checkpoint=kept, files=files)
    for problem in problems:
        click.echo(f"{problem.table}:{problem.position}: {problem.code}")
    if not problems:
        click.echo("Sổ cấp chứng nhận nguyên vẹn.")
    context.exit(1 if problems else 0)


@certificates.command("checkpoint")
def checkpoint_line() -> None:
    """Print the signed ends of the register's chains, to be kept on another machine."""
    with reading() as session:
        click.echo(make_checkpoint(session, keys(), now=utc_now()))


@certificates.command("rotate-key")
def rotate_key() -> None:
    """Let a new key sign from now on; what older keys signed stays valid."""
    click.echo(f"Khóa ký mới: {keys().rotate()}")
