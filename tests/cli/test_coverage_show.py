"""`flask coverage show`: the contract of design.md 5.1."""

import csv
import io
import json
from datetime import date, datetime

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from elearn.kernel.clock import LOCAL_ZONE, utc_now
from elearn.org.models import Unit, UnitKind
from tests.factories.coverage import excluded, programme_of, trained
from tests.factories.org import make_assignment, make_person, make_unit

CLAUSES = [{"position_types": ["SPECIALIST"], "unit_kinds": []}]
ARGS = ["coverage", "show", "--programme", "thu-nghiem"]


@pytest.fixture
def province(session: Session) -> Unit:
    """A province with department X: one trained, one not, one on leave."""
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    x = make_unit(session, "X", parent=province, name="Sở Mẫu")
    programme = programme_of(session, province, {"TG2": CLAUSES})
    people = [make_person(session) for _ in range(3)]
    for person in people:
        make_assignment(session, person, x)
    trained(session, people[0], programme, date(2026, 2, 10), unit=x)
    excluded(session, people[2], date(2026, 1, 1))
    return province


def show(runner: FlaskCliRunner, *options: str) -> dict[str, object]:
    result = runner.invoke(args=[*ARGS, "--format", "json", *options])
    assert result.exit_code == 0, result.output
    document: dict[str, object] = json.loads(result.stdout)
    return document


def test_json_has_the_keys_and_rows_of_the_contract(runner: FlaskCliRunner, province: Unit) -> None:
    document = show(runner, "--as-of", "2026-03-14")
    assert list(document) == ["programme", "as_of", "known_at", "view", "rows"]
    assert document["programme"] == "thu-nghiem"
    assert document["as_of"] == "2026-03-14"
    assert document["view"] == "duty"
    figures = {"denominator": 2, "numerator": 1, "excluded": 1, "rate": 50.0}
    top = {"unit": "SL", "name": "Tỉnh Thử", "kind": "PROVINCE", "depth": 0}
    below = {"unit": "X", "name": "Sở Mẫu", "kind": "PROV_DEPARTMENT", "depth": 1}
    assert document["rows"] == [
        {**unit, "group": group, **figures} for unit in (top, below) for group in ("TG2", "ALL")
    ]


def test_no_denominator_no_rate(runner: FlaskCliRunner, province: Unit, session: Session) -> None:
    make_unit(session, "Y", parent=province)
    document = show(runner, "--as-of", "2026-03-14", "--unit", "Y", "--group", "ALL")
    (row,) = document["rows"]
    assert (row["denominator"], row["numerator"], row["rate"]) == (0, 0, None)


def test_depth_zero_is_the_unit_alone(runner: FlaskCliRunner, province: Unit) -> None:
    document = show(runner, "--as-of", "14/03/2026", "--depth", "0", "--group", "TG2")
    assert [row["unit"] for row in document["rows"]] == ["SL"]


def test_csv_has_the_same_columns(runner: FlaskCliRunner, province: Unit) -> None:
    result = runner.invoke(args=[*ARGS, "--as-of", "2026-03-14", "--format", "csv"])
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert rows[0] == {
        "unit": "SL", "name": "Tỉnh Thử", "kind": "PROVINCE", "depth": "0", "group": "TG2",
        "denominator": "2", "numerator": "1", "excluded": "1", "rate": "50.0",
    }  # fmt: skip


def test_table_is_for_people(runner: FlaskCliRunner, province: Unit) -> None:
    result = runner.invoke(args=[*ARGS, "--as-of", "2026-03-14", "--depth", "0"])
    assert "50,0%" in result.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--as-of", "2026-03-14", "--unit", "NO"), "không có đơn vị “NO”"),
        (("--as-of", "2010-12-31"), "Ngày 31/12/2010 không có đơn vị “SL”"),
        (("--as-of", "2026-03-14", "--group", "TG9"), "không có đối tượng “TG9”"),
        (("--as-of", "2026-02-30"), "không phải là ngày"),
        (("--as-of", "2026-03-14", "--known-at", "soon"), "không phải là ngày"),
    ],
)
def test_what_cannot_be_answered_is_told(
    runner: FlaskCliRunner, province: Unit, options: tuple[str, ...], words: str
) -> None:
    result = runner.invoke(args=[*ARGS, *options])
    assert result.exit_code != 0
    assert words in result.output


def test_a_unit_that_does_not_exist_on_the_day_exits_1(
    runner: FlaskCliRunner, province: Unit
) -> None:
    assert runner.invoke(args=[*ARGS, "--as-of", "2010-12-31"]).exit_code == 1


def test_known_at_takes_back_what_was_recorded_later(
    runner: FlaskCliRunner, session: Session
) -> None:
    """Example E6 without its frozen report: a late record restates the figure of a past day."""
    early = datetime(2026, 1, 2, 9, tzinfo=LOCAL_ZONE)
    late = datetime(2026, 4, 5, 10, tzinfo=LOCAL_ZONE)
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, recorded_at=early)
    programme = programme_of(session, province, {"TG2": CLAUSES})
    people = [make_person(session) for _ in range(50)]
    posts = [make_assignment(session, person, province, recorded_at=early) for person in people]
    for person in people[:40]:
        trained(session, person, programme, date(2026, 1, 20), recorded_at=early)
    posts[49].retracted_at = late
    session.commit()
    make_assignment(session, people[49], province, valid_to=date(2026, 3, 1), recorded_at=late)

    def rate(*options: str) -> object:
        (row,) = show(runner, "--as-of", "2026-03-14", "--group", "ALL", *options)["rows"]
        return row["numerator"], row["denominator"], row["rate"]

    assert rate("--known-at", "2026-03-18") == (40, 50, 80.0)
    assert rate("--known-at", "2026-04-05T09:59:59+07:00") == (40, 50, 80.0)
    assert rate("--known-at", "2026-04-05") == (40, 49, 81.6)
    assert rate() == (40, 49, 81.6)
    assert utc_now() > late
