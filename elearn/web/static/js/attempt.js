// Saves each change of a sheet by the answer protocol, on top of the plain form.
// Parts: Clock (the server's time), MemoryQueue (what is not saved yet), Sender (one request at
// a time, again until acknowledged), Sheet (the page). A queue that outlives the page only has
// to offer the same four methods as MemoryQueue.

const form = document.getElementById("sheet");
// By its address: what a module imports by name would stay in caches when it changes.
const { isAnswered, valueOf } = await import(form.dataset.answers);

const HEARTBEAT_MS = 60_000;
const TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 20_000;
const MOST_AT_ONCE = 50;
const JSON_BOTH_WAYS = { "Content-Type": "application/json", Accept: "application/json" };
const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

class Clock {
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

class MemoryQueue {
  constructor() {
    this.events = [];
  }

  async add(event, sending) {
    // A change that was not sent yet gives way to a newer one of the same question.
    this.events = this.events.filter((old) => old.item !== event.item || sending.has(old.uuid));
    this.events.push(event);
  }

  async first(count) {
    return this.events.slice(0, count);
  }

  async remove(uuids) {
    const gone = new Set(uuids);
    this.events = this.events.filter((event) => !gone.has(event.uuid));
  }

  get size() { return this.events.length; }
}

class Sender {
  // Sends what the queue holds; `page` is told what came of it.
  constructor(url, queue, page) {
    Object.assign(this, { url, queue, page });
    this.sending = new Set();
    this.failures = 0;
    this.timer = null;
    this.atOnce = MOST_AT_ONCE;
    this.stopped = false;
    this.lastSent = performance.now();
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
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
    let response;
    try {
      response = await fetch(this.url, {
        method: "POST",
        headers: { ...JSON_BOTH_WAYS, "X-CSRFToken": this.page.token },
        body: JSON.stringify({ epoch: this.page.epoch, events }),
        signal: patience.signal,
      });
      if (response.ok) return await this.accept(events, await response.json(), began);
    } catch {
      return this.retryLater("offline");
    } finally {
      clearTimeout(timer);
      this.sending = new Set();
      this.lastSent = performance.now();
    }
    return this.fail(response, events);
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
      return this.retryLater("signedOut");
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
    if (trouble) this.page.showTrouble(trouble);
    this.page.lock();
    return false;
  }
}

class Sheet {
  constructor(form) {
    this.form = form;
    this.words = document.getElementById("words").dataset;
    this.fields = form.elements;
    this.clock = new Clock(form.dataset.now);
    this.started = Date.parse(form.dataset.started);
    this.deadline = form.dataset.deadline ? Date.parse(form.dataset.deadline) : null;
    this.lastSeq = Number(this.fields.seen_seq.value);
    this.refusedItems = new Set();
    this.queue = new MemoryQueue();
    this.sender = new Sender(form.dataset.save, this.queue, this);
    this.listen();
    this.tick();
    setInterval(() => this.tick(), 500);
  }

  get token() { return this.fields.csrf_token.value; }

  get epoch() { return Number(this.fields.epoch.value); }

  listen() {
    this.form.addEventListener("change", (event) => this.changed(event.target));
    this.form.addEventListener("submit", (event) => this.handIn(event));
    window.addEventListener("online", () => this.sender.wake());
    window.addEventListener("pageshow", (event) => {
      // Back from the next page, with everything as it was left.
      if (event.persisted) this.leaving = false;
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.sender.ask();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.queue.size === 0 || this.leaving) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  async changed(input) {
    const question = input.closest("[data-item]");
    if (!question || this.sender.stopped) return;
    this.refusedItems.delete(question.dataset.item);
    this.mark(question, "unsaved");
    this.countAnswered();
    const [item, value] = [Number(question.dataset.item), valueOf(question)];
    const event = { uuid: newUuid(), item, client_seq: this.nextSeq(), value };
    await this.queue.add(event, this.sender.sending);
    this.sender.wake();
  }

  nextSeq() {
    // Thousandths of a second since the start, by the server's clock: two tabs of one device
    // number their changes in the order in which they were made.
    this.lastSeq = Math.max(this.lastSeq + 1, Math.floor(this.clock.now() - this.started));
    return this.lastSeq;
  }

  told(events, told, roundTripMs) {
    this.clock.sync(told.server_now, roundTripMs);
    this.deadline = told.deadline_at ? Date.parse(told.deadline_at) : null;
    if (told.epoch !== this.epoch) return void this.sender.stop("elsewhere");
    if (told.state !== "in_progress") return void this.leave(this.form.dataset.result);
    // Locked at the old deadline, and somebody has moved it: begin anew.
    if (this.isUp && this.deadline > this.clock.now()) return void this.leave(location.href);
    for (const event of events) {
      this.fields.seen_seq.value = Math.max(Number(this.fields.seen_seq.value), event.client_seq);
    }
    this.hideTrouble();
    this.showSaved();
  }

  refused(events) {
    for (const event of events) {
      this.refusedItems.add(String(event.item));
      this.mark(this.form.querySelector(`[data-item="${event.item}"]`), "refused");
    }
    this.showSaved();
  }

  showSending() {
    const quiet = document.getElementById("trouble").hidden;
    if (quiet && this.queue.size > 0) this.showState(this.words.saving);
  }

  showSaved() {
    const waiting = new Set(this.queue.events.map((event) => String(event.item)));
    for (const question of this.form.querySelectorAll("[data-item]")) {
      const item = question.dataset.item;
      const state = question.querySelector("[data-state]");
      if (!waiting.has(item) && !this.refusedItems.has(item) && state.textContent) {
        this.mark(question, "saved");
      }
    }
    this.showState(waiting.size + this.refusedItems.size === 0 ? this.words.allSaved : "");
  }

  showState(text) { document.getElementById("save-state").textContent = text; }

  mark(question, name) {
    const state = question.querySelector("[data-state]");
    state.textContent = this.words[name];
    state.className = `save-state is-${name === "refused" ? "failed" : name}`;
  }

  countAnswered() {
    let done = 0;
    for (const question of this.form.querySelectorAll("[data-item]")) {
      const answered = isAnswered(question);
      const link = this.form.querySelector(`[data-for="${question.dataset.item}"]`);
      link.classList.toggle("is-answered", answered);
      link.querySelector(".visually-hidden").textContent =
        " " + (answered ? this.words.answered : this.words.unanswered);
      done += answered ? 1 : 0;
    }
    document.getElementById("done").textContent = String(done);
  }

  tick() {
    if (performance.now() - this.sender.lastSent > HEARTBEAT_MS) this.sender.ask();
    if (this.deadline === null) return;
    const left = Math.max(0, Math.ceil((this.deadline - this.clock.now()) / 1000));
    const shown = document.getElementById("time-left");
    shown.textContent = formatted(left);
    shown.classList.toggle("is-short", left <= 300);
    if (left <= 300 && left > 240) this.warn(this.words.five);
    if (left <= 60 && left > 0) this.warn(this.words.one);
    if (left === 0) this.timeIsUp();
  }

  warn(text) {
    const place = document.getElementById("time-warning");
    if (place.textContent !== text) place.textContent = text;
  }

  timeIsUp() {
    if (this.isUp) return;
    this.isUp = true;
    this.warn(this.words.over);
    this.lock();
    // What was chosen has been sent; the next answer of the server says that the attempt ended.
    const ask = () => { if (!this.leaving && !this.sender.stopped) this.sender.ask(); };
    setTimeout(ask, 500 + Math.random() * 1500);
    setInterval(ask, 5000);
  }

  lock() {
    for (const input of this.form.querySelectorAll("[data-item] :is(input, select, textarea), .button-row button")) {
      input.disabled = true;
    }
  }

  async handIn(event) {
    this.leaving = this.queue.size === 0;
    if (this.leaving) return;
    event.preventDefault();
    const button = event.submitter;
    await Promise.race([this.sender.wake(), new Promise((done) => setTimeout(done, 5000))]);
    if (this.queue.size > 0) {
      this.showTrouble("wait");
    } else if (!this.sender.stopped && !this.leaving) {
      this.leaving = true;
      this.form.requestSubmit(button);
    }
  }

  leave(address) {
    this.leaving = true;
    this.sender.stop();
    window.location.assign(address);
  }

  async renewToken() {
    // Signing in again, in another tab, gives the browser a new form token: read it from a page.
    try {
      const page = await fetch(this.form.dataset.login);
      const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = parsed.querySelector("input[name=csrf_token]");
      if (token) this.fields.csrf_token.value = token.value;
    } catch {
      // Still away; the next attempt tries again.
    }
  }

  showTrouble(name) {
    const box = document.getElementById("trouble");
    if (this.leaving || box.dataset.name === name) return;
    box.dataset.name = name;
    box.textContent = this.words[name] + " ";
    if (name === "signedOut") box.append(link(this.form.dataset.login, this.words.signIn, "_blank"));
    if (name === "elsewhere") box.append(link(window.location.pathname, this.words.reload));
    box.hidden = false;
    if (this.queue.size > 0) this.showState(this.words.unsaved);
  }

  hideTrouble() {
    const box = document.getElementById("trouble");
    box.hidden = true;
    delete box.dataset.name;
  }
}

function formatted(seconds) {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part) => String(part).padStart(2, "0")).join(":");
}

function newUuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http on an office network is no secure context, where randomUUID is missing.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function link(address, text, target) {
  const element = document.createElement("a");
  element.href = address;
  element.textContent = text;
  if (target) element.target = target;
  return element;
}

if (form) new Sheet(form);
