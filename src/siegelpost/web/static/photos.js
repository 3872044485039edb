// Photos go up one after the other, with a bar that says how far they are; one from the camera goes up at once.
// Without this the form sends them all together.

const form = document.getElementById("upload");
const bar = form.querySelector("progress");
const told = form.querySelector("[role=alert]");

const sendOne = (file, advanced) => new Promise((resolve) => {
  const body = new FormData();
  body.append("files", file);
  body.append("group", form.elements.group.value);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-One-By-One", "1");
  request.upload.addEventListener("progress", (event) => advanced(event.loaded / event.total));
  request.addEventListener("load", () => resolve(request.status === 204 ? "" : request.status === 422 ? request.responseText : form.dataset.failed));
  request.addEventListener("error", () => resolve(form.dataset.failed));
  request.send(body);
});

async function sendAll(files) {
  const refused = [];
  bar.hidden = false;
  bar.max = files.length;
  told.hidden = true;
  for (const [number, file] of files.entries()) {
    const words = await sendOne(file, (share) => { bar.value = number + share; });
    if (words) refused.push(`${file.name}: ${words}`);
  }
  bar.hidden = true;
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  if (!refused.length) { location.reload(); return; }
  told.textContent = refused.join("\n");
  told.hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const files = [...form.querySelectorAll("[type=file]")].flatMap((input) => [...input.files]);
  if (files.length) sendAll(files);
  else { delete form.dataset.sent; form.removeAttribute("aria-busy"); form.querySelector("[type=file]").focus(); }
});
document.getElementById("camera").addEventListener("change", (event) => sendAll([...event.target.files]));
