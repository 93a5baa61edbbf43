/* Passkeys: the browser speaks with the phone's lock or the security key; the page only carries its answer.
   Without JavaScript, or in a browser without passkeys, the code stays. */

const able = window.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials;

for (const form of document.querySelectorAll("[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  document.querySelector("[data-passkey-none]")?.remove();
  const says = form.querySelector("[data-passkey-says]");
  const options = JSON.parse(form.dataset.options).publicKey;
  const ask = () => (form.dataset.passkey === "make"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));
  form.addEventListener("submit", async (event) => {
    if (form.credential.value) return;
    event.preventDefault();
    says.textContent = "Please follow what your device asks.";
    try {
      form.credential.value = JSON.stringify((await ask()).toJSON());
      delete form.dataset.sent; /* site.js sends a form once; this is the sending */
      form.requestSubmit();
    } catch {
      delete form.dataset.sent;
      says.textContent = "That did not work, or it was stopped. You can try again, or use a code.";
    }
  });
}
