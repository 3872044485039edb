// Pages that can be read without a net, and new versions of the service worker that keeps them.

{
  // The service worker keeps the last lists. A new version of it waits until it is asked for.
  if ("serviceWorker" in navigator) {
    const offer = (worker) => {
      if (!worker || !navigator.serviceWorker.controller) return;
      shown("new-version");
      document.getElementById("new-version")?.querySelector("button").addEventListener("click", () => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        worker.postMessage("take over");
      }, { once: true });
    };
    navigator.serviceWorker.register("/sw.js").then((registration) => {
      offer(registration.waiting);
      registration.addEventListener("updatefound", () => {
        const worker = registration.installing;
        worker.addEventListener("statechange", () => { if (worker.state === "installed") offer(worker); });
      });
      navigator.serviceWorker.ready.then((ready) => ready.active.postMessage("keep lists"));
    }, () => { /* Not while the browser distrusts the certificate: then the office is a website, no app. */ });
  }
  const kept = document.documentElement.dataset.kept;
  if (kept) {
    const time = document.querySelector("#kept time");
    const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang; // as the pages say it
    time.textContent = new Date(Number(kept)).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    shown("kept");
  }

  // Signing out takes the kept pages along, and what was typed and not sent.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[action$='/account/logout/']")) return;
    navigator.serviceWorker?.controller?.postMessage("forget");
    localStorage.removeItem("drafts");
  });
}
