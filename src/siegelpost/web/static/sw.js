// The service worker. The server puts two lines before this text: VERSION, and SHELL, the files every page needs.

importScripts(SHELL.find((path) => path.includes("/queue.js")));

const FILES = `files-${VERSION}`;
const PAGES = "pages";
const PICTURES = "pictures";
const LISTS = ["/", "/contacts/", "/estates/", "/dispatches/", "/outbox/"];
const ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const READABLE = new RegExp(`^/((contacts|estates|dispatches)/(${ID}/)?|outbox/|send/)?$`);
const THUMB = new RegExp(`^/estates/${ID}/media/${ID}/480\\.`);
const MOST_PAGES = 80;
const MOST_PICTURES = 150;
const FRESH = 5 * 60 * 1000; // milliseconds: lists younger than this are not fetched again
const OFFLINE = "/outbox/";

self.addEventListener("install", (event) => event.waitUntil(
  caches.open(FILES).then((files) => files.addAll(SHELL)),
));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "forget") event.waitUntil(forget());
  if (event.data === "keep lists") event.waitUntil(keepLists());
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "letters") return;
  event.waitUntil(Queue.deliver().then((done) => { if (!done) throw new Error("later"); }));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") navigate(event, url);
  else if (request.destination === "image" && THUMB.test(url.pathname)) event.respondWith(picture(request));
});

const forget = () => Promise.all([caches.delete(PAGES), caches.delete(PICTURES)]);

async function file(request) {
  return await caches.match(request) ?? fetch(request);
}

async function picture(request) {
  const pictures = await caches.open(PICTURES);
  const known = await pictures.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    await pictures.put(request, answer.clone());
    await trim(pictures, MOST_PICTURES);
  }
  return answer;
}

function navigate(event, url) {
  // Whoever comes to the door is signed out, or somebody else: nothing of before is kept for them.
  if (url.pathname === "/account/login/") event.waitUntil(forget());
  if (!READABLE.test(url.pathname) || (url.search && url.pathname !== "/send/")) return;
  event.respondWith((async () => {
    try {
      const answer = await fetch(event.request);
      if (answer.ok && !answer.redirected) event.waitUntil(keep(event.request.url, answer.clone()));
      return answer;
    } catch (error) {
      const pages = await caches.open(PAGES);
      const found = await pages.match(event.request.url) ?? await pages.match(OFFLINE);
      if (!found) throw error;
      return asKept(found);
    }
  })());
}

async function keep(address, answer) {
  const pages = await caches.open(PAGES);
  const headers = new Headers(answer.headers);
  headers.set("x-kept", String(Date.now()));
  await pages.put(address, new Response(await answer.blob(), { status: 200, headers }));
  await trim(pages, MOST_PAGES);
}

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
    if (known && Date.now() - Number(known.headers.get("x-kept")) < FRESH) continue;
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
