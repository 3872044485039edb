// Letters that wait on this phone until the server has them. Used by the pages and by the service worker.
//
// A letter is written down before anything is sent, under the id it will have on the server; the server takes each id
// once, so a try whose answer was lost may simply be made again.

self.Queue = (() => {
  const WAITING = "waiting";
  const PATIENCE = 30000; // milliseconds
  const { all, get, put, drop, news } = Store("siegelpost", "letters", "public_id");

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
