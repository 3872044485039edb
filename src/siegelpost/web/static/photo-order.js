// Pictures in order: the grip is dragged by finger or mouse, or moved with the arrow keys; how many are selected is
// said. Everything is a form that works without this.

const told = document.getElementById("photos-told");
const list = () => document.querySelector("[data-reorder]");
const items = () => [...list().children];
const EDGE = 90; // pixels from the edge of the window where it scrolls along
const SPEED = 8; // pixels each time

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
    if (!answer.ok) throw new Error(String(answer.status));
  });
  before = tried.catch(() => {});
  return tried;
};

// Numbers in names for the ear.
function renumber() {
  for (const [at, item] of items().entries()) {
    for (const named of item.querySelectorAll("[aria-label]")) {
      named.setAttribute("aria-label", named.getAttribute("aria-label").replace(/\d+/, at + 1));
    }
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

function place(item, wanted) {
  const was = items();
  const to = Math.min(Math.max(wanted, 0), was.length - 1);
  if (to === was.indexOf(item)) return;
  move(item, to);
  item.scrollIntoView({ block: "nearest" });
  keep(was, item);
}

const columns = () => getComputedStyle(list()).gridTemplateColumns.split(" ").length;
const KEYS = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at - columns(),
  ArrowDown: (at) => at + columns(),
  Home: () => 0,
  End: () => Infinity,
};

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip || !(event.key in KEYS)) return;
  event.preventDefault();
  const item = grip.closest("[data-id]");
  place(item, KEYS[event.key](items().indexOf(item)));
});

document.addEventListener("pointerdown", (event) => {
  // A finger on the picture itself scrolls the page; a mouse takes it there, too.
  const hold = event.target.closest(event.pointerType === "mouse" ? ".grip, .photo img" : ".grip");
  if (!hold || event.button) return;
  if (hold.matches(".grip")) event.preventDefault();
  const moved = hold.closest("[data-id]");
  const was = items();
  const ending = new AbortController();
  const on = (name, act) => addEventListener(name, act, { signal: ending.signal });
  hold.setPointerCapture(event.pointerId);
  moved.classList.add("dragged");
  let at = event;
  let under = moved; // where the finger is now: the others move away from under it only once
  const follow = () => {
    if (at.clientY < EDGE) scrollBy({ top: -SPEED, behavior: "instant" });
    if (at.clientY > innerHeight - EDGE) scrollBy({ top: SPEED, behavior: "instant" });
    const found = document.elementFromPoint(at.clientX, at.clientY)?.closest(".photo");
    if (found === under) return;
    under = found;
    if (found && found !== moved) move(moved, items().indexOf(found));
  };
  const following = setInterval(follow, 16);
  const end = (back) => {
    ending.abort();
    clearInterval(following);
    moved.classList.remove("dragged");
    if (items().some((item, index) => item !== was[index])) {
      // The click that follows a drag opens nothing.
      const still = (click) => { click.preventDefault(); click.stopPropagation(); };
      addEventListener("click", still, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", still, { capture: true }), 50);
      moved.querySelector(".grip").focus({ preventScroll: true });
    }
    if (back) put(was);
    else keep(was, moved);
  };
  on("pointermove", (moving) => { at = moving; });
  on("pointerup", () => { follow(); end(false); });
  on("pointercancel", () => end(true));
  on("keydown", (pressed) => { if (pressed.key === "Escape") end(true); });
});
// The browser's own dragging of pictures and links would come between.
document.addEventListener("dragstart", (event) => { if (event.target.closest(".photo")) event.preventDefault(); });

const count = () => {
  const line = document.querySelector("[data-picked]");
  if (line) line.textContent = line.dataset.picked.replace("{n}", document.querySelectorAll(".pick :checked").length);
};
document.addEventListener("change", (event) => { if (event.target.closest(".pick")) count(); });
count();
