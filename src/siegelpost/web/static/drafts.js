// What is typed into a form marked data-draft stays on this device until the server has it: signed out meanwhile, no
// net, the app ended by the phone, it is there again. It is shown to nobody else, and forgotten after three days.

{
  const KEY = "drafts";
  const KEPT = 3 * 24 * 3600 * 1000; // milliseconds
  const SETTLED = 300; // milliseconds after the last key
  const SKIPPED = new Set(["hidden", "file", "password", "submit", "button", "fieldset"]);
  const agent = document.getElementById("main").dataset.agent;
  const here = location.href.split("#")[0];

  // A browser that keeps nothing (private mode) throws: then it is as if there were none.
  const read = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; } };
  const write = (drafts) => { try { localStorage.setItem(KEY, JSON.stringify(drafts)); } catch { /* see above */ } };
  const change = (act) => { const drafts = read(); act(drafts); write(drafts); };
  const at = (form) => form.dataset.draft || location.pathname + location.search;
  const drop = (form) => change((drafts) => { delete drafts[at(form)]; });

  const ticked = (control) => control.type === "checkbox" || control.type === "radio";
  // A password stays one while it is being shown.
  const isShown = (control) => Boolean(control.id && document.querySelector(`[data-shows="${CSS.escape(control.id)}"]`));
  const controls = (form) => [...form.elements].filter((one) => one.name && !SKIPPED.has(one.type) && !isShown(one));
  const named = (control) => (ticked(control) ? `${control.name}=${control.value}` : control.name);
  const chosen = (select, property) => {
    const found = [...select.options].filter((option) => option[property]).map((option) => option.value);
    return JSON.stringify(found.length || select.multiple ? found : [select.options[0]?.value]);
  };
  const value = (control) => (ticked(control) ? control.checked : control.options ? chosen(control, "selected") : control.value);
  const given = (control) => (ticked(control) ? control.defaultChecked : control.options ? chosen(control, "defaultSelected") : control.defaultValue);
  const put = (control, kept) => {
    if (ticked(control)) control.checked = kept;
    else if (control.options) for (const option of control.options) option.selected = JSON.parse(kept).includes(option.value);
    else control.value = kept;
  };

  // Only what differs from what the server gave, so that nothing of a colleague's is undone; where the server has
  // just refused the form, that is all of it.
  const keep = (form, sent) => {
    const refused = document.getElementById("errors");
    const fields = controls(form).filter((one) => refused || value(one) !== given(one)).map((one) => [named(one), value(one)]);
    change((drafts) => {
      if (fields.length) drafts[at(form)] = { agent, fields, sent, page: here, time: Date.now() };
      else delete drafts[at(form)];
    });
  };

  const bring = (form, fields) => {
    // A letter has the values as they are sent; those of a choice are kept as a list.
    const single = (one) => one && controls(form).find((control) => named(control) === one[0])?.options && !one[1].startsWith("[");
    const kept = new Map(fields.map((one) => (single(one) ? [one[0], JSON.stringify([one[1]])] : one)));
    const changed = controls(form).filter((one) => kept.has(named(one)) && kept.get(named(one)) !== value(one));
    if (!changed.length) return;
    for (const one of changed) put(one, kept.get(named(one)));
    const notice = document.getElementById("draft-notice").content.firstElementChild.cloneNode(true);
    const told = () => form.dispatchEvent(new Event("change", { bubbles: true })); // a preview looks anew
    notice.querySelector("button").addEventListener("click", () => {
      form.reset();
      notice.remove();
      told();
      drop(form);
    });
    form.prepend(notice);
    told();
  };

  self.Drafts = {
    drop,
    keep: (form) => keep(form, false),
    // For the form at this address: what a letter holds that was written there.
    put: (address, letter) => change((drafts) => {
      drafts[address] = { agent: letter.agent, fields: letter.fields, sent: false, page: "", time: Date.now() };
    }),
  };

  const forms = () => document.querySelectorAll("form[data-draft]");
  let later;
  const noted = (event) => {
    const form = event.target.closest?.("form[data-draft]");
    clearTimeout(later);
    if (form) later = setTimeout(keep, SETTLED, form, false);
  };
  document.addEventListener("input", noted);
  document.addEventListener("change", noted);
  document.addEventListener("submit", ({ target }) => {
    clearTimeout(later);
    if (target.matches("form[data-draft]")) keep(target, true);
  });
  document.addEventListener("click", ({ target }) => {
    const form = target.closest("form[data-draft] .save-bar a")?.closest("form");
    if (form) { clearTimeout(later); drop(form); }
  });
  // Back by the browser's own memory: what was sent may not have got there.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) for (const form of forms()) keep(form, false); });

  document.addEventListener("DOMContentLoaded", () => {
    change((drafts) => {
      for (const [key, one] of Object.entries(drafts)) {
        // Whoever comes here straight from the form that was sent has the server's answer before them.
        const arrived = one.sent && document.referrer === one.page;
        if (arrived || one.agent !== agent || Date.now() - one.time > KEPT) delete drafts[key];
      }
    });
    const drafts = read();
    if (document.getElementById("errors")) return;
    for (const form of forms()) if (drafts[at(form)]) bring(form, drafts[at(form)].fields);
  });
}
