/* While somebody writes: answers to letters like theirs. Asked for after a pause, once there is enough to go by, in the
   body of a POST to our own server, which keeps nothing of it. It never blocks, and a failure is silent. */

const PAUSE = 1500;
const ENOUGH = 200;
const CHANGED = 60;

for (const place of document.querySelectorAll("[data-similar]")) {
  const field = document.getElementById(place.dataset.for);
  const form = field.form;
  let waiting = 0;
  let asked = "";
  const ask = async () => {
    const text = field.value;
    if (text.trim().length < ENOUGH || (asked && Math.abs(text.length - asked.length) < CHANGED)) return;
    asked = text;
    const body = new FormData();
    body.set("text", text);
    body.set("danger", form.querySelector('[name="danger"]:checked')?.value ?? "");
    body.set("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
    try {
      const response = await fetch(place.dataset.similar, { method: "POST", body, redirect: "error" });
      if (response.ok) place.innerHTML = await response.text();
    } catch { /* offline or signed out: the letter matters, not this */ }
  };
  const soon = () => { window.clearTimeout(waiting); waiting = window.setTimeout(ask, PAUSE); };
  field.addEventListener("input", soon);
  soon();
}
