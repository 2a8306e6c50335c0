"""Forms: drawing one by its seed from a bank of 5,000 questions, making 200 ahead by the solver.

``python -m bench.forms [trials]`` prints times in milliseconds and how equal the forms are, beside
plain draws without balancing. A bank with statistics: every question has its own facility.
"""

import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from elearn.assessment.domain.draw import Blueprint, Candidate, DrawnQuestion, blueprint_of
from elearn.assessment.domain.forms import Pool, Target, difficulty_of, draw_form, target_of
from elearn.assessment.forms.assembly import assemble

QUESTIONS, FORMS, TRIALS = 5_000, 200, 400
MODULES = tuple(f"m{number}" for number in range(5))
LEVELS = {"RECALL": 8000, "UNDERSTAND": 6500, "APPLY": 5000, "APPLY_HIGH": 3500}
# 40 questions by 20 cells in five sections, the customary mix of levels.
COUNTS = {"RECALL": 3, "UNDERSTAND": 2, "APPLY": 2, "APPLY_HIGH": 1}


def blueprint() -> Blueprint:
    """Return a survey of five modules."""
    sections = [
        {
            "title": module,
            "draw": [
                {"module": module, "level": level, "count": count}
                for level, count in COUNTS.items()
            ],
        }
        for module in MODULES
    ]
    return blueprint_of(sections, shuffle=True)


def bank(paper: Blueprint, size: int) -> list[Candidate]:
    """Return a bank with figures of its own: facility around that of the level, a tenth enemies."""
    chance = random.Random(5)
    levels = list(LEVELS)
    candidates = []
    for number in range(size):
        position = number % len(paper.cells)
        level = levels[position % len(levels)]
        facility = min(9800, max(500, round(chance.gauss(LEVELS[level], 1500))))
        candidates.append(
            Candidate(
                code=f"q-{number:05}",
                version_id=number + 1,
                cells=(position,),
                points=Decimal(1),
                facility=facility,
                uses=chance.choice((0, 0, 120, 400)),
                group=f"g{number // 4}" if number % 40 < 4 else "",
            )
        )
    return candidates


def _timed(act: Callable[[int], object], count: int) -> list[float]:
    times = []
    for number in range(count):
        begin = time.perf_counter()
        act(number)
        times.append(1000 * (time.perf_counter() - begin))
    return times


def _spread(forms: Sequence[Sequence[DrawnQuestion]], target: Target) -> dict[str, float]:
    """Return how far forms are from the target, in points of a hundred."""
    gaps = [difficulty_of(form).gap(target) / 100 for form in forms]
    return {"mean_gap": round(statistics.mean(gaps), 2), "widest_gap": round(max(gaps), 2)}


def _even(forms: Sequence[Sequence[DrawnQuestion]]) -> dict[str, int]:
    uses = Counter(item.question.code for form in forms for item in form)
    return {"questions_used": len(uses), "most_used": max(uses.values())}


def measure(trials: int = TRIALS) -> dict[str, object]:
    """Return the figures."""
    paper = blueprint()
    candidates = bank(paper, QUESTIONS)
    prepared = _timed(lambda _n: Pool(paper, candidates), 5)
    pool = Pool(paper, candidates)
    aimed = _timed(lambda _n: target_of(pool), 3)
    target = target_of(pool)
    times = _timed(lambda number: draw_form(pool, f"{number:032x}", target), trials)
    drawn = [draw_form(pool, f"{n:032x}", target).questions for n in range(trials)]
    plain = [draw_form(pool, f"{n:032x}").questions for n in range(trials)]
    begin = time.perf_counter()
    made = assemble(pool, target, FORMS, "5eed" * 8)
    seconds = time.perf_counter() - begin
    return {
        "bank": QUESTIONS,
        "questions_per_form": paper.question_count,
        "pool_prepared_ms": round(statistics.median(prepared), 1),
        "target_ms": round(statistics.median(aimed), 1),
        "draw_ms_median": round(statistics.median(times), 3),
        "draw_ms_p99": round(sorted(times)[int(0.99 * len(times))], 3),
        "drawn": {**_spread(drawn, target), **_even(drawn)},
        "plain_draw": _spread(plain, target),
        "assembled": {
            "forms": FORMS,
            "seconds": round(seconds, 1),
            **_spread(made.forms, target),
            **_even(made.forms),
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else TRIALS), indent=1))
