"""Who was trained under the programme before the province began to use elearn."""

from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from elearn.roster.synthetic.careers import TRAINING, Careers, Outline, Portion
from elearn.roster.synthetic.records import Spell

PROGRAMME = "son-la-2021-2025"
_TARGET_POSITIONS = frozenset(
    {
        "LEADER",
        "COMMUNE_PARTY_LEADER",
        "COMMUNE_COUNCIL_LEADER",
        "COMMUNE_PC_LEADER",
        "COMMUNE_OFFICIAL",
    }
)
# Share of those trained who were trained in each year: the province speeds up.
_YEARS = {2021: 10, 2022: 15, 2023: 20, 2024: 25, 2025: 30}
_CLASS_DAYS = ((3, 18), (5, 20), (8, 12), (10, 21))
_OTHERS_RATE = 0.12
_LOWEST_RATE, _RATE_RANGE = 0.42, 0.46
_EXTERNAL_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class Credit:
    """One row of the sheet ``completions``."""

    completed_on: date
    source: str
    reference: str


def class_day(number: int) -> date:
    """Return the last day of class ``number``, counted from 1 through all years; a weekday."""
    year, within = divmod(number - 1, len(_CLASS_DAYS))
    day = date(min(_YEARS) + year, *_CLASS_DAYS[within])
    return day - timedelta(days=max(0, day.weekday() - 4))


def _class_credit(number: int) -> Credit:
    day = class_day(number)
    return Credit(day, "CLASS", f"Lớp bồi dưỡng CCHC mẫu số {number:02d}/{day.year}")


def credit(careers: Careers, outline: Outline, portions: list[Portion]) -> Credit | None:
    """Return the completion of a person, None for those who were not trained."""
    if outline.cast is not None:
        return _class_credit(outline.cast.class_no) if outline.cast.class_no else None
    if outline.luck >= _rate(careers.house_code(outline), portions):
        return None
    rng = careers.stream(outline.index, TRAINING)
    year = rng.choices(tuple(_YEARS), tuple(_YEARS.values()))[0]
    number = (year - min(_YEARS)) * len(_CLASS_DAYS) + rng.randint(1, len(_CLASS_DAYS))
    found = _class_credit(number)
    if rng.random() < _EXTERNAL_SHARE:
        reference = f"Giấy xác nhận mẫu số {outline.index}/{year}"
        found = Credit(found.completed_on, "EXTERNAL", reference)
    return found if outline.joined <= found.completed_on < outline.left else None


def _rate(house_code: str, portions: list[Portion]) -> float:
    """Return the share of people like this one who were trained; houses differ widely."""
    if not any(_is_target(portion.spell) for portion in portions):
        return _OTHERS_RATE
    return _LOWEST_RATE + _RATE_RANGE * (crc32(house_code.encode()) % 1000) / 1000


def _is_target(spell: Spell) -> bool:
    return bool(spell.duty) or spell.position_type in _TARGET_POSITIONS
