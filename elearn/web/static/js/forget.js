// Nothing of a learner stays in the browser: after signing out or handing in, and before somebody
// else works here. data-forget says when: "all" (signed out), "others" (what is of another user),
// "attempt" (this attempt has ended: send what is left as late, then forget it).
(() => {
  const DATABASE = "elearn-answers";
  const { forget, user, attempt, save, told } = document.currentScript.dataset;

  const store = (name) => { try { return window[name]; } catch { return null; } };

  // Keys are elearn.<what>/<user>/<attempt>.
  const clear = (isGone) => {
    for (const place of [store("localStorage"), store("sessionStorage")]) {
      if (!place) continue;
      for (const key of Object.keys(place)) {
        if (key.startsWith("elearn.") && isGone(key.slice(key.indexOf("/") + 1))) place.removeItem(key);
      }
    }
  };

  // Null when there is none; asking must not make one, with a sheet opening it at the same time.
  const open = () => new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => done(request.result);
    request.onerror = () => (request.error.name === "AbortError" ? done(null) : fail(request.error));
  });

  const rows = (disk) => new Promise((done, fail) => {
    const request = disk.transaction("events").objectStore("events").getAll();
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });

  const remove = (disk, uuids) => new Promise((done) => {
    const change = disk.transaction("events", "readwrite");
    for (const uuid of uuids) change.objectStore("events").delete(uuid);
    change.oncomplete = change.onabort = change.onerror = () => done();
  });

  // What a killed page left of an attempt that has ended meanwhile arrives late, and is kept there.
  const send = async (events) => {
    const epochs = [...new Set(events.map((event) => event.epoch))];
    for (const epoch of epochs) {
      const some = events.filter((event) => event.epoch === epoch)
        .map(({ uuid, item, client_seq, value }) => ({ uuid, item, client_seq, value }));
      const response = await fetch(save, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": document.querySelector("input[name=csrf_token]").value,
        },
        body: JSON.stringify({ epoch, events: some }),
      });
      if (!response.ok && response.status !== 422) throw new Error(String(response.status));
    }
    const place = document.getElementById(told);
    if (place) place.hidden = false;
  };

  const dropDatabase = () => { try { indexedDB.deleteDatabase(DATABASE); } catch { /* none */ } };

  const sweep = async (isGone, isEnded) => {
    const disk = await open();
    if (!disk) return;
    const kept = await rows(disk);
    const ended = kept.filter((event) => isEnded(event.sheet));
    if (ended.length > 0) await send(ended);
    const gone = kept.filter((event) => isGone(event.sheet) || isEnded(event.sheet));
    await remove(disk, gone.map((event) => event.uuid));
    disk.close();
    if (gone.length === kept.length && forget === "attempt") dropDatabase();
  };

  // Back after signing out: a page from the browser's memory asks the server again.
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

  if (forget === "all") {
    clear(() => true);
    dropDatabase();
    return;
  }
  const isOfOthers = (sheet) => !sheet.startsWith(`${user}/`);
  const isEnded = (sheet) => forget === "attempt" && sheet === `${user}/${attempt}`;
  clear((sheet) => isOfOthers(sheet) || isEnded(sheet));
  sweep(isOfOthers, isEnded).catch(() => undefined);
})();
