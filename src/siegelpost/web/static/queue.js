// Letters that wait on this phone until the server has them. Used by the pages and by the service worker.
//
// A letter is written down before anything is sent, under the id it will have on the server; the server takes each id
// once, so a try whose answer was lost may simply be made again.

self.Queue = (() => {
  const WAITING = "waiting";
  const PATIENCE = 30000; // milliseconds
  const news = "BroadcastChannel" in self ? new BroadcastChannel("letters") : null;

  const opened = () => new Promise((resolve, reject) => {
    const request = indexedDB.open("siegelpost", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("letters", { keyPath: "public_id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const run = async (mode, act) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction("letters", mode, { durability: "strict" });
        const request = act(transaction.objectStore("letters"));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  // Other tabs hear of a change by the channel, which is silent in the one that speaks.
  const changed = () => { news?.postMessage(null); self.dispatchEvent(new Event("letters")); };
  const all = () => run("readonly", (letters) => letters.getAll());
  const get = (id) => run("readonly", (letters) => letters.get(id));
  const put = async (letter) => { await run("readwrite", (letters) => letters.put(letter)); changed(); };
  const drop = async (id) => { await run("readwrite", (letters) => letters.delete(id)); changed(); };

  // A server that answers with a way to elsewhere wants somebody to sign in first.
  let signedOut = false;

  const ask = async (path, options = {}) => {
    const answer = await fetch(path, {
      ...options, headers: { Accept: "application/json" }, redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
    });
    signedOut = answer.type === "opaqueredirect";
    if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
    return answer.json();
  };

  // Hand over what waits, one after the other; what cannot be handed over now goes on waiting.
  const tryAll = async () => {
    const waiting = (await all()).filter((letter) => letter.state === WAITING);
    if (!waiting.length) return;
    const key = await ask("/outbox/key/");
    for (const letter of waiting.sort((one, other) => one.at - other.at)) {
      if (letter.agent !== key.agent) continue;
      const body = new URLSearchParams([...letter.fields, ["csrfmiddlewaretoken", key.token]]);
      try {
        await put({ ...letter, trouble: 0, ...await ask("/outbox/hand-over/", { method: "POST", body }) });
      } catch (error) {
        // Without a status there is no line, or somebody has to sign in. What the server stumbles over must not keep
        // back what comes after it, and says so.
        if (!error.status) throw error;
        await put({ ...letter, trouble: error.status });
      }
    }
    if ((await all()).some((letter) => letter.state === WAITING)) throw new Error("some wait still");
  };

  // Whether nothing waits any more. One at a time: tabs and the service worker would only get in each other's way.
  const deliver = async () => {
    try {
      if (navigator.locks) await navigator.locks.request("letters", tryAll);
      else await tryAll();
      return true;
    } catch {
      return false;
    }
  };

  return { WAITING, all, get, put, drop, deliver, ask, news, get signedOut() { return signedOut; } };
})();
