// The service worker. The server puts two lines before this text: VERSION, and SHELL, the files every page needs.

importScripts(...["/store.js", "/queue.js", "/uploads.js"].map((name) => SHELL.find((path) => path.includes(name))));

const FILES = `files-${VERSION}`;
const PAGES = "pages";
const PICTURES = "pictures";
const LISTS = ["/", "/contacts/", "/estates/", "/dispatches/", "/outbox/", "/offline/"];
const ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const READABLE = new RegExp(`^/((contacts|estates|dispatches)/(${ID}/)?|outbox/|send/)?$`);
const DISPATCH = new RegExp(`^/dispatches/${ID}/$`);
const THUMB = new RegExp(`^/estates/${ID}/media/${ID}/480\\.`);
const MOST_PAGES = 80;
const MOST_PICTURES = 150;
const FRESH = 5 * 60 * 1000; // milliseconds: lists younger than this are not fetched again
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000; // milliseconds: nothing older is shown, whoever was signed in
const OFFLINE = "/offline/"; // what is shown in the place of a page that is not kept
const ERASED = "/erased/"; // says whether somebody was erased since pages were kept

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(FILES).then((files) => files.addAll(SHELL)),
));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await dropOld();
  await self.clients.claim();
})()));

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "forget") event.waitUntil(forget());
  if (event.data === "keep lists") event.waitUntil(dropOld().then(forgetErased).then(keepLists));
});

// What the browser calls when there is a net, whether a page is open or not.
const DELIVER = { letters: () => Queue.deliver(), photos: () => Uploads.deliver() };

self.addEventListener("sync", (event) => {
  const deliver = DELIVER[event.tag];
  if (deliver) event.waitUntil(deliver().then((done) => { if (!done) throw new Error("later"); }));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") navigate(event, url);
  else if (request.destination === "image" && THUMB.test(url.pathname)) event.respondWith(picture(request));
});

const keptAt = (answer) => Number(answer?.headers.get("x-kept"));
const isYoung = (answer) => Date.now() - keptAt(answer) < KEPT_FOR;

async function dropOld() {
  for (const name of [PAGES, PICTURES]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!isYoung(await cache.match(request))) await cache.delete(request);
    }
  }
}

// Somebody was erased since: what was kept may name them. Whoever was signed out from afar keeps nothing either.
async function forgetErased() {
  const answer = await fetch(ERASED, { redirect: "manual" }).catch(() => null);
  if (!answer) return; // no net
  const pages = await caches.open(PAGES);
  const known = await (await pages.match(ERASED))?.text();
  const now = answer.ok ? await answer.text() : null;
  if (known !== now) await forget();
  if (now !== null) await (await caches.open(PAGES)).put(ERASED, stamped(new Response(now), new Headers()));
}

function stamped(answer, headers) {
  headers.set("x-kept", String(Date.now()));
  return new Response(answer.body, { status: 200, headers });
}

const forget = () => Promise.all([caches.delete(PAGES), caches.delete(PICTURES)]);

async function file(request) {
  return await caches.match(request) ?? fetch(request);
}

async function picture(request) {
  const pictures = await caches.open(PICTURES);
  const known = await pictures.match(request);
  if (known && isYoung(known)) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    await pictures.put(request, stamped(answer.clone(), new Headers(answer.headers)));
    await trim(pictures, MOST_PICTURES);
  }
  return answer;
}

function navigate(event, url) {
  // Whoever comes to the door is signed out, or somebody else: nothing of before is kept for them.
  if (url.pathname === "/account/login/") event.waitUntil(forget());
  const readable = READABLE.test(url.pathname) && (!url.search || url.pathname === "/send/");
  // With a net, what cannot be read without one is the browser's own: it also says what is wrong with a certificate.
  if (!readable && navigator.onLine) return;
  event.respondWith((async () => {
    try {
      const answer = await fetch(event.request);
      if (readable && answer.ok && !answer.redirected) event.waitUntil(keep(event.request.url, answer.clone()));
      if (answer.status === 404 || answer.status === 410) event.waitUntil(drop(event.request.url));
      return answer;
    } catch (error) {
      const pages = await caches.open(PAGES);
      const kept = readable ? await pages.match(event.request.url) : null;
      if (kept && isYoung(kept)) return asKept(kept);
      // Of what was just sent, what waits says more: nothing does.
      const instead = await pages.match(DISPATCH.test(url.pathname) ? "/outbox/" : OFFLINE);
      if (!instead) throw error;
      return instead;
    }
  })());
}

async function keep(address, answer) {
  const pages = await caches.open(PAGES);
  await pages.put(address, stamped(answer, new Headers(answer.headers)));
  await trim(pages, MOST_PAGES);
}

const drop = async (address) => (await caches.open(PAGES)).delete(address);

// The page says itself from when it is.
async function asKept(answer) {
  const text = (await answer.text()).replace("<html ", `<html data-kept="${answer.headers.get("x-kept")}" `);
  return new Response(text, { status: 200, headers: answer.headers });
}

async function keepLists() {
  const pages = await caches.open(PAGES);
  for (const path of LISTS) {
    const address = new URL(path, location.origin).href;
    const known = await pages.match(address);
    if (known && Date.now() - keptAt(known) < FRESH) continue;
    const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return; // no net, or signed out
    await keep(address, answer);
  }
}

async function trim(cache, most) {
  const known = await cache.keys();
  await Promise.all(known.slice(0, Math.max(0, known.length - most)).map((request) => cache.delete(request)));
}

// Messages

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, {
    body, tag, data: { url }, icon: "/static/icon-192.png", badge: "/static/icon-192.png",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const { url } = event.notification.data;
    const [open] = await self.clients.matchAll({ type: "window" });
    if (!open) return self.clients.openWindow(url);
    await open.focus();
    return open.navigate(url);
  })());
});
