// Checks the signed content of the scanned QR code in the browser: what stands after # in the
// address never reaches a server. Without this script the page still shows the register.
(async () => {
  const box = document.getElementById("signature-check");
  const [payload, signature] = location.hash.slice(1).split(".");
  if (!box || !payload || !signature || !globalThis.crypto?.subtle) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const tell = (result) => {
    box.hidden = false;
    box.querySelector(`[data-result="${result}"]`).hidden = false;
  };

  try {
    const fields = JSON.parse(new TextDecoder().decode(bytes(payload)));
    const key = JSON.parse(box.dataset.keys)[fields.key];
    if (!key) return tell("bad");
    let known;
    try {
      known = await crypto.subtle.importKey("raw", bytes(key), { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return; // This browser does not know Ed25519: say nothing rather than something wrong.
    }
    const text = new TextEncoder().encode(payload);
    const signed = await crypto.subtle.verify({ name: "Ed25519" }, known, bytes(signature), text);
    const same = fields.serial === box.dataset.serial && fields.name === box.dataset.name;
    tell(signed && same ? "good" : "bad");
  } catch {
    tell("bad");
  }
})();
