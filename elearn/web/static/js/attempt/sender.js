// Clock: the server's time. Sender: one request at a time, again until it is acknowledged.

const TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;
const MOST_AT_ONCE = 50;
const JSON_BOTH_WAYS = { "Content-Type": "application/json", Accept: "application/json" };
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

export class Clock {
  // The server's time, carried on by performance.now(): changing the device's clock does nothing.
  constructor(serverNow) {
    // The page was written just before its first byte came, however long the rest took.
    const [page] = performance.getEntriesByType("navigation");
    this.base = Date.parse(serverNow) - (page ? page.responseStart : performance.now());
  }

  sync(serverNow, roundTripMs) {
    this.base = Date.parse(serverNow) + roundTripMs / 2 - performance.now();
  }

  now() { return this.base + performance.now(); }
}

export class Sender {
  // Sends what the queue holds; `page` is told what came of it.
  constructor(url, queue, page) {
    Object.assign(this, { url, queue, page });
    this.sending = new Set();
    this.failures = 0;
    this.timer = null;
    this.atOnce = MOST_AT_ONCE;
    this.stopped = false;
    this.lastSent = this.lastAsked = performance.now();
  }

  wake() {
    if (!this.busy && !this.stopped) this.run(false);
    return this.busy;
  }

  ask() {
    // Like wake, but asks for the time and the state even when nothing is to be saved.
    if (!this.busy && !this.stopped) this.run(true);
    return this.busy;
  }

  run(evenIfEmpty) {
    clearTimeout(this.timer);
    this.timer = null;
    this.busy = this.drain(evenIfEmpty).finally(() => {
      this.busy = null;
      if (this.queue.size > 0 && this.timer === null) this.wake();
    });
  }

  async drain(evenIfEmpty) {
    let events = await this.queue.first(this.atOnce);
    while (!this.stopped && (events.length > 0 || evenIfEmpty)) {
      evenIfEmpty = false;
      if (!(await this.send(events))) return;
      events = await this.queue.first(this.atOnce);
    }
  }

  async send(events) {
    this.sending = new Set(events.map((event) => event.uuid));
    this.page.showSending();
    const began = performance.now();
    try {
      const response = await this.post(events);
      if (response.ok) return await this.accept(events, await response.json(), began);
      return await this.fail(response, events);
    } catch {
      return this.retryLater("offline");
    } finally {
      this.sending = new Set();
      this.lastSent = performance.now();
      if (events.length === 0) this.lastAsked = this.lastSent;
    }
  }

  async post(events) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
    const epoch = events.length > 0 ? events[0].epoch : this.page.epoch;
    const sent = events.map(({ uuid, item, client_seq, value }) => ({ uuid, item, client_seq, value }));
    try {
      return await fetch(this.url, {
        method: "POST",
        headers: { ...JSON_BOTH_WAYS, "X-CSRFToken": this.page.token },
        body: JSON.stringify({ epoch, events: sent }),
        signal: patience.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async accept(events, told, began) {
    this.failures = 0;
    this.atOnce = MOST_AT_ONCE;
    await this.queue.remove(told.acks.map((ack) => ack.uuid));
    this.page.told(events, told, performance.now() - began);
    return !this.stopped;
  }

  async fail(response, events) {
    if (RETRIED.has(response.status)) {
      return this.retryLater("offline", Number(response.headers.get("Retry-After")) * 1000);
    }
    if (response.status === 404) return this.stop("gone");
    if ([400, 401, 403].includes(response.status)) {
      await this.page.renewToken();
      this.retryLater("signedOut");
      if (response.status === 401) this.page.signedOut();
      return false;
    }
    if (events.length > 1) {
      // One of them cannot be stored: find out which, so that the others are.
      this.atOnce = 1;
      return true;
    }
    await this.queue.remove(events.map((event) => event.uuid));
    this.page.refused(events);
    return true;
  }

  retryLater(trouble, atLeastMs = 0) {
    // Waits of random length, so that a whole hall does not come back in the same moment.
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    this.page.showTrouble(trouble);
    clearTimeout(this.timer);
    const wait = Math.max(atLeastMs || 0, 250 + Math.random() * longest);
    this.timer = setTimeout(() => this.ask(), wait);
    return false;
  }

  stop(trouble) {
    this.stopped = true;
    clearTimeout(this.timer);
    if (trouble) this.page.showTrouble(trouble);
    this.page.lock();
    return false;
  }
}
