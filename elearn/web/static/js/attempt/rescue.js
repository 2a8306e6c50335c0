// The rescue file: when the line does not come back, what is not sent goes into a file that only
// the server can read. An invigilator hands it in later (/officer/rescue).

const NAME = "elearn-rescue";

export function offer(page) {
  const box = document.getElementById("rescue");
  if (!box.hidden || page.queue.size === 0 || !page.form.dataset.rescueKey) return;
  const canEncrypt = Boolean(globalThis.crypto?.subtle);
  box.querySelector("[data-can]").hidden = !canEncrypt;
  box.querySelector("[data-cannot]").hidden = canEncrypt;
  box.querySelector("button").onclick = () => download(page);
  box.hidden = false;
}

export function withdraw() {
  document.getElementById("rescue").hidden = true;
}

async function download(page) {
  const { attempt, rescueKey, rescueId, rescuePass } = page.form.dataset;
  const content = {
    attempt: Number(attempt),
    pass: rescuePass,
    made_at: new Date(page.clock.now()).toISOString(),
    events: page.queue.events,
  };
  const sealed = await seal(content, rescueKey);
  const file = new Blob([JSON.stringify({ format: NAME, version: 1, key: rescueId, ...sealed })], {
    type: "application/json",
  });
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(file);
  anchor.download = `${NAME}-${attempt}.json`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
  document.querySelector("#rescue [data-done]").hidden = false;
}

// AES-GCM for the content, RSA-OAEP for its key.
async function seal(content, publicKey) {
  const { subtle } = crypto;
  const rsa = await subtle.importKey(
    "spki", decoded(publicKey), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"],
  );
  const aes = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const data = await subtle.encrypt({ name: "AES-GCM", iv }, aes, plain);
  const wrapped = await subtle.encrypt({ name: "RSA-OAEP" }, rsa, await subtle.exportKey("raw", aes));
  return { wrapped: encoded(wrapped), iv: encoded(iv), data: encoded(data) };
}

function decoded(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function encoded(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}
