// A form that is on its way is not sent a second time. The server copes with repeats anyway; this
// spares people the doubt. Forms marked data-many, and those that only ask (GET), stay free.
(() => {
  const PATIENCE = 15000; // A download or a lost line leaves the page standing: free the button.

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "many" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // Not `disabled`: a disabled button would not send its own name and value.
    if (event.submitter) {
      event.submitter.setAttribute("aria-busy", "true");
      event.submitter.setAttribute("aria-disabled", "true");
    }
    setTimeout(() => release(form), PATIENCE);
  });

  // The back button may bring the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
})();
