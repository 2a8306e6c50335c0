"""The synthetic province as rows of the roster files (design.md 5.2), one after the other."""

from collections.abc import Callable, Iterator
from datetime import date

from elearn.roster.synthetic.absences import absences
from elearn.roster.synthetic.careers import IDENTITY, Careers, Outline, duty_portions
from elearn.roster.synthetic.cast import person_code
from elearn.roster.synthetic.names import birth_date, contacts, full_name
from elearn.roster.synthetic.staffing import Staffing
from elearn.roster.synthetic.timeline import OPEN, REFORM_DAY
from elearn.roster.synthetic.training import PROGRAMME, credit
from elearn.roster.synthetic.world import World, build_world

Row = dict[str, str]
_RowMaker = Callable[[Outline], Iterator[Row]]

SHEETS = ("units", "events", "people", "assignments", "duties", "exclusions", "completions")


def build(officials: int, seed: int, today: date) -> Iterator[tuple[str, Row]]:
    """Yield (sheet, row) for a province with ``officials`` people as it is known on ``today``.

    Rows come sheet by sheet in the order of ``SHEETS``; values are strings, days YYYY-MM-DD, no
    value the empty string. Nothing begins after ``today``. Building for a later day adds rows and
    fills ends, and changes nothing else. Fewer than 300 officials, or a day before 2025-07-01,
    raise ``ValueError``.
    """
    writer = _Writer(officials, seed, today)
    for sheet in SHEETS:
        for row in writer.rows(sheet):
            yield sheet, row


def row_counts(officials: int, seed: int, today: date) -> dict[str, int]:
    """Return the number of rows ``build`` yields for each sheet, for the same arguments."""
    return _Writer(officials, seed, today).counts()


def _end(day: date) -> str:
    return "" if day == OPEN else day.isoformat()


class _Writer:
    """Turns the units and the careers of one province into rows."""

    def __init__(self, officials: int, seed: int, today: date) -> None:
        if today < REFORM_DAY:
            raise ValueError(f"the synthetic province is told up to {REFORM_DAY} at least")
        self._world: World = build_world(officials)
        self._officials = officials
        self._careers = Careers(Staffing(self._world, officials), seed)
        self._today = today
        self._makers: dict[str, _RowMaker] = {
            "people": self._person,
            "assignments": self._assignments,
            "duties": self._duties,
            "exclusions": self._exclusions,
            "completions": self._completions,
        }

    def rows(self, sheet: str) -> Iterator[Row]:
        """Yield the rows of one sheet; people are told anew for every sheet, never kept."""
        if sheet == "units":
            return self._units()
        if sheet == "events":
            return self._events()
        return self._personal(self._makers[sheet])

    def counts(self) -> dict[str, int]:
        """Return the number of rows of every sheet; each person is told once."""
        counts = {"units": sum(1 for _ in self._units()), "events": sum(1 for _ in self._events())}
        counts |= dict.fromkeys(self._makers, 0)
        for index in range(1, self._officials + 1):
            outline = self._careers.outline(index)
            for sheet, maker in self._makers.items():
                counts[sheet] += sum(1 for _ in maker(outline))
        return counts

    def _personal(self, maker: _RowMaker) -> Iterator[Row]:
        for index in range(1, self._officials + 1):
            yield from maker(self._careers.outline(index))

    def _known_end(self, day: date) -> str:
        """Return the end of something nobody plans: unknown until it has come."""
        return "" if day > self._today else day.isoformat()

    def _units(self) -> Iterator[Row]:
        for version in self._world.versions():
            yield {
                "code": version.code,
                "name": version.name,
                "short_name": version.short_name,
                "kind": version.kind,
                "parent_code": version.parent_code,
                "valid_from": version.valid_from.isoformat(),
                "valid_to": _end(version.valid_to),
                "legal_basis": version.legal_basis,
            }

    def _events(self) -> Iterator[Row]:
        for event in self._world.events():
            yield {
                "kind": event.kind,
                "effective_on": event.effective_on.isoformat(),
                "predecessor_codes": ";".join(event.predecessors),
                "successor_codes": ";".join(event.successors),
                "legal_basis": event.legal_basis,
            }

    def _person(self, outline: Outline) -> Iterator[Row]:
        code, cast = person_code(outline.index), outline.cast
        rng = self._careers.stream(outline.index, IDENTITY)
        retired = outline.left if outline.left_reason == "RETIREMENT" else None
        name, born = full_name(rng), birth_date(rng, outline.joined, retired)
        if cast is not None:
            name, born = cast.full_name, cast.birth_date
        email, phone = contacts(rng, code)
        yield {
            "person_code": code,
            "full_name": name,
            "birth_date": born.isoformat(),
            "email": email,
            "phone": phone,
            "category": self._careers.seat(outline).category,
        }

    def _assignments(self, outline: Outline) -> Iterator[Row]:
        code = person_code(outline.index)
        for turn, portion in enumerate(self._careers.portions(outline)):
            if portion.valid_from > self._today:
                continue
            ended = self._known_end(portion.valid_to)
            spell = portion.spell
            yield {
                "person_code": code,
                "position_type": spell.position_type,
                "title": spell.title,
                "home_unit_code": spell.home,
                "duty_unit_code": "" if spell.work == spell.home else spell.work,
                "is_primary": "1",
                "valid_from": portion.valid_from.isoformat(),
                "valid_to": ended,
                "decision_no": _decision_no(outline.index, turn),
                "end_reason": portion.end_reason if ended else "",
            }
        yield from self._second_assignment(outline, code)

    def _second_assignment(self, outline: Outline, code: str) -> Iterator[Row]:
        second = self._careers.second_portion(outline)
        if second is None or second.valid_from > self._today:
            return
        ended = self._known_end(second.valid_to)
        yield {
            "person_code": code,
            "position_type": second.post.position_type,
            "title": second.post.title,
            "home_unit_code": second.home,
            "duty_unit_code": second.post.unit,
            "is_primary": "0",
            "valid_from": second.valid_from.isoformat(),
            "valid_to": ended,
            "decision_no": _decision_no(outline.index, 7),
            "end_reason": "OTHER" if ended else "",
        }

    def _duties(self, outline: Outline) -> Iterator[Row]:
        portions = self._careers.portions(outline)
        second = self._careers.second_portion(outline)
        for turn, duty in enumerate(duty_portions(outline, portions, second)):
            if duty.valid_from <= self._today:
                yield {
                    "person_code": person_code(outline.index),
                    "duty": duty.duty,
                    "unit_code": duty.unit,
                    "valid_from": duty.valid_from.isoformat(),
                    "valid_to": self._known_end(duty.valid_to),
                    "decision_no": _decision_no(outline.index, 10 + turn),
                }

    def _exclusions(self, outline: Outline) -> Iterator[Row]:
        for absence in absences(self._careers, outline):
            if absence.valid_from <= self._today:
                yield {
                    "person_code": person_code(outline.index),
                    "reason": absence.reason,
                    "valid_from": absence.valid_from.isoformat(),
                    "valid_to": absence.valid_to.isoformat(),
                }

    def _completions(self, outline: Outline) -> Iterator[Row]:
        found = credit(self._careers, outline, self._careers.portions(outline))
        if found is not None and found.completed_on <= self._today:
            yield {
                "person_code": person_code(outline.index),
                "programme_code": PROGRAMME,
                "completed_on": found.completed_on.isoformat(),
                "expires_on": "",
                "source": found.source,
                "reference": found.reference,
            }


def _decision_no(index: int, turn: int) -> str:
    return f"{(index * 37 + turn * 1009) % 9000 + 1:04d}/QĐ-MẪU"
