// Photos go up one after the other as soon as they are chosen, taken or dropped onto the page, with a bar that says
// how far they are. Without this the form sends them all together.

const form = document.getElementById("upload");
const words = form.dataset;
const bar = form.querySelector("progress");
const now = form.querySelector("[data-now]");
const trouble = form.querySelector("[role=alert]");
const again = form.querySelector("[data-again]");
const STALLED = 60000; // milliseconds without a byte gone up or a word from the server
const SIGNED_OUT = /^\/account\//;

const waiting = []; // files still to go
let unsent = []; // files that did not get there; they may be tried again
let done = 0;
let token = null;

const filled = (text, given) => text.replace(/\{(\w+)\}/g, (_, name) => given[name]);

// Gives what the server said against the file, or nothing; what failed on the way is thrown, as words for people.
const sendOne = (file, advanced) => new Promise((resolve, reject) => {
  const body = new FormData();
  body.append("files", file);
  body.append("group", form.elements.group?.value ?? "");
  body.append("csrfmiddlewaretoken", token);
  const request = new XMLHttpRequest();
  let patience;
  const alive = () => { clearTimeout(patience); patience = setTimeout(() => request.abort(), STALLED); };
  request.open("POST", form.action);
  request.setRequestHeader("X-One-By-One", "1");
  request.upload.addEventListener("progress", (event) => { alive(); advanced(event.loaded / event.total); });
  request.addEventListener("load", () => {
    if (request.status === 204) resolve("");
    else if (request.status === 422 || request.status === 413) resolve(request.responseText);
    else if (SIGNED_OUT.test(new URL(request.responseURL).pathname)) reject(words.signedOut);
    else reject(words.failed);
  });
  request.addEventListener("error", () => reject(words.failed));
  request.addEventListener("abort", () => reject(words.failed));
  request.addEventListener("loadend", () => clearTimeout(patience));
  alive();
  request.send(body);
});

// The form's own token ends when one signs in anew in another tab.
const freshToken = () => Queue.ask("/outbox/key/").then((key) => key.token, () => form.elements.csrfmiddlewaretoken.value);

async function work() {
  const against = new Set();
  token = await freshToken();
  while (waiting.length) {
    const [file] = waiting;
    bar.max = done + waiting.length;
    now.textContent = filled(words.now, { number: done + 1, all: bar.max, name: file.name });
    try {
      const refused = await sendOne(file, (share) => { bar.value = done + share; });
      if (refused) against.add(refused);
    } catch (reason) {
      unsent.push(file);
      against.add(reason);
    }
    waiting.shift();
    done += 1;
    bar.value = done;
  }
  return against;
}

// The part of the page that shows what the property has, as the server has it now.
async function refresh() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok || SIGNED_OUT.test(new URL(answer.url).pathname)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("shown").replaceWith(page.getElementById("shown"));
}

const busy = (yes) => {
  form.classList.toggle("busy", yes);
  bar.hidden = now.hidden = !yes;
};

async function send(files) {
  const begun = waiting.length > 0;
  waiting.push(...files);
  if (begun || !waiting.length) return; // those under way take these along
  done = bar.value = 0;
  trouble.hidden = again.hidden = true;
  busy(true);
  const against = await work();
  busy(false);
  await refresh();
  trouble.textContent = [...against].join("\n");
  trouble.hidden = !against.size;
  again.hidden = !unsent.length;
  again.textContent = filled(words.again, { count: unsent.length });
}

const tryAgain = () => { const files = unsent; unsent = []; send(files); };

form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); });
for (const input of form.querySelectorAll("[type=file]")) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // so that the same file can be chosen again
    send(files);
  });
}
again.addEventListener("click", tryAgain);
addEventListener("online", tryAgain);
addEventListener("beforeunload", (event) => { if (waiting.length || unsent.length) event.preventDefault(); });

whenDropped(form, send);
