// Saves each change of a sheet by the answer protocol (docs/answer-protocol.md), on top of the
// plain form. Its parts are modules that the page names by <link rel="modulepreload" data-part>:
// their addresses change with their content, so that an old one never meets a new one.

const form = document.getElementById("sheet");

// Shown one by one by the server, for want of scripts; with them the page holds all questions.
async function takeOverPages() {
  const choice = document.getElementById("view");
  const body = new FormData(choice);
  body.set("view", "one");
  await fetch(choice.action, { method: "POST", body, redirect: "manual" });
  const [question] = form.querySelectorAll("[data-item]");
  location.replace(`${location.pathname}#${question.id}`);
}

if (form?.dataset.view === "paged") {
  // Without a line the plain form stays.
  await takeOverPages().catch(() => undefined);
} else if (form) {
  const links = [...document.querySelectorAll("link[data-part]")];
  const modules = await Promise.all(links.map((link) => import(link.href)));
  const part = Object.fromEntries(links.map((link, place) => [link.dataset.part, modules[place]]));
  const { valueOf, setValue, isAnswered } = part.answers;
  new part.sheet.Sheet(form, {
    valueOf,
    setValue,
    isAnswered,
    Clock: part.sender.Clock,
    Sender: part.sender.Sender,
    View: part.view.View,
    Bulletin: part.bulletin.Bulletin,
    SignInAgain: part.again.SignInAgain,
    rescue: part.rescue,
    makeQueue: (sheet) => new part.queue.DiskQueue(sheet),
  });
}
