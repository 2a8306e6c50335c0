"""A closed loop of browsers without think time: one connection and one cookie jar a session.

Run as a program, so that it shares no interpreter with what it measures:
``python -m bench.driver PORT PATH SECONDS COOKIE...`` prints one JSON object.
"""

import http.client
import json
import sys
import threading
import time


class Browser(threading.Thread):
    """Asks for one page again and again until the time is up; keeps its cookie as set anew."""

    def __init__(self, port: int, path: str, cookie: str, until: float) -> None:
        super().__init__()
        self.port, self.path, self.cookie, self.until = port, path, cookie, until
        self.latencies: list[float] = []
        self.failures = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while time.perf_counter() < self.until:
            begin = time.perf_counter()
            try:
                connection.request("GET", self.path, headers={"Cookie": self.cookie})
                answer = connection.getresponse()
                answer.read()
                self.cookie = (answer.headers["Set-Cookie"] or self.cookie).split(";")[0]
                self.failures += answer.status != 200
            except (OSError, http.client.HTTPException):
                self.failures += 1
                connection.close()
                continue
            self.latencies.append(time.perf_counter() - begin)
        connection.close()


def run(port: int, path: str, seconds: float, cookies: list[str]) -> dict[str, float]:
    """Return requests a second, latencies in ms and failures."""
    until = time.perf_counter() + seconds
    browsers = [Browser(port, path, cookie, until) for cookie in cookies]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    latencies = sorted(one for browser in browsers for one in browser.latencies)
    return {
        "per_second": len(latencies) / seconds,
        "p50": 1000 * latencies[len(latencies) // 2],
        "p95": 1000 * latencies[int(len(latencies) * 0.95)],
        "failures": sum(browser.failures for browser in browsers),
    }


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), sys.argv[4:])))
