// The server says that something changed, and the parts that want to know ask for themselves. A page nobody
// looks at does not listen.
if ("EventSource" in window && document.querySelector("[hx-trigger*='refresh from:body']")) {
  let source = null;
  // Nothing may vanish from under the finger: news wait while somebody presses something.
  const PRESS_MS = 1500;
  let heldUntil = 0;
  let later = null;
  for (const press of ["pointerdown", "keydown"]) {
    addEventListener(press, () => { heldUntil = Date.now() + PRESS_MS; }, { passive: true });
  }
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig.triggeringEvent?.type !== "refresh" || Date.now() >= heldUntil) return;
    event.detail.shouldSwap = false; // asked for before the press; asked for again after it
    told();
  });
  const told = () => {
    clearTimeout(later);
    const wait = heldUntil - Date.now();
    if (wait > 0) later = setTimeout(told, wait);
    else document.body.dispatchEvent(new Event("refresh"));
  };
  // A browser asks again by itself when a stream breaks off, but not when it was refused: a proxy whose server is
  // being restarted, too many listeners, or somebody who is signed out, whom the parts then lead to the door.
  const AGAIN_MS = 3000;
  const MOST_AGAIN_MS = 60000;
  let refused = 0;
  let retry = null;
  const listen = () => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource("/live/");
    source.addEventListener("open", () => { refused = 0; told(); }); // what happened while nobody listened
    source.addEventListener("change", told);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      told();
      retry = setTimeout(listen, Math.min(AGAIN_MS * 2 ** refused, MOST_AGAIN_MS));
      refused += 1;
    });
  };
  const stop = () => { clearTimeout(retry); source?.close(); };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
    else listen();
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) listen(); });
  listen();
}
