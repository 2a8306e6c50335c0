// Signing in again in place: the session has ended in the middle of the attempt, the page and all
// that is not sent yet stay. The server lets in only the person whose attempt this is.

export class SignInAgain {
  constructor(dialog, page) {
    Object.assign(this, { dialog, page });
    this.form = dialog.querySelector("form");
    this.problem = dialog.querySelector("[data-problem]");
    this.wasClosed = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      this.wasClosed = true;
      this.form.elements.password.value = "";
    });
  }

  // Once by itself; whoever has put it away opens it by the button in the notice.
  offer() { if (!this.wasClosed) this.open(); }

  open() {
    if (this.dialog.open) return;
    this.dialog.showModal();
    const { username, password } = this.form.elements;
    (username.value ? password : username).focus();
  }

  done() {
    if (this.dialog.open) this.dialog.close();
    this.wasClosed = false;
    this.problem.hidden = true;
  }

  async send() {
    const button = this.form.querySelector("button[type=submit]");
    button.setAttribute("aria-busy", "true");
    try {
      await this.page.renewToken();
      const response = await this.post();
      const told = await response.json();
      if (!response.ok) return void this.say(told.message);
      this.page.token = told.csrf_token;
      this.done();
      this.page.sender.ask();
    } catch {
      this.say(this.page.words.offline);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  post() {
    const { username, password } = this.form.elements;
    return fetch(this.form.action, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": this.page.token,
      },
      body: JSON.stringify({
        username: username.value, password: password.value, epoch: this.page.epoch,
      }),
    });
  }

  say(message) {
    this.problem.textContent = message;
    this.problem.hidden = false;
    this.form.elements.password.select();
  }
}
