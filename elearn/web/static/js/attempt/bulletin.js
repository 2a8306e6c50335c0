// Looks at the bulletin of the round, a public number without identity; when it has changed the
// page asks for the time and the state itself (docs/answer-protocol.md).

const LEAST_MS = 3_000;
const SPREAD_MS = 1_000;

export class Bulletin {
  constructor(address, number, changed) {
    Object.assign(this, { address, number, changed });
    this.later();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.look();
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), LEAST_MS + Math.random() * SPREAD_MS);
  }

  async look() {
    try {
      const response = await fetch(this.address, { credentials: "omit" });
      if (response.ok) {
        const { bulletin } = await response.json();
        const isNews = bulletin !== this.number;
        this.number = bulletin;
        if (isNews) this.changed();
      }
    } catch {
      // Offline: the page says so by itself.
    }
    this.later();
  }
}
