// Photos and documents that wait on this device until the server has them. Used by the pages and by the service worker.
//
// A file is written down before anything is sent, so that leaving the page, a line that breaks and an app that is ended
// lose nothing. The server takes the same file once, so a try whose answer was lost may simply be made again.

self.Uploads = (() => {
  const WAITING = "waiting";
  const REFUSED = "refused";
  const SIDE = 2560; // pixels of the longer side; what is shown is smaller still
  const QUALITY = 0.85;
  const AT_ONCE = 2; // the server draws one while the next comes in
  const BUSY = 3000; // milliseconds until a server that has its hands full is asked again
  const MOST_BUSY = 20;
  const STALLED = 60000; // milliseconds without a byte gone up or a word from the server
  const SIGNED_OUT = /^\/account\//;
  const store = Store("siegelpost-photos", "photos", "id");
  // What the browser has no room for lives as long as the page.
  const loose = new Map();
  const under = new Map(); // how much of each file has gone up from here
  let stalled = "";

  const all = async () => {
    const kept = await store.all().catch(() => []);
    return [...kept, ...loose.values()].sort((one, other) => one.at - other.at);
  };
  const put = async (one) => {
    if (!loose.has(one.id)) {
      try { await store.put(one); return; } catch { /* no room, or a browser that keeps nothing */ }
    }
    loose.set(one.id, one);
    store.changed();
  };
  const drop = async (id) => {
    if (loose.delete(id)) store.changed();
    else await store.drop(id).catch(() => {});
  };

  const add = async (files, given) => {
    let at = Date.now();
    for (const blob of files) {
      await put({ ...given, id: crypto.randomUUID(), name: blob.name, blob, at: at++, state: WAITING });
    }
  };

  // A phone's photo is larger than anybody will see. It is turned as the camera held it; what this browser cannot
  // read goes up as it is. One after the other, because each takes a phone's memory.
  let before = Promise.resolve();
  const smaller = (blob) => {
    const made = before.then(async () => {
      if (blob.type !== "image/jpeg" || !("OffscreenCanvas" in self)) return blob;
      const full = await createImageBitmap(blob, { imageOrientation: "from-image" });
      const share = SIDE / Math.max(full.width, full.height);
      if (share >= 1) return blob;
      const canvas = new OffscreenCanvas(Math.round(full.width * share), Math.round(full.height * share));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(full, 0, 0, canvas.width, canvas.height);
      full.close();
      const small = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
      return small.size < blob.size ? small : blob;
    }).catch(() => blob);
    before = made;
    return made;
  };

  // In a page the bar moves within a photo; a service worker has no such thing.
  const byPage = (path, body, advanced) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let patience;
    const alive = () => { clearTimeout(patience); patience = setTimeout(() => request.abort(), STALLED); };
    request.open("POST", path);
    request.setRequestHeader("X-One-By-One", "1");
    request.upload.addEventListener("progress", (event) => { alive(); advanced(event.loaded / event.total); });
    request.addEventListener("load", () => resolve({ status: request.status, text: request.responseText, url: request.responseURL }));
    for (const end of ["error", "abort"]) request.addEventListener(end, () => reject(new Error("line")));
    request.addEventListener("loadend", () => clearTimeout(patience));
    alive();
    request.send(body);
  });
  const byWorker = async (path, body) => {
    const answer = await fetch(path, { method: "POST", body, headers: { "X-One-By-One": "1" } });
    return { status: answer.status, text: await answer.text(), url: answer.url };
  };
  const post = "XMLHttpRequest" in self ? byPage : byWorker;

  // What the server says: nothing when it has the file, words when it does not want it.
  const sendOne = async (one, token, asked = 1) => {
    const body = new FormData();
    body.append("files", one.blob, one.name);
    body.append("group", one.group);
    body.append("csrfmiddlewaretoken", token);
    const { status, text, url } = await post(`/estates/${one.estate}/media/`, body, (share) => {
      under.set(one.id, share);
      self.dispatchEvent(new Event("photos-advanced"));
    });
    if (status === 204) await drop(one.id);
    else if (status === 422 || status === 413) await put({ ...one, state: REFUSED, words: text });
    else if (SIGNED_OUT.test(new URL(url).pathname)) throw new Error("signedOut");
    else if (status === 503 && asked < MOST_BUSY) {
      await new Promise((resolve) => { setTimeout(resolve, BUSY); });
      await sendOne(one, token, asked + 1);
    } else await put({ ...one, trouble: status });
  };

  const tryAll = async () => {
    const mine = async (agent) => (await all()).filter((one) => one.state === WAITING && (!agent || one.agent === agent));
    stalled = "";
    if (!(await mine()).length) return;
    const key = await Queue.ask("/outbox/key/").catch(() => { throw new Error(Queue.signedOut ? "signedOut" : "line"); });
    const tried = new Set();
    const lane = async () => {
      for (;;) {
        const one = (await mine(key.agent)).find(({ id }) => !tried.has(id));
        if (!one) return;
        tried.add(one.id);
        under.set(one.id, 0);
        try {
          // Kept small, so that another try sends the very same bytes, which the server then knows.
          if (!one.small) { Object.assign(one, { blob: await smaller(one.blob), small: true }); await put(one); }
          await sendOne(one, key.token);
        } finally {
          under.delete(one.id);
        }
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed) throw failed.reason;
    if ((await mine(key.agent)).length) throw new Error("trouble");
  };

  // Whether nothing waits any more. One at a time: when a page ends, the next one or the service worker goes on.
  const deliver = async () => {
    try {
      if (navigator.locks) await navigator.locks.request("photos", tryAll);
      else await tryAll();
      return true;
    } catch (error) {
      stalled = error.message === "signedOut" || error.message === "trouble" ? error.message : "line";
      return false;
    } finally {
      store.changed();
    }
  };

  return { WAITING, REFUSED, all, add, put, drop, deliver, loose, under, news: store.news, get stalled() { return stalled; } };
})();
