// Messages on this device: asks the browser's push service for an address, and tells the server. A service may forget
// an address; whoever turned messages on here gets a new one without having to notice. Signing out ends them.

{
  const KEPT = "push"; // who turned them on here, and for which of the server's keys
  const PATIENCE = 2000; // milliseconds that signing out waits for the push service
  const form = document.getElementById("push-on");
  const agent = document.getElementById("main").dataset.agent;

  const subscription = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription();

  const subscribe = async (publicKey) => {
    const ready = await navigator.serviceWorker.ready;
    const key = Uint8Array.from(atob(publicKey.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const { endpoint, keys } = made.toJSON();
    const { token } = await Queue.ask("/outbox/key/");
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, csrfmiddlewaretoken: token });
    const answer = await fetch("/account/push/add/", { method: "POST", body, redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    localStorage.setItem(KEPT, JSON.stringify({ agent, publicKey }));
  };

  const said = (words) => {
    const place = form.querySelector("[role=alert]");
    place.textContent = words;
    place.hidden = false;
  };

  const turnOn = async () => {
    if (!("PushManager" in window) || !("serviceWorker" in navigator)) return said(form.dataset.missing);
    if (await Notification.requestPermission() !== "granted") return said(form.dataset.denied);
    await subscribe(form.dataset.key);
    location.reload();
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    turnOn().catch(() => said(form.dataset.failed)).finally(() => { delete form.dataset.sent; form.removeAttribute("aria-busy"); });
  });

  const renew = async () => {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    if (kept?.agent === agent && Notification.permission === "granted" && !await subscription()) await subscribe(kept.publicKey);
  };
  if ("PushManager" in window && "serviceWorker" in navigator && !form) renew().catch(() => { /* the next page tries again */ });

  document.addEventListener("submit", async (event) => {
    if (!event.target.matches("[action$='/account/logout/']") || !localStorage.getItem(KEPT)) return;
    event.preventDefault();
    localStorage.removeItem(KEPT);
    const ended = subscription().then((one) => one?.unsubscribe()).catch(() => {});
    await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, PATIENCE); })]);
    event.target.submit();
  });
}
