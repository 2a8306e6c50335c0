"""A virtual examinee: what a browser sends, and what it was promised.

Each request uses a connection of its own, as behind a proxy that keeps none open to the workers.
"""

import asyncio
import html
import random
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ITEM = re.compile(r'data-item="(\d+)"')
_EPOCH = re.compile(r'name="epoch" value="(\d+)"')
_AWAY = (aiohttp.ClientError, asyncio.TimeoutError, ConnectionError)


@dataclass
class Tally:
    """What a phase saw: seconds per answer, statuses, connections that broke."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def summary(self) -> dict[str, object]:
        """Return counts and latencies in ms."""
        ordered = sorted(self.seconds) or [0.0]
        places = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
        found = {
            name: round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * place))], 1)
            for name, place in places.items()
        }
        return {"requests": len(self.seconds), "statuses": dict(self.statuses), **found}


class Examinee:
    """One browser that sits the paper ``code``."""

    def __init__(self, base: str, code: str, cookie: str) -> None:
        self.base, self.code = base, code
        self.headers = {"Cookie": cookie}
        self.token = self.path = ""
        self.items: list[int] = []
        self.epoch, self.seq = 1, 0
        self.acked: set[str] = set()
        self.sent: set[str] = set()
        self.is_done = False

    async def _ask(
        self, http: aiohttp.ClientSession, tally: Tally, method: str, path: str, **more: object
    ) -> tuple[int, str, str]:
        """Return (status, text, address it was sent on to); status 0 when nobody answered."""
        began = time.perf_counter()
        try:
            async with http.request(
                method, self.base + path, headers=self.headers, allow_redirects=False, **more
            ) as answer:
                text = await answer.text()
                status, place = answer.status, answer.headers.get("Location", "")
                if (renewed := answer.cookies.get("elearn")) is not None:
                    self.headers["Cookie"] = f"elearn={renewed.value}"
        except _AWAY as error:
            status, text, place = 0, type(error).__name__, ""
        tally.seconds.append(time.perf_counter() - began)
        tally.statuses[str(status) if status else text] += 1
        return status, text, place

    async def arrive(self, http: aiohttp.ClientSession, tally: Tally) -> None:
        """Open the page before the paper."""
        _status, text, _place = await self._ask(http, tally, "GET", f"/papers/{self.code}")
        self._keep_token(text)

    def _keep_token(self, page: str) -> None:
        if found := _TOKEN.search(page):
            self.token = html.unescape(found[1])

    async def begin(self, http: aiohttp.ClientSession, start: Tally, sheet: Tally) -> bool:
        """Press start and read the questions."""
        form = {"csrf_token": self.token}
        path = f"/papers/{self.code}"
        status, _text, place = await self._ask(http, start, "POST", path, data=form)
        if status != 302 or "/attempts/" not in place:
            return False
        self.path = place.removeprefix(self.base)
        status, page, _place = await self._ask(http, sheet, "GET", self.path)
        self._keep_token(page)
        self.items = [int(item) for item in _ITEM.findall(page)]
        if found := _EPOCH.search(page):
            self.epoch = int(found[1])
        return status == 200 and bool(self.items)

    def change(self) -> dict[str, object]:
        """Return one changed answer."""
        self.seq += 1
        event = {
            "uuid": str(uuid.uuid4()),
            "item": random.choice(self.items),
            "client_seq": self.seq,
            "value": random.choice("abcd"),
        }
        self.sent.add(str(event["uuid"]))
        return event

    async def save(
        self, http: aiohttp.ClientSession, tally: Tally, event: dict[str, object]
    ) -> bool:
        """Send a change once; True when it was acknowledged."""
        headers = {**self.headers, "X-CSRFToken": self.token, "Accept": "application/json"}
        payload = {"epoch": self.epoch, "events": [event]}
        began = time.perf_counter()
        try:
            async with http.post(
                f"{self.base}{self.path}/answers", json=payload, headers=headers
            ) as answer:
                status = str(answer.status)
                told = await answer.json() if answer.status == 200 else {}
        except (*_AWAY, ValueError) as error:
            status, told = type(error).__name__, {}
        tally.seconds.append(time.perf_counter() - began)
        tally.statuses[status] += 1
        acked = {ack["uuid"] for ack in told.get("acks", ()) if ack["status"] == "STORED"}
        self.acked |= acked
        return bool(acked)

    async def save_until_acked(
        self, http: aiohttp.ClientSession, tally: Tally, patience: float = 60.0
    ) -> bool:
        """Send one change until it is acknowledged, with the same uuid and full jitter."""
        event, until, wait = self.change(), time.monotonic() + patience, 0.25
        while not await self.save(http, tally, event):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(random.uniform(0, wait))
            wait = min(8.0, wait * 2)
        return True

    async def hand_in(self, http: aiohttp.ClientSession, tally: Tally) -> bool:
        """Press the last button; True when the site has taken it."""
        form = {"csrf_token": self.token}
        status, _text, _place = await self._ask(
            http, tally, "POST", self.path + "/submit", data=form
        )
        self.is_done = self.is_done or status == 302
        return status == 302


def browsers() -> aiohttp.ClientSession:
    """Return what sends requests, each on a connection of its own."""
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30))
