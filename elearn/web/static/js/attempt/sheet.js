// The page of a running attempt: what is changed goes into the queue at once and to the server
// within a second; what the server tells is shown. Other parts are handed in by attempt.js.

// The invigilator's table says "silent" after a minute.
const HEARTBEAT_MS = 40_000;
// Saves note that somebody is there; asking for nothing keeps the sign-in session awake as well.
const LONGEST_WITHOUT_ASKING_MS = 300_000;
const TYPING_MS = 400;
const LONGEST_TYPING_MS = 800;
const HURRY_SECONDS = 3;
const RESCUE_AFTER_MS = 20_000;

export class Sheet {
  constructor(form, parts) {
    this.form = form;
    this.parts = parts;
    this.words = document.getElementById("words").dataset;
    this.fields = form.elements;
    this.clock = new parts.Clock(form.dataset.now);
    this.started = Date.parse(form.dataset.started);
    this.deadline = form.dataset.deadline ? Date.parse(form.dataset.deadline) : null;
    this.lastSeq = Number(this.fields.seen_seq.value);
    this.refusedItems = new Set();
    this.late = 0;
    const sheet = `${form.dataset.user}/${form.dataset.attempt}`;
    this.queue = parts.makeQueue(sheet);
    this.sender = new parts.Sender(form.dataset.save, this.queue, this);
    this.view = new parts.View(form, this.words, `elearn.flags/${sheet}`);
    this.again = new parts.SignInAgain(document.getElementById("sign-in"), this);
    if (form.dataset.bulletin) {
      const { bulletin, number } = form.dataset;
      this.bulletin = new parts.Bulletin(bulletin, Number(number), () => this.sender.ask());
    }
    this.listen();
    this.tick();
    setInterval(() => this.tick(), 500);
    this.takeUpLeftover();
  }

  get token() { return this.fields.csrf_token.value; }

  set token(value) {
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = value;
  }

  get epoch() { return Number(this.fields.epoch.value); }

  // 1. What the examinee does
  listen() {
    // Text while it is typed; all else once it is chosen.
    this.form.addEventListener("input", (event) => {
      if (isText(event.target)) this.changed(event.target);
    });
    this.form.addEventListener("change", (event) => this.changed(event.target));
    this.form.addEventListener("submit", (event) => this.handIn(event));
    window.addEventListener("online", () => this.sender.wake());
    window.addEventListener("pageshow", (event) => {
      // Back from the next page: it may have ended the attempt, or somebody else may be here.
      if (event.persisted) window.location.reload();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.sender.ask();
      else if (this.queue.size > 0) this.sender.wake();
    });
    window.addEventListener("beforeunload", (event) => {
      if (this.queue.size === 0 || this.leaving) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  changed(input) {
    const question = input.closest("[data-item]");
    if (!question || this.sender.stopped || this.isUp) return;
    const value = this.parts.valueOf(question);
    if (value === null || this.isSame(question, value)) return;
    this.refusedItems.delete(question.dataset.item);
    this.mark(question, "unsaved");
    this.countAnswered();
    // In memory at once; the disk follows by itself.
    this.enqueue(question, value);
    this.showSending();
    if (isText(input)) this.wakeAfterTyping();
    else this.sender.wake();
  }

  // An input event and the change event after it speak of one change.
  isSame(question, value) {
    const said = JSON.stringify(value);
    if (question.said === said) return true;
    question.said = said;
    return false;
  }

  enqueue(question, value) {
    const item = Number(question.dataset.item);
    const event = { uuid: newUuid(), item, client_seq: this.nextSeq(), value, epoch: this.epoch };
    return this.queue.add(event, this.sender.sending);
  }

  wakeAfterTyping() {
    const now = performance.now();
    this.typingSince ??= now;
    clearTimeout(this.typing);
    const left = Math.min(TYPING_MS, this.typingSince + LONGEST_TYPING_MS - now);
    this.typing = setTimeout(() => {
      this.typingSince = undefined;
      this.sender.wake();
    }, this.secondsLeft() <= HURRY_SECONDS ? 0 : Math.max(0, left));
  }

  nextSeq() {
    // Thousandths of a second since the start, by the server's clock: two tabs of one device
    // number their changes in the order in which they were made.
    this.lastSeq = Math.max(this.lastSeq + 1, Math.floor(this.clock.now() - this.started));
    return this.lastSeq;
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

  // 2. What an earlier page of this sheet could not send
  async takeUpLeftover() {
    const kept = await this.queue.leftover();
    const taken = [];
    for (const event of kept) {
      const question = this.form.querySelector(`[data-item="${event.item}"]`);
      const isChangedSince = this.queue.events.some((newer) => newer.item === event.item);
      if (!question || isChangedSince || event.epoch > this.epoch) continue;
      if (await this.takeUp(question, event)) taken.push(question);
    }
    this.countAnswered();
    if (taken.length > 0) this.showRestored(taken);
    if (this.queue.size > 0) this.sender.wake();
  }

  // Whether the fields now show what the event says.
  async takeUp(question, event) {
    const isNews = event.client_seq > Number(question.dataset.seq);
    if (event.epoch < this.epoch && isNews) {
      // The same person on the same device, signed in anew: his change, made by this page now.
      await this.queue.remove([event.uuid]);
      this.fill(question, event.value);
      await this.enqueue(question, event.value);
      return true;
    }
    // Else as it was: the server knows it, or puts it in its order, or keeps it as superseded.
    this.queue.put(event, this.sender.sending);
    if (isNews) this.fill(question, event.value);
    return isNews;
  }

  fill(question, value) {
    this.parts.setValue(question, value);
    question.said = JSON.stringify(value);
    this.mark(question, "unsaved");
  }

  showRestored(questions) {
    const box = document.getElementById("restored");
    const numbers = questions.map((question) => question.id.slice(1));
    box.textContent = this.words.restored.replace("{numbers}", [...new Set(numbers)].join(", "));
    box.hidden = false;
  }

  // 3. What the server tells
  told(events, told, roundTripMs) {
    this.clock.sync(told.server_now, roundTripMs);
    this.deadline = told.deadline_at ? Date.parse(told.deadline_at) : null;
    this.troubleSince = undefined;
    this.again.done();
    this.late += told.acks.filter((ack) => ack.status === "LATE").length;
    if (told.epoch !== this.epoch) return void this.sender.stop("elsewhere");
    if (told.state !== "in_progress") return this.ended();
    // Locked at the old deadline, and somebody has moved it: begin anew.
    if (this.isUp && this.deadline > this.clock.now()) return void this.leave(location.href);
    for (const event of events) {
      this.fields.seen_seq.value = Math.max(Number(this.fields.seen_seq.value), event.client_seq);
    }
    this.hideTrouble();
    this.showSaved();
  }

  // What is still here arrives late; it is kept there all the same, so it is sent first.
  ended() {
    this.isUp = true;
    this.lock();
    if (this.queue.size === 0) this.leave(this.form.dataset.result);
  }

  refused(events) {
    for (const event of events) {
      this.refusedItems.add(String(event.item));
      this.mark(this.form.querySelector(`[data-item="${event.item}"]`), "refused");
    }
    this.showSaved();
  }

  signedOut() { if (!this.leaving) this.again.offer(); }

  async renewToken() {
    // Signing in again, in another tab, gives the browser a new form token: read it from a page.
    try {
      const page = await fetch(this.form.dataset.login);
      const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = parsed.querySelector("input[name=csrf_token]");
      if (token) this.token = token.value;
    } catch {
      // Still away; the next attempt tries again.
    }
  }

  // 4. What the page shows
  showSending() {
    const quiet = document.getElementById("trouble").hidden;
    if (this.queue.size > 0) this.showState(quiet ? this.words.saving : this.words.unsaved);
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
      const isAnswered = this.parts.isAnswered(question);
      this.view.mark(question, isAnswered);
      done += isAnswered ? 1 : 0;
    }
    document.getElementById("done").textContent = String(done);
  }

  secondsLeft() {
    if (this.deadline === null) return Infinity;
    return Math.max(0, Math.ceil((this.deadline - this.clock.now()) / 1000));
  }

  tick() {
    const now = performance.now();
    const isQuiet = now - this.sender.lastSent > HEARTBEAT_MS;
    if (isQuiet || now - this.sender.lastAsked > LONGEST_WITHOUT_ASKING_MS) this.sender.ask();
    if (now - (this.troubleSince ?? now) > RESCUE_AFTER_MS) this.parts.rescue.offer(this);
    if (this.deadline === null) return;
    const left = this.secondsLeft();
    const shown = document.getElementById("time-left");
    shown.textContent = formatted(left);
    shown.classList.toggle("is-short", left <= 300);
    if (left <= 300 && left > 240) this.warn(this.words.five);
    if (left <= 60 && left > 0) this.warn(this.words.one);
    if (left <= HURRY_SECONDS && this.queue.size > 0 && !this.isUp) this.sender.wake();
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
    if (!document.getElementById("trouble").hidden) this.sayLate();
    // What was chosen has been sent; the next answer of the server says that the attempt ended.
    const ask = () => { if (!this.leaving && !this.sender.stopped) this.sender.ask(); };
    setTimeout(ask, 500 + Math.random() * 1500);
    setInterval(ask, 5000);
  }

  lock() {
    const fields = "[data-item] :is(input, select, textarea, button), .button-row button";
    for (const input of this.form.querySelectorAll(fields)) input.disabled = true;
  }

  leave(address) {
    this.leaving = true;
    this.sender.stop();
    window.location.assign(address);
  }

  // 5. Trouble
  showTrouble(name) {
    if (this.leaving) return;
    if (["offline", "signedOut", "gone"].includes(name)) this.troubleSince ??= performance.now();
    const box = document.getElementById("trouble");
    if (box.dataset.name === name) return;
    box.dataset.name = name;
    box.querySelector("[data-text]").textContent = this.words[name];
    this.showTroubleAct(box.querySelector("[data-act]"), name);
    box.hidden = false;
    if (this.isUp) this.sayLate();
    if (this.queue.size > 0) this.showState(this.words.unsaved);
  }

  showTroubleAct(place, name) {
    place.replaceChildren();
    if (name === "signedOut") {
      place.append(button(this.words.signIn, () => this.again.open()));
      place.append(" ", link(this.form.dataset.login, this.words.signInTab, "_blank"));
    }
    if (name === "elsewhere") place.append(link(window.location.pathname, this.words.reload));
  }

  // After the end: what has not arrived is kept for a decision and does not count by itself.
  sayLate() {
    if (this.queue.size === 0) return;
    document.querySelector("#trouble [data-text]").textContent = this.words.late;
  }

  hideTrouble() {
    const box = document.getElementById("trouble");
    box.hidden = true;
    delete box.dataset.name;
    this.parts.rescue.withdraw();
  }
}

function isText(input) {
  return input.matches?.("textarea, input:not([type=radio], [type=checkbox])") ?? false;
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

function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "btn btn-outline-secondary";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

function link(address, text, target) {
  const element = document.createElement("a");
  element.href = address;
  element.textContent = text;
  if (target) element.target = target;
  return element;
}
