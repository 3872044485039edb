// What makes the office an app: letters that wait on the phone, pages that can be read without a net, new versions.
// Every page works without it.

const shown = (id, yes = true) => { const element = document.getElementById(id); if (element) element.hidden = !yes; };

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
  time.textContent = new Date(Number(kept)).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  shown("kept");
}

// Live: the server says that something changed, and the parts that want to know ask for themselves. A page nobody
// looks at does not listen.
if ("EventSource" in window && document.querySelector("[hx-trigger*='refresh from:body']")) {
  let source = null;
  // Nothing may vanish from under the finger: news wait while somebody presses something, and half a minute for the
  // way back from a tick ("Rückgängig").
  const PRESS_MS = 1500;
  const UNDO_MS = 30000;
  let heldUntil = 0;
  let later = null;
  document.body.addEventListener("htmx:afterSettle", () => {
    if (document.querySelector("[data-undo]")) heldUntil = Date.now() + UNDO_MS;
  });
  for (const press of ["pointerdown", "keydown"]) {
    addEventListener(press, () => { heldUntil = Math.max(heldUntil, Date.now() + PRESS_MS); }, { passive: true });
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

// Letters

const list = document.getElementById("letters");

// Each sees their own: a phone may have had somebody else at it, whose letters go on waiting for them.
const mine = async () => {
  const { agent } = document.getElementById("main").dataset;
  return (await Queue.all()).filter((letter) => letter.agent === agent);
};

async function tell() {
  const letters = await mine();
  const waiting = letters.filter((letter) => letter.state === Queue.WAITING);
  const bar = document.getElementById("waiting");
  if (bar) {
    bar.hidden = !waiting.length || Boolean(list);
    bar.querySelector("[data-count]").textContent = waiting.length;
  }
  shown("sign-in-first", Queue.signedOut && waiting.length > 0);
  if (!list) return;
  const row = document.getElementById("letter-row");
  list.replaceChildren(...letters.sort((one, other) => other.at - one.at).map((letter) => {
    const item = row.content.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part=${name}]`);
    item.querySelector("li").dataset.state = letter.state;
    item.querySelector("li").dataset.id = letter.public_id;
    part("to").textContent = letter.to;
    part("about").textContent = letter.about;
    part("state").textContent = list.dataset[letter.state] ?? letter.state;
    part("state").classList.add({ waiting: "wait", accepted: "good", held: "wait" }[letter.state] ?? "bad");
    part("words").textContent = letter.trouble ? list.dataset.trouble.replace("{code}", letter.trouble) : letter.words ?? "";
    part("open").href = letter.url ?? `/send/?${new URLSearchParams(letter.fields.filter(([name]) => ["contact", "estate"].includes(name)))}`;
    part("open").hidden = letter.state === Queue.WAITING;
    // What was not taken comes back to be changed, with every word of it.
    if (!letter.url) part("open").addEventListener("click", ({ currentTarget }) => Drafts.put(currentTarget.getAttribute("href"), letter));
    part("drop").addEventListener("click", ({ currentTarget }) => {
      // The only place where it is: not by one slip of the thumb.
      if (letter.url || currentTarget.dataset.asked) { Queue.drop(letter.public_id); return; }
      currentTarget.dataset.asked = "1";
      currentTarget.textContent = list.dataset.sure;
      currentTarget.removeAttribute("aria-label");
    });
    part("drop").setAttribute("aria-label", `${part("drop").textContent}: ${letter.to}`);
    return item;
  }));
  shown("no-letters", !letters.length);
}

// What the server says of the letters it has.
async function standings() {
  const letters = (await mine()).filter((letter) => letter.url);
  if (!list || !letters.length) return;
  const key = await Queue.ask(`/outbox/key/?${new URLSearchParams(letters.map((letter) => ["id", letter.public_id]))}`);
  for (const letter of letters) {
    const words = key.standing[letter.public_id];
    if (words && words !== letter.words) await Queue.put({ ...letter, words });
  }
}

async function go() {
  await Queue.deliver();
  await standings().catch(() => {});
  await tell();
}

// A preview that is still under way has nothing to say any more, least of all that one should sign in.
for (const moment of ["htmx:beforeRequest", "htmx:beforeOnLoad"]) {
  document.body.addEventListener(moment, (event) => {
    if (event.detail.elt.closest("form")?.dataset.going) event.preventDefault();
  });
}

// What a field is told is said beside it, too: as the server does where there are no scripts.
function mark(form, errors) {
  for (const old of form.querySelectorAll("[data-marked]")) {
    old.removeAttribute("aria-invalid");
    old.removeAttribute("aria-describedby");
    delete old.dataset.marked;
  }
  for (const old of form.querySelectorAll(".field-error")) old.remove();
  for (const [name, words] of Object.entries(errors)) {
    const control = form.elements[name];
    if (!control?.id) continue;
    const said = document.createElement("p");
    said.className = "field-error";
    said.id = `${control.id}_error`;
    said.textContent = words;
    control.after(said);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", said.id);
    control.dataset.marked = "1";
  }
}

// The server has the letter not, and says why: it stays a form, to be changed and sent again.
function refuse(form, letter) {
  for (const name of ["going", "sent"]) delete form.dataset[name];
  form.removeAttribute("aria-busy");
  document.getElementById("errors")?.remove();
  const errors = Object.entries(letter.errors ?? {});
  mark(form, Object.fromEntries(errors));
  const template = document.getElementById("refused");
  const box = template.content.firstElementChild.cloneNode(true);
  box.querySelector("ul").replaceChildren(...(errors.length ? errors : [["", letter.words]]).map(([name, words]) => {
    const item = document.createElement("li");
    const control = form.elements[name];
    if (control?.id) {
      const link = document.createElement("a");
      link.href = `#${control.id}`;
      link.textContent = form.querySelector(`label[for=${control.id}]`)?.firstChild.textContent ?? name;
      item.append(link, ": ");
    }
    item.append(words);
    return item;
  }));
  if (errors.length) box.dataset.fields = "1";
  template.before(box);
  Drafts.keep(form);
  (form.querySelector("[data-marked]") ?? box).focus();
  // What would go out now may be another thing than the preview shows.
  if (!errors.length) form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.body.addEventListener("htmx:afterSwap", () => {
  const form = document.querySelector("form[data-letter]");
  document.querySelector("#errors[data-fields]")?.remove(); // the preview says anew what of it still holds
  if (!form || document.getElementById("errors")) return;
  const said = [...document.querySelectorAll("#preview [data-field]")];
  mark(form, Object.fromEntries(said.map((item) => [item.dataset.field, item.querySelector("span").textContent])));
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.letter || event.submitter?.hasAttribute("formaction")) return;
  const given = [...new FormData(form)];
  // A file that was chosen and is not with the server yet goes the ordinary way, with everything else.
  if (given.some(([, value]) => value instanceof File && value.size)) return;
  event.preventDefault();
  const fields = given.filter(([name, value]) => name !== "csrfmiddlewaretoken" && !(value instanceof File));
  if (event.submitter?.name) fields.push([event.submitter.name, event.submitter.value]);
  form.dataset.going = "1";
  const id = form.elements.public_id.value;
  try {
    await Queue.put({
      public_id: id, agent: form.dataset.letter, to: form.dataset.to, about: form.elements.subject.value,
      fields, state: Queue.WAITING, at: Date.now(),
    });
  } catch {
    form.submit(); // A browser that keeps nothing (private mode): then it is sent, or not, at once.
    return;
  }
  Drafts.drop(form); // it is a letter now, and must not be written a second time
  await Queue.deliver();
  const letter = await Queue.get(id);
  if (letter.state !== Queue.WAITING) {
    await Queue.drop(id);
    if (letter.url) location.assign(letter.url);
    else refuse(form, letter);
    return;
  }
  shown("no-net", !letter.trouble);
  shown("server-trouble", Boolean(letter.trouble));
  form.dataset.done = "1";
  shown("on-this-phone");
  document.getElementById("on-this-phone").focus();
  form.hidden = true;
  (await navigator.serviceWorker?.ready)?.sync?.register("letters").catch(() => {});
});

if ("indexedDB" in window) {
  Queue.news?.addEventListener("message", tell);
  addEventListener("letters", tell);
  addEventListener("online", go);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) go(); });
  setInterval(() => { if (document.getElementById("waiting")?.hidden === false || list) go(); }, 15000);
  tell().then(go);
}

// Signing out takes the kept pages along, and what was typed and not sent.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[action$='/account/logout/']")) return;
  navigator.serviceWorker?.controller?.postMessage("forget");
  localStorage.removeItem("drafts");
});
