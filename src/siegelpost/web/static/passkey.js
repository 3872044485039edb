// What went wrong with a passkey, in words beside its button: the browser throws, and shows nothing by itself.

const words = document.currentScript.dataset;
// By the names that WebAuthn gives (https://www.w3.org/TR/webauthn-3/, 5.1.3 and 5.1.4).
const SAID = {
  NotAllowedError: words.notAllowed,
  AbortError: words.notAllowed,
  SecurityError: words.security,
  NotSupportedError: words.notSupported,
  TypeError: words.notSupported,
  InvalidStateError: words.invalidState,
  ConstraintError: words.constraint,
};

// Chromium calls it "not allowed" while it does not trust the certificate, and says why in English alone.
const said = (error) => {
  if (/certificate/i.test(error.message)) return words.certificate;
  if (/fetch/i.test(error.message)) return words.unreachable;
  if (!window.PublicKeyCredential) return words.notSupported;
  return SAID[error.name] ?? `${words.other} ${error.message || error.name}`;
};

let pressed = null;
document.addEventListener("click", (event) => { pressed = event.target.closest("button") ?? pressed; }, true);

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const form = pressed?.closest("form") ?? document.querySelector("main form");
  const shown = document.getElementById("passkey-error") ?? document.createElement("p");
  shown.id = "passkey-error";
  shown.className = "notice bad";
  shown.setAttribute("role", "alert");
  form.after(shown);
  shown.textContent = said(event.detail.exception);
  // The button may be pressed once more.
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
});
