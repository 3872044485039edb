// The form of a letter: it is handed to the queue, and stays a form, with what is wrong, when the server refuses it.

{
  // A preview that is still under way has nothing to say any more, least of all that one should sign in.
  for (const moment of ["htmx:beforeRequest", "htmx:beforeOnLoad"]) {
    document.body.addEventListener(moment, (event) => {
      if (event.detail.elt.closest("form")?.dataset.going) event.preventDefault();
    });
  }

  // Whether the last preview could be had; where it could not, there is no net to have one by.
  let blind = false;
  for (const moment of ["htmx:sendError", "htmx:timeout"]) document.body.addEventListener(moment, () => { blind = true; });
  document.body.addEventListener("htmx:afterOnLoad", () => { blind = false; });

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
        link.textContent = form.querySelector(`label[for=${control.id}]`)?.firstChild.textContent.trim() ?? name;
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
    if (blind || !navigator.onLine) fields.push(["without_net", "1"]);
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
}
