// Small comforts of the office's pages; every page works without them.

// Show what has this id, where the page has it, or hide it again.
const shown = (id, yes = true) => { const element = document.getElementById(id); if (element) element.hidden = !yes; };

// A second tap on a slow line must not send a form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") {
    form.dataset.sent = "1";
    form.setAttribute("aria-busy", "true");
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Begin where the mistakes are listed after a refused form, and after an act at what came of it: that is heard, and the
// next Tab goes on from there.
if (document.activeElement === document.body) (document.getElementById("errors") ?? document.getElementById("messages"))?.focus();

// A link to a field leads into it, also where it is folded away.
function reachField() {
  const field = location.hash.startsWith("#id_") && document.getElementById(location.hash.slice(1));
  if (!field) return;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}
addEventListener("hashchange", reachField);
document.addEventListener("click", (event) => { if (event.target.closest("a[href*='#id_']")) setTimeout(reachField); });
reachField();

// Copy what stands in the element named by data-copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.textContent = button.dataset.done;
});

// A password may be looked at while it is typed; it goes out as a password, which no browser keeps for other forms.
document.addEventListener("change", ({ target }) => {
  const field = document.getElementById(target.dataset?.shows);
  if (field) field.type = target.checked ? "text" : "password";
});
document.addEventListener("submit", ({ target }) => {
  for (const tick of target.querySelectorAll("[data-shows]")) {
    document.getElementById(tick.dataset.shows).type = "password";
    tick.checked = false;
  }
});
