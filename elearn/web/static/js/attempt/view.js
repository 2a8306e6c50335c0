// How the sheet is gone through: the navigator, questions flagged for later, one question at a time.

export class View {
  constructor(form, words, key) {
    Object.assign(this, { form, words, key });
    this.questions = [...form.querySelectorAll("[data-item]")];
    this.flags = new Set(this.read());
    this.current = this.asked() ?? this.questions[0];
    this.prepareFlags();
    this.prepareSteps();
    this.show(form.dataset.view === "one");
  }

  // 1. Flags: kept on this device until the attempt ends.
  read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      return [];
    }
  }

  prepareFlags() {
    for (const question of this.questions) {
      const button = question.querySelector("[data-flag]");
      button.hidden = false;
      button.addEventListener("click", () => this.toggle(question));
      this.showFlag(question);
    }
  }

  toggle(question) {
    const { item } = question.dataset;
    if (!this.flags.delete(item)) this.flags.add(item);
    try {
      localStorage.setItem(this.key, JSON.stringify([...this.flags]));
    } catch {
      // Not remembered, still shown.
    }
    this.showFlag(question);
  }

  showFlag(question) {
    const isFlagged = this.flags.has(question.dataset.item);
    question.querySelector("[data-flag]").setAttribute("aria-pressed", String(isFlagged));
    this.linkOf(question).classList.toggle("is-flagged", isFlagged);
    this.tell(question);
  }

  linkOf(question) {
    return this.form.querySelector(`[data-for="${question.dataset.item}"]`);
  }

  // What the navigator says of a question to those who do not see its colours.
  tell(question) {
    const link = this.linkOf(question);
    const parts = [link.classList.contains("is-answered") ? this.words.answered : this.words.unanswered];
    if (this.flags.has(question.dataset.item)) parts.push(this.words.flagged);
    link.querySelector(".visually-hidden").textContent = " " + parts.join(", ");
  }

  mark(question, isAnswered) {
    this.linkOf(question).classList.toggle("is-answered", isAnswered);
    this.tell(question);
  }

  // 2. One question a page, or all on one.
  prepareSteps() {
    const steps = this.form.querySelector("[data-steps]");
    steps.querySelector("[data-previous]").addEventListener("click", () => this.step(-1));
    steps.querySelector("[data-next]").addEventListener("click", () => this.step(1));
    const choice = document.getElementById("view");
    choice.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose(!this.isOne, choice);
    });
    window.addEventListener("hashchange", () => this.follow());
    this.form.querySelector(".navigator").addEventListener("click", (event) => {
      // The same number once more changes no address.
      const link = event.target.closest("a");
      if (link && link.hash === location.hash) this.follow();
    });
  }

  asked() {
    const found = document.getElementById(location.hash.slice(1));
    return this.questions.includes(found) ? found : undefined;
  }

  follow() {
    const question = this.asked();
    if (question) this.go(question);
  }

  go(question) {
    this.current = question;
    if (this.isOne) this.show(true);
    const legend = question.querySelector("legend");
    legend.tabIndex = -1;
    legend.focus({ preventScroll: true });
    question.scrollIntoView({ block: "start" });
  }

  step(by) {
    const next = this.questions[this.questions.indexOf(this.current) + by];
    if (next) this.go(next);
  }

  choose(isOne, choice) {
    this.current = this.asked() ?? this.current;
    this.show(isOne);
    const body = new FormData(choice);
    body.set("view", isOne ? "one" : "all");
    // Remembered by the server for this sign-in; the page does as told either way.
    fetch(choice.action, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
  }

  show(isOne) {
    this.isOne = isOne;
    for (const question of this.questions) question.hidden = isOne && question !== this.current;
    for (const title of this.form.querySelectorAll("h2[data-section]")) {
      title.hidden = isOne && title.dataset.section !== this.current.dataset.section;
    }
    const steps = this.form.querySelector("[data-steps]");
    const place = this.questions.indexOf(this.current);
    steps.hidden = !isOne;
    steps.querySelector("[data-previous]").disabled = place === 0;
    steps.querySelector("[data-next]").disabled = place === this.questions.length - 1;
    const button = this.form.querySelector("button[form=view]");
    if (button) button.textContent = isOne ? this.words.viewAll : this.words.viewOne;
    for (const question of this.questions) {
      const isHere = isOne && question === this.current;
      if (isHere) this.linkOf(question).setAttribute("aria-current", "step");
      else this.linkOf(question).removeAttribute("aria-current");
    }
  }
}
