"""Reading the rows of a synthetic province in tests, without the code that wrote them."""

from collections import defaultdict
from datetime import date

from elearn.roster.synthetic.generator import build

TODAY = date(2026, 11, 22)
NOW = TODAY.isoformat()
REFORM = "2025-07-01"
FOREVER = "9999-12-31"


def sheets_of(officials, seed, today=TODAY):
    """Return the rows of a province by sheet."""
    sheets = defaultdict(list)
    for sheet, row in build(officials, seed, today):
        sheets[sheet].append(row)
    return dict(sheets)


def end_of(row):
    return row["valid_to"] or FOREVER


def holds(row, day):
    return row["valid_from"] <= day < end_of(row)


def work_of(row):
    return row["duty_unit_code"] or row["home_unit_code"]


def lives_of(units):
    spans = defaultdict(list)
    for row in units:
        spans[row["code"]].append((row["valid_from"], end_of(row)))
    return {code: (min(s)[0], max(end for _, end in s)) for code, s in spans.items()}


def primaries_of(province):
    careers = defaultdict(list)
    for row in province["assignments"]:
        if row["is_primary"] == "1":
            careers[row["person_code"]].append(row)
    for posts in careers.values():
        posts.sort(key=lambda row: row["valid_from"])
    return careers


def parent_on(province, day):
    return {row["code"]: row["parent_code"] for row in province["units"] if holds(row, day)}


def under(code, top, parents):
    while code and code != top:
        code = parents[code]
    return code == top
