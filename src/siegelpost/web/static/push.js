// Messages on this device: asks the browser's push service for an address, and tells the server.

const form = document.getElementById("push-on");

const said = (words) => {
  const place = form.querySelector("[role=alert]");
  place.textContent = words;
  place.hidden = false;
};

async function turnOn() {
  if (!("PushManager" in window) || !("serviceWorker" in navigator)) return said(form.dataset.missing);
  if (await Notification.requestPermission() !== "granted") return said(form.dataset.denied);
  const ready = await navigator.serviceWorker.ready;
  const key = Uint8Array.from(atob(form.dataset.key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const subscription = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const token = form.elements.csrfmiddlewaretoken.value;
  const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, csrfmiddlewaretoken: token });
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  location.reload();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  turnOn().catch(() => said(form.dataset.failed)).finally(() => { delete form.dataset.sent; form.removeAttribute("aria-busy"); });
});
