// A file for the import goes up with a bar that says how far it is; dropped anywhere on the page, it goes up at once.
// Without this the form sends it.

const form = document.getElementById("upload");
const input = form.elements.file;
const bar = form.querySelector("progress");
const refused = document.getElementById("refused");

function refuse(words) {
  refused.querySelector(".reason").textContent = words;
  refused.hidden = false;
  refused.focus();
  bar.hidden = true;
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

function send() {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-One-By-One", "1");
  request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
  request.addEventListener("load", () => {
    if (request.status === 200) location.assign(request.responseURL);
    else refuse({ 413: form.dataset.large, 422: request.responseText }[request.status] ?? form.dataset.failed);
  });
  request.addEventListener("error", () => refuse(form.dataset.failed));
  refused.hidden = true;
  bar.value = 0;
  bar.hidden = false;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  request.send(new FormData(form));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!form.dataset.sent) send();
});

whenDropped(form, (files) => {
  if (form.dataset.sent) return;
  if (files.length !== 1) { refuse(form.dataset.several); return; }
  const chosen = new DataTransfer();
  chosen.items.add(files[0]);
  input.files = chosen.files;
  send();
});
