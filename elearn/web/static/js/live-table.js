// Renews the live table of a round in place; without scripts the page reloads itself.
const box = document.getElementById("live");
const every = Number(box.dataset.live) * 1000;

async function renew() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("live");
  // Somebody who moves through the table by keyboard keeps his place until he leaves it.
  if (fresh && !box.contains(document.activeElement)) box.replaceChildren(...fresh.childNodes);
}

setInterval(() => renew().catch(() => {}), every);
