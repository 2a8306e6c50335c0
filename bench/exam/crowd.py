"""The crowd of the survey week, a process of its own: reads its orders as JSON, prints what it saw.

Phases: arrive · start bell (all within ``bell`` seconds) · saves at the usual pace · a ladder of
saves a second, on the site and on the bare view, rung by rung in alternation · end bell.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp

from bench.exam.examinee import Examinee, Tally, browsers

PACE, LIMIT_MS = 30.0, 500.0
RUNGS = (50, 100, 150, 200, 250, 300, 350, 400, 500, 600, 700, 800, 1000, 1200)
One = Callable[[Examinee], Awaitable[object]]


async def _spread(crowd: list[Examinee], seconds: float, act: One) -> None:
    """Let each examinee act once, at an instant of his own within ``seconds``."""

    async def later(one: Examinee) -> None:
        await asyncio.sleep(random.uniform(0, seconds))
        await act(one)

    await asyncio.gather(*(later(one) for one in crowd))


async def _usual(
    crowd: list[Examinee], http: aiohttp.ClientSession, tally: Tally, seconds: float
) -> None:
    async def work(one: Examinee) -> None:
        await asyncio.sleep(random.uniform(0, PACE))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await one.save_until_acked(http, tally)
            await asyncio.sleep(PACE)

    await asyncio.gather(*(work(one) for one in crowd))


async def _rung(rate: float, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
    """Begin ``rate`` acts a second, whether or not the earlier ones have ended."""
    began, running = time.perf_counter(), set()
    for number in range(int(rate * seconds)):
        ahead = began + number / rate - time.perf_counter()
        if ahead > 0:
            await asyncio.sleep(ahead)
        task = asyncio.ensure_future(act())
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


def _holds(tally: Tally) -> bool:
    summary = tally.summary()
    return set(tally.statuses) == {"200"} and float(str(summary["p99"])) < LIMIT_MS


async def _ladder(
    crowd: list[Examinee], http: aiohttp.ClientSession, bare: str, seconds: float
) -> dict[str, object]:
    """Return the highest rate held by the site and by the bare view."""
    barely = Examinee(bare, "", "")

    async def save(tally: Tally) -> None:
        one = random.choice(crowd)
        await one.save(http, tally, one.change())

    async def insert(tally: Tally) -> None:
        await barely._ask(http, tally, "POST", "/bare")  # noqa: SLF001 - the same measuring

    acts = {"site": save, "bare": insert}
    best: dict[str, float] = dict.fromkeys(acts, 0)
    rungs: dict[str, dict[int, object]] = {name: {} for name in acts}
    climbing = set(acts)
    for rate in RUNGS:
        for name in sorted(climbing):
            tally, act = Tally(), acts[name]
            await _rung(rate, seconds, lambda tally=tally, act=act: act(tally))
            rungs[name][rate] = tally.summary()
            if _holds(tally):
                best[name] = rate
            else:
                climbing.discard(name)
        if not climbing:
            break
    return {
        "saves a second with p99 under 500 ms": best["site"],
        "bare view, one INSERT and commit": best["bare"],
        "ratio": round(best["site"] / best["bare"], 2) if best["bare"] else None,
        "rungs": rungs,
    }


async def _run(orders: dict[str, object]) -> dict[str, object]:
    base, code = str(orders["base"]), str(orders["code"])
    bell = float(str(orders["bell"]))
    crowd = [Examinee(base, code, cookie) for cookie in orders["cookies"]]  # type: ignore[attr-defined]
    tallies = {name: Tally() for name in ("arrive", "start", "sheet", "usual", "submit")}
    seen: dict[str, object] = {}
    async with browsers() as http:
        await _spread(crowd, len(crowd) / 30, lambda one: one.arrive(http, tallies["arrive"]))
        await _spread(crowd, bell, lambda one: one.begin(http, tallies["start"], tallies["sheet"]))
        seated = [one for one in crowd if one.items]
        if not seated:
            told = {name: dict(tally.statuses) for name, tally in tallies.items()}
            raise SystemExit(f"nobody was seated: {told}")
        await _usual(seated, http, tallies["usual"], bell)
        seen["ladder"] = await _ladder(seated, http, str(orders["bare"]), bell / 8)
        await _spread(seated, bell, lambda one: one.hand_in(http, tallies["submit"]))
    with tempfile.NamedTemporaryFile("w", delete=False, suffix=".acked") as file:
        file.writelines(f"{key}\n" for one in crowd for key in one.acked)
    names = {
        "arrive": "page before the paper",
        "start": "start bell",
        "sheet": "the sheet opened after it",
        "usual": "a save every 30 s each",
        "submit": "end bell",
    }
    return {
        "seated": len(seated),
        **{names[name]: tally.summary() for name, tally in tallies.items()},
        **seen,
        "acked": str(Path(file.name)),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(json.load(sys.stdin)))))
