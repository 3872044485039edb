// Photos and documents go up as soon as they are chosen, taken or dropped onto the page, several at a time, with a bar
// that says how far they are; what failed is listed with its reason. Without this the form sends them all together.

const form = document.getElementById("upload");
const words = form.dataset;
const bar = form.querySelector("progress");
const now = form.querySelector("[data-now]");
const trouble = form.querySelector("[data-failures]");
const row = form.querySelector("[data-row]");
const { agent } = document.getElementById("main").dataset;
const begun = new Set(); // files that were seen waiting since the bar began

const filled = (text, given) => text.replace(/\{(\w+)\}/g, (_, name) => given[name]);
const mine = async () => (await Uploads.all()).filter((one) => one.estate === words.estate && one.agent === agent);
const isUnderWay = (one) => one.state === Uploads.WAITING && !one.trouble && (!Uploads.stalled || Uploads.under.has(one.id));

// The part of the page that shows what the property has, as the server has it now; what was ticked stays ticked.
async function refresh() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ticked = [...document.querySelectorAll("#shown :checked")].map((one) => one.value);
  document.getElementById("shown").replaceWith(page.getElementById("shown"));
  for (const one of document.querySelectorAll("#shown [name=id]")) one.checked = ticked.includes(one.value);
  const picked = page.querySelector(".picked");
  if (picked && !document.querySelector(".picked")) document.querySelector(".photo-page").append(picked);
}

const reason = (one) => one.words
  || (one.trouble ? filled(words.trouble, { code: one.trouble }) : words[Uploads.stalled] ?? words.line);

function list(failed) {
  const shownNow = JSON.stringify(failed.map((one) => [one.id, reason(one)]));
  if (trouble.dataset.shown === shownNow) return; // said once, not with every byte
  trouble.dataset.shown = shownNow;
  trouble.querySelector("[data-left]").replaceChildren(...failed.map((one) => {
    const item = row.content.cloneNode(true);
    const part = (name) => item.querySelector(`[data-part=${name}]`);
    part("name").textContent = reason(one).includes(one.name) ? "" : one.name;
    part("words").textContent = reason(one);
    part("drop").setAttribute("aria-label", `${part("drop").textContent}: ${one.name}`);
    part("drop").addEventListener("click", ({ currentTarget }) => {
      // What the server refused is of no more use; what only waits is nowhere else.
      if (one.state === Uploads.REFUSED || currentTarget.dataset.asked) { Uploads.drop(one.id); return; }
      currentTarget.dataset.asked = "1";
      currentTarget.textContent = words.sure;
      currentTarget.removeAttribute("aria-label");
    });
    return item;
  }));
  trouble.hidden = !failed.length;
}

let arrived = 0;
async function tell() {
  const files = await mine();
  const going = files.filter(isUnderWay);
  for (const one of going) begun.add(one.id);
  const there = begun.size - files.filter((one) => begun.has(one.id)).length;
  const busy = going.length > 0;
  form.classList.toggle("busy", busy);
  bar.hidden = now.hidden = !busy;
  bar.max = Math.max(begun.size, 1);
  bar.value = Math.max(bar.value, there + going.reduce((sum, one) => sum + (Uploads.under.get(one.id) ?? 0), 0));
  now.textContent = busy ? filled(words.now, { done: there, all: begun.size }) : "";
  list(files.filter((one) => !isUnderWay(one)));
  if (busy) return;
  if (there > arrived) { arrived = there; await refresh(); }
}

// One after the other, and never twice for the same news.
let telling = Promise.resolve();
let asked = false;
const soon = () => {
  if (asked) return;
  asked = true;
  telling = telling.then(() => { asked = false; return tell(); }).catch(() => {});
};

async function go() {
  const done = Uploads.deliver();
  (await navigator.serviceWorker?.ready)?.sync?.register("photos").catch(() => {});
  await done;
  soon();
}

async function send(files) {
  if (!files.length) return;
  if (!form.classList.contains("busy")) { begun.clear(); arrived = bar.value = 0; }
  await Uploads.add(files, { estate: words.estate, agent, group: form.elements.group?.value ?? "" });
  soon();
  go();
}

async function again() {
  for (const one of await mine()) await Uploads.put({ ...one, state: Uploads.WAITING, words: "", trouble: 0 });
  go();
}

form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); });
for (const input of form.querySelectorAll("[type=file]")) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // so that the same file can be chosen again
    send(files);
  });
}
trouble.querySelector("[data-again]").addEventListener("click", again);
for (const name of ["photos", "photos-advanced"]) addEventListener(name, soon);
Uploads.news?.addEventListener("message", soon);
// Only what the browser could not keep is lost with the page.
addEventListener("beforeunload", (event) => { if (Uploads.loose.size) event.preventDefault(); });

whenDropped(form, send);
soon();
