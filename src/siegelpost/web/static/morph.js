// What the server gives anew is changed in place: what did not change stays, and with it the focus, what is unfolded,
// what is typed, and where somebody is reading. Every swap of the office goes this way; where scripts or this file are
// missing, pages load whole.

{
  const FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea, summary, [tabindex]";
  // What the person at the page has done to it; the server knows nothing of it.
  const THEIRS = { DETAILS: "open", DIALOG: "open" };

  // By what a thing is known again: its own name, or, for a row or a line, the first name in it.
  const NAMES = ["id", "aria-labelledby", "href", "action", "name"];
  const NAMED = NAMES.map((each) => `[${each}]`).join();
  // Of several that bear one name, each has its value.
  const CHOSEN = "button, [type=radio], [type=checkbox], [type=hidden]:not([name=csrfmiddlewaretoken])";
  const own = (one) => NAMES.map((each) => one.getAttribute(each)).find(Boolean) ?? "";
  function name(one) {
    const given = own(one) && `${own(one)} ${one.matches(CHOSEN) ? one.value : ""}`;
    const inner = !given && one.matches("li, tr, p") && one.querySelector(NAMED);
    return given || (inner ? name(inner) : "");
  }
  const alike = (one, other) => one.nodeName === other.nodeName && (one.nodeType !== Node.ELEMENT_NODE || name(one) === name(other));

  // Among what comes next, what this one was before. What has no name is not looked for behind what has one, and text
  // only where it stands.
  function counterpart(from, fresh) {
    for (let one = from; one; one = one.nextSibling) {
      if (alike(one, fresh)) return one;
      if (fresh.nodeType !== Node.ELEMENT_NODE) return null;
      if (one.nodeType === Node.ELEMENT_NODE && name(one) && !name(fresh)) return null;
    }
    return null;
  }

  // The way back from a tick ("Rückgängig") stays for half a minute, and as long as somebody is on it, whatever else
  // happens: its row goes with the first news after that.
  const UNDO_MS = 30000;
  const offered = new WeakMap();
  const isOffered = (back) => back === document.activeElement || Date.now() < (offered.get(back) ?? 0) + UNDO_MS;
  const isHeld = (one) => [...document.querySelectorAll("li [data-undo]")].some((back) => one.contains(back.closest("li")) && isOffered(back));

  function leave(one) {
    const next = one.nextSibling;
    if (!isHeld(one)) one.remove();
    return next;
  }

  function attributes(old, fresh) {
    const theirs = THEIRS[old.nodeName];
    for (const each of old.getAttributeNames()) if (!fresh.hasAttribute(each) && each !== theirs) old.removeAttribute(each);
    for (const { name: each, value } of fresh.attributes) {
      if (each !== theirs && old.getAttribute(each) !== value) old.setAttribute(each, value);
    }
    if (old.type === "file") old.value = ""; // the server has it now
  }

  function children(old, fresh) {
    let at = old.firstChild;
    const coming = [...fresh.childNodes]; // the list itself lives, and loses what is moved out of it
    for (const one of coming) {
      const found = counterpart(at, one);
      if (!found) { old.insertBefore(one, at); continue; }
      while (at !== found) at = leave(at);
      at = found.nextSibling;
      change(found, one);
    }
    while (at) at = leave(at);
  }

  // What was asked for when the page came stays to be read until the answer of now is there.
  const LATER = "[hx-trigger=load]";
  const later = [];

  function change(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeType === Node.ELEMENT_NODE && old.matches(LATER) && fresh.matches(LATER)) { later.push(old); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { old.data = fresh.data; return; }
    attributes(old, fresh);
    children(old, fresh);
  }

  // Where somebody goes on whose place is gone: at the same thing made anew, at the way back, at what came after it or
  // before it, at the first thing there is now, and else where the page begins.
  function places(root) {
    const at = document.activeElement;
    if (!root.contains(at)) return null;
    const all = [...root.querySelectorAll(FOCUSABLE)];
    const place = all.indexOf(at);
    return { at, known: own(at) && name(at), near: [...all.slice(place + 1), ...all.slice(0, place).toReversed()] };
  }

  const told = document.getElementById("told");
  let saidBefore = null; // what is listened to brings its words along with a swap
  function settle(root, before) {
    if (!before || (before.at.isConnected && before.at.matches(FOCUSABLE))) return;
    const now = [...root.querySelectorAll(FOCUSABLE)];
    const again = before.known && now.find((one) => name(one) === before.known);
    const back = root.querySelector("[data-undo]");
    const next = again || back || before.near.find((one) => one.isConnected) || now[0] || document.getElementById("main");
    next.focus({ preventScroll: Boolean(again) });
    if (!again && !back && told.firstChild === saidBefore) told.textContent = told.dataset.gone;
  }

  const STYLES = { outerHTML: "morph", innerHTML: "morph-content" };
  window.htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap(style, target, fragment, settling) {
      if (!Object.values(STYLES).includes(style)) return false;
      const before = places(target);
      let root = target;
      if (style === "morph-content") children(target, fragment);
      else if (fragment.children.length === 1 && alike(target, fragment.firstElementChild)) change(target, fragment.firstElementChild);
      else {
        const fresh = [...fragment.children];
        root = fresh[0] ?? target.parentElement;
        target.replaceWith(...fresh);
        settling.elts.splice(0, settling.elts.length, ...fresh);
      }
      settle(root, before);
      for (const one of later.splice(0)) window.htmx.ajax("GET", one.getAttribute("hx-get"), { source: one, target: one });
      return style === "morph" && root !== target ? settling.elts : [root];
    },
  });
  document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    saidBefore = told.firstChild;
    // What comes by itself in the place of a line that says so takes that place whole; an event asks for all else.
    if (!detail.requestConfig.triggeringEvent && !detail.target.contains(document.activeElement)) return;
    const style = detail.requestConfig.elt.closest("[hx-swap]")?.getAttribute("hx-swap").split(" ", 1)[0] ?? "innerHTML";
    detail.swapOverride ??= STYLES[style];
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const back of document.querySelectorAll("[data-undo]")) if (!offered.has(back)) offered.set(back, Date.now());
  });
}
