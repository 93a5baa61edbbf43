/* While an administrator edits a mail: how it reads, shortly after each pause. Made by the server, as the button does. */

const PAUSE = 600;

for (const form of document.querySelectorAll("[data-looks]")) {
  const place = document.getElementById(form.dataset.looks);
  let waiting = 0;
  const look = async () => {
    const body = new FormData(form);
    body.set("look", "1");
    try {
      const response = await fetch(window.location.pathname, { method: "POST", body, redirect: "error" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById(place.id);
      if (fresh) place.replaceChildren(...fresh.childNodes);
    } catch { /* offline or signed out: what is typed stays, the button says what is wrong */ }
  };
  form.addEventListener("input", () => { window.clearTimeout(waiting); waiting = window.setTimeout(look, PAUSE); });
}
