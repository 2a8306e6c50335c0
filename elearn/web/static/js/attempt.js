// Saves each change of a sheet by the answer protocol (docs/answer-protocol.md), on top of the
// plain form. Its parts are modules that the page names by <link rel="modulepreload" data-part>:
// their addresses change with their content, so that an old one never meets a new one.

const form = document.getElementById("sheet");
if (form) {
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
