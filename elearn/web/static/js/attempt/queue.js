// Changes that the server has not acknowledged yet. MemoryQueue holds them for the page; DiskQueue
// also keeps them in IndexedDB, so that they outlive a killed tab, a crash and a power cut.
// An event is {uuid, item, client_seq, value, epoch}; `sheet` names the user and the attempt.

const STORE = "events";
const INDEX = "sheet";
export const DATABASE = "elearn-answers";

export class MemoryQueue {
  constructor() {
    this.events = [];
  }

  async add(event, sending) {
    this.put(event, sending);
  }

  // Returns the uuids that gave way: a change that was not sent yet yields to a newer one of the
  // same question.
  put(event, sending) {
    const gone = this.events.filter((old) => old.item === event.item && !sending.has(old.uuid));
    this.events = this.events.filter((old) => !gone.includes(old));
    this.events.push(event);
    return gone.map((old) => old.uuid);
  }

  // What may go in one request: a request names one epoch.
  async first(count) {
    const [head] = this.events;
    if (!head) return [];
    return this.events.filter((event) => event.epoch === head.epoch).slice(0, count);
  }

  async remove(uuids) {
    const gone = new Set(uuids);
    this.events = this.events.filter((event) => !gone.has(event.uuid));
  }

  get size() { return this.events.length; }

  // What an earlier page of this sheet left behind.
  async leftover() { return []; }
}

export class DiskQueue extends MemoryQueue {
  constructor(sheet) {
    super();
    this.sheet = sheet;
    // Without IndexedDB (private windows of some browsers, full disks) memory has to do.
    this.disk = open().catch(() => null);
    // What the disk does not know yet, {uuid: event or null}: typing is faster than some disks,
    // so that changes made while one is written go together with the next.
    this.changes = new Map();
    this.writing = null;
  }

  async add(event, sending) {
    for (const uuid of this.put(event, sending)) this.changes.set(uuid, null);
    this.changes.set(event.uuid, { ...event, sheet: this.sheet });
    await this.flush();
  }

  async remove(uuids) {
    await super.remove(uuids);
    for (const uuid of uuids) this.changes.set(uuid, null);
    await this.flush();
  }

  flush() {
    this.writing ??= this.writeAll();
    return this.writing;
  }

  async writeAll() {
    while (this.changes.size > 0) {
      const changes = this.changes;
      this.changes = new Map();
      await this.write((store) => {
        for (const [uuid, event] of changes) {
          if (event) store.put(event);
          else store.delete(uuid);
        }
      });
    }
    // In the same breath as the last look at the changes: none falls between.
    this.writing = null;
  }

  async leftover() {
    const disk = await this.disk;
    if (!disk) return [];
    try {
      const store = disk.transaction(STORE).objectStore(STORE);
      const kept = await settled(store.index(INDEX).getAll(this.sheet));
      return kept
        .map(({ sheet, ...event }) => event)
        .sort((one, two) => one.epoch - two.epoch || one.client_seq - two.client_seq);
    } catch {
      return [];
    }
  }

  async write(change) {
    const disk = await this.disk;
    if (!disk) return;
    try {
      // "strict": on the disk before it counts as kept, where the browser knows the word.
      const transaction = disk.transaction(STORE, "readwrite", { durability: "strict" });
      change(transaction.objectStore(STORE));
      await finished(transaction);
    } catch {
      // The page still holds the event and sends it.
    }
  }
}

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "uuid" }).createIndex(INDEX, "sheet");
    };
    request.onsuccess = () => {
      // Another page deletes everything at signing out: do not stand in its way.
      request.result.onversionchange = () => request.result.close();
      done(request.result);
    };
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("blocked"));
  });
}

function settled(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

function finished(transaction) {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = () => fail(transaction.error);
    transaction.onabort = () => fail(transaction.error);
  });
}
