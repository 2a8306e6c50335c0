// The editor's comforts: live preview, saving by itself, buttons that insert Markdown, a warning
// before unsaved text is left. Without this script every step works by the form's own buttons.
"use strict";
(() => {
  const form = document.querySelector("[data-editor]");
  if (!form) return;
  const PREVIEW_AFTER = 700, SAVE_AFTER = 4000;
  const state = form.querySelector("[data-save-state]");
  const pane = form.querySelector("[data-preview-pane]");
  const body = form.querySelector("#body");
  const text = (name) => form.getAttribute("data-text-" + name) || "";
  let dirty = form.hasAttribute("data-dirty");
  let changes = 0, previewTimer = 0, saveTimer = 0, previewing = null, saving = false, pressed = null;
  let mayAutosave = form.hasAttribute("data-autosave") && !dirty;

  function show(message, kind) {
    state.textContent = message;
    state.className = "save-state" + (kind ? " is-" + kind : "");
  }

  function send(address, signal) {
    return fetch(address, {
      method: "POST", body: new FormData(form), credentials: "same-origin", signal,
      headers: { Accept: "application/json" },
    });
  }

  async function preview() {
    if (previewing) previewing.abort();
    const mine = previewing = new AbortController();
    try {
      const answer = await send(form.getAttribute("data-preview"), mine.signal);
      // The server has sanitised what it sends here, as it does what learners read.
      if (answer.ok) pane.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") show(text("failed"), "failed");
    }
  }

  async function autosave() {
    saveTimer = 0;
    if (!mayAutosave || saving || !dirty) return;
    saving = true;
    const before = changes;
    show(text("saving"));
    try {
      const answer = await send(form.getAttribute("data-autosave"));
      if (answer.status === 401) return halt(text("signed-out"));
      const told = await answer.json();
      if (answer.ok) {
        form.querySelector("[name=draft_id]").value = told.draft_id;
        form.querySelector("[name=lock_version]").value = told.lock_version;
        if (changes === before) { dirty = false; show(told.saved, "saved"); }
        else { show(text("unsaved"), "unsaved"); later(); }
      } else if (told.error === "draft.stale") {
        halt(text("stale"));
      } else if (told.error === "draft.unchanged") {
        dirty = false; show("");
      } else {
        show(told.message || text("failed"), "failed");
      }
    } catch {
      show(text("failed"), "failed"); later();
    } finally {
      saving = false;
      if (pressed) form.requestSubmit(pressed);
    }
  }

  function halt(message) {
    mayAutosave = false;
    show(message, "failed");
  }

  // Not put off by further typing: whoever never pauses is saved, too.
  function later() {
    if (!saveTimer) saveTimer = setTimeout(autosave, SAVE_AFTER);
  }

  function changed() {
    dirty = true; changes += 1;
    if (mayAutosave) { show(text("unsaved"), "unsaved"); later(); }
    clearTimeout(previewTimer);
    previewTimer = setTimeout(preview, PREVIEW_AFTER);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    if (saving) {
      // The answer on its way holds the lock that this form must name.
      event.preventDefault();
      pressed = event.submitter;
      return;
    }
    dirty = false;
    clearTimeout(saveTimer);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector(".editor-bar [value=save]"));
    } else if (event.target === body && "bi".includes(event.key.toLowerCase())) {
      event.preventDefault();
      wrap(event.key.toLowerCase() === "b" ? "**" : "*");
    }
  });

  // Inserting keeps the browser's own undo: execCommand is old, but nothing newer does.
  function insert(before, after, placeholder) {
    const from = body.selectionStart, chosen = body.value.slice(from, body.selectionEnd) || placeholder;
    body.focus();
    if (!document.execCommand("insertText", false, before + chosen + after)) {
      body.setRangeText(before + chosen + after, from, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    }
    body.setSelectionRange(from + before.length, from + before.length + chosen.length);
  }

  function wrap(mark) { insert(mark, mark, ""); }

  function atLineStart() {
    const before = body.value.slice(0, body.selectionStart);
    return before === "" || before.endsWith("\n");
  }

  function press(button) {
    const data = button.dataset;
    if (data.wrap) wrap(data.wrap);
    else if (data.lineStart) insert((atLineStart() ? "" : "\n") + data.lineStart, "", "");
    else if (data.insert) insert(data.insert, "", "");
    else if (data.block) insert((atLineStart() ? "" : "\n\n") + data.block + "\n", data.close ? "\n" + data.close + "\n" : "", "");
  }

  const tools = form.querySelector("[data-tools]");
  if (tools && body) {
    tools.hidden = false;
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) press(button);
    });
  }

  const tabs = form.querySelector("[data-tabs]");
  const panes = form.querySelector(".editor");
  if (tabs && panes) {
    tabs.hidden = false;
    panes.dataset.pane = "write";
    tabs.addEventListener("click", (event) => {
      const chosen = event.target.closest("[data-show]");
      if (!chosen) return;
      panes.dataset.pane = chosen.dataset.show;
      for (const tab of tabs.querySelectorAll("[data-show]")) tab.setAttribute("aria-pressed", String(tab === chosen));
    });
  }

  // "Line 12" in the list of problems leads to that line of the text.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link || !body) return;
    event.preventDefault();
    const lines = body.value.split("\n"), line = Number(link.dataset.line) - 1;
    const from = lines.slice(0, line).join("\n").length + (line > 0 ? 1 : 0);
    if (panes) panes.dataset.pane = "write";
    body.focus();
    body.setSelectionRange(from, from + (lines[line] || "").length);
    body.scrollTop = (body.scrollHeight * line) / Math.max(1, lines.length) - body.clientHeight / 3;
  });

  const byHand = form.querySelector(".editor-bar [value=preview]");
  if (byHand) byHand.hidden = true;
  preview();
})();
