// Small comforts of the office's pages; every page works without them.

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

// After a refused form, begin where the mistakes are listed.
document.getElementById("errors")?.focus();

// Copy what stands in the element named by data-copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.textContent = button.dataset.done;
});

// Pictures are put in order by dragging; the arrows do the same without it.
for (const list of document.querySelectorAll("[data-reorder]")) {
  let dragged = null;
  for (const item of list.children) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-id]");
    dragged?.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-id]");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const items = [...list.children];
    over[items.indexOf(dragged) < items.indexOf(over) ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", async () => {
    if (!dragged) return;
    dragged.classList.remove("dragged");
    dragged = null;
    const body = new URLSearchParams([...list.children].map((item) => ["id", item.dataset.id]));
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(list.dataset.reorder, { method: "POST", body });
    if (!answer.ok) location.reload();
  });
}
