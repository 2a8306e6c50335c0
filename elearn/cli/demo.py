"""`flask demo`: the synthetic province and its accounts."""

import click

from elearn.cli.groups import CommandGroup
from elearn.infra.db import reading
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import AppError
from elearn.roster.synthetic.generator import row_counts
from elearn.workflows import load_demo
from elearn.workflows.import_roster import CHECK, READ, ImportReport

demo = CommandGroup("demo", help="Synthetic data to look at.")
_SHOWN_PROBLEMS = 20


class _Teller:
    """Shows how far an import is: a line that renews itself, then the next stages."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.stage = ""

    def __call__(self, stage: str, done: int, _total: int) -> None:
        if stage == READ:
            click.echo(f"\rĐọc dữ liệu: {done:,}/{self.total:,} dòng", nl=False)
        elif stage != self.stage:
            click.echo("\nKiểm tra…" if stage == CHECK else "Ghi vào cơ sở dữ liệu…")
        self.stage = stage


def print_accounts() -> None:
    """Print the demo accounts, if there are any."""
    with reading() as session:
        accounts = load_demo.list_accounts(session, today())
    if not accounts:
        return
    click.echo(f"\nTài khoản mẫu (mật khẩu chung: {load_demo.PASSWORD})")
    for account in accounts:
        click.echo(f"  {account.username:15} {account.role:18} {account.description}")
    click.echo("")


def load_province(officials: int, seed: int) -> ImportReport:
    """Load the province, telling how far it is. Raises click.ClickException."""
    day = today()
    try:
        total = sum(row_counts(officials, seed, day).values())
        teller = _Teller(total)
        report = load_demo.load(officials, seed, today=day, now=utc_now(), progress=teller)
    except ValueError as error:
        raise click.ClickException("Cần ít nhất 300 cán bộ để dựng tỉnh mẫu.") from error
    except AppError as error:
        raise click.ClickException(error.text()) from error
    if not report.applied:
        for problem in report.errors[:_SHOWN_PROBLEMS]:
            click.echo(f"{problem.sheet}, dòng {problem.row}: {problem.text()}", err=True)
        raise click.ClickException(
            f"Không nạp được tỉnh mẫu: {len(report.errors)} lỗi. Nếu cơ sở dữ liệu đã có tỉnh mẫu "
            "cỡ khác, hãy dùng một cơ sở dữ liệu trống."
        )
    return report


@demo.command("load")
@click.option("--officials", default=load_demo.OFFICIALS, show_default=True, help="Số cán bộ.")
@click.option("--seed", default=load_demo.SEED, show_default=True, help="Số gieo ngẫu nhiên.")
def load(officials: int, seed: int) -> None:
    """Load a synthetic Sơn La with its merger history and the demo accounts; idempotent."""
    report = load_province(officials, seed)
    for sheet, count in report.created.items():
        if count or report.unchanged[sheet]:
            click.echo(f"  {sheet}: mới {count:,}, đã có {report.unchanged[sheet]:,}")
    print_accounts()
