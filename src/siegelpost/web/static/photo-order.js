// Pictures in order: the grip is dragged by finger or mouse, or moved with the arrow keys; the arrows beside do the
// same. Titles and groups are kept as soon as they are typed. Everything is a form that works without this.

const told = document.getElementById("photos-told");
const list = () => document.querySelector("[data-reorder]");
const items = () => [...list().children];
const EDGE = 90; // pixels from the edge of the window where it scrolls along
const SPEED = 8; // pixels each time
const BACK = new Set(["ArrowLeft", "ArrowUp"]);
const ON = new Set(["ArrowRight", "ArrowDown"]);

const say = (words, bad = false) => {
  told.textContent = words;
  told.classList.toggle("bad", bad);
  told.classList.toggle("good", !bad);
  told.hidden = false;
};

// One after the other, so that what was done last is what stands.
let before = Promise.resolve();
const post = (path, fields) => {
  const tried = before.then(async () => {
    const { token } = await Queue.ask("/outbox/key/");
    const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", token]]);
    const answer = await fetch(path, { method: "POST", body, redirect: "error", headers: { "X-One-By-One": "1" } });
    if (!answer.ok) throw Object.assign(new Error(), { words: answer.status === 422 ? await answer.text() : "" });
  });
  before = tried.catch(() => {});
  return tried;
};

// Numbers in names for the ear, and arrows that lead nowhere.
function renumber() {
  const all = items();
  for (const [at, item] of all.entries()) {
    for (const named of item.querySelectorAll("[aria-label]")) {
      named.setAttribute("aria-label", named.getAttribute("aria-label").replace(/\d+/, at + 1));
    }
    item.querySelector("[value=up]").disabled = at === 0;
    item.querySelector("[value=down]").disabled = at === all.length - 1;
  }
}

// The one that is moved stays where it is in the document, or it would lose the finger and the focus.
function move(item, to) {
  const order = items();
  const from = order.indexOf(item);
  if (to > from) item.before(...order.slice(from + 1, to + 1));
  else item.after(...order.slice(to, from));
}

const put = (order) => { list().replaceChildren(...order); renumber(); };

async function keep(was, moved) {
  renumber();
  const order = items();
  if (order.every((item, at) => item === was[at])) return;
  const { words } = list().dataset;
  say(words.replace("{at}", order.indexOf(moved) + 1).replace("{all}", order.length));
  try {
    await post(list().dataset.reorder, order.map((item) => ["id", item.dataset.id]));
  } catch {
    // Unless somebody has moved on meanwhile, it is as the server has it.
    if (items().every((item, at) => item === order[at])) put(was);
    say(list().dataset.failed, true);
  }
}

function step(item, by) {
  const was = items();
  const to = was.indexOf(item) + by;
  if (to < 0 || to >= was.length) return;
  move(item, to);
  item.scrollIntoView({ block: "nearest" });
  keep(was, item);
}

// While one is dragged only the pictures are seen; the one under the finger stays under it.
function compact(yes, item) {
  const { top } = item.getBoundingClientRect();
  list().classList.toggle("ordering", yes);
  item.classList.toggle("dragged", yes);
  scrollBy({ top: item.getBoundingClientRect().top - top, behavior: "instant" });
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip || !(BACK.has(event.key) || ON.has(event.key))) return;
  event.preventDefault();
  step(grip.closest("[data-id]"), BACK.has(event.key) ? -1 : 1);
});

document.addEventListener("click", (event) => {
  const arrow = event.target.closest(".photo [value=up], .photo [value=down]");
  if (!arrow) return;
  event.preventDefault();
  step(arrow.closest("[data-id]"), arrow.value === "up" ? -1 : 1);
  if (arrow.disabled) arrow.closest("[data-id]").querySelector(".grip").focus();
  else arrow.focus();
});

document.addEventListener("pointerdown", (event) => {
  // A finger on the picture itself scrolls the page; a mouse takes it there, too.
  const hold = event.target.closest(event.pointerType === "mouse" ? ".grip, .photo img" : ".grip");
  if (!hold || event.button) return;
  event.preventDefault();
  const moved = hold.closest("[data-id]");
  const was = items();
  const ending = new AbortController();
  const on = (name, act) => addEventListener(name, act, { signal: ending.signal });
  hold.setPointerCapture(event.pointerId);
  compact(true, moved);
  let at = event;
  const follow = () => {
    if (at.clientY < EDGE) scrollBy({ top: -SPEED, behavior: "instant" });
    if (at.clientY > innerHeight - EDGE) scrollBy({ top: SPEED, behavior: "instant" });
    const under = document.elementFromPoint(at.clientX, at.clientY)?.closest("[data-id]");
    if (under && under !== moved) move(moved, items().indexOf(under));
  };
  const following = setInterval(follow, 16);
  const end = (back) => {
    ending.abort();
    clearInterval(following);
    compact(false, moved);
    if (back) put(was);
    else keep(was, moved);
    moved.querySelector(".grip").focus({ preventScroll: true });
  };
  on("pointermove", (moving) => { at = moving; });
  on("pointerup", () => { follow(); end(false); });
  on("pointercancel", () => end(true));
  on("keydown", (pressed) => { if (pressed.key === "Escape") end(true); });
});
// The browser's own dragging of pictures would come between.
document.addEventListener("dragstart", (event) => { if (event.target.closest(".photo")) event.preventDefault(); });

document.addEventListener("change", async (event) => {
  const form = event.target.closest(".photo-form");
  if (!form) return;
  try {
    await post(form.getAttribute("action"), [...new FormData(form), ["act", "save"]].filter(([name]) => name !== "csrfmiddlewaretoken"));
  } catch (error) {
    say(error.words || list().dataset.failed, true);
    return;
  }
  say(list().dataset.kept);
  // There is one cover; which of the others it was is known to the server.
  if (event.target.tagName === "SELECT") location.reload();
});
