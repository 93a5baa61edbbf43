/* Small helps on top of pages that work without them. No storage, no third party, nothing is sent but what a form would send. */

/* What a page in another language than English says instead: config/browser_words.py, checked by a test. */
const words = JSON.parse(document.body.dataset.words || "{}");
const say = (text) => words[text] ?? text;
const figure = (number) => number.toLocaleString(document.documentElement.lang === "es" ? "es-US" : undefined);

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/* Leave at once: cover the page, sign out in the background, replace this page in the history. Also Shift three times. */
const leave = document.querySelector("[data-leave]");
if (leave) {
  const go = () => {
    const cover = document.createElement("div");
    cover.className = "cover";
    document.body.replaceChildren(cover);
    document.title = "";
    fetch(leave.href, { keepalive: true, redirect: "manual" }).catch(() => {});
    window.location.replace(leave.dataset.leave);
  };
  leave.addEventListener("click", (event) => { event.preventDefault(); go(); });
  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") { presses = []; return; }
    presses = [...presses.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
    if (presses.length === 3) go();
  });
}

/* The Back button must not show a private page from the browser's memory. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted || !document.body.hasAttribute("data-private")) return;
  document.body.replaceChildren(); /* not even for the moment until the server has answered */
  window.location.reload();
});

document.querySelector("[data-focus]")?.focus();

/* Textareas grow with their text; counters say how much room is left. */
for (const area of $$("textarea")) {
  const fit = () => { area.style.height = "auto"; area.style.height = `${area.scrollHeight + 4}px`; };
  area.addEventListener("input", fit);
  if (area.value) fit();
  const counter = document.getElementById(`${area.id}-counter`);
  const limit = Number(area.dataset.limit) || area.maxLength; /* data-limit counts; maxlength would cut off what is pasted */
  if (counter && limit > 0) {
    const count = () => {
      const length = [...area.value].length;
      const over = length > limit ? say(": {over} too many").replace("{over}", figure(length - limit)) : "";
      counter.textContent = say("{length} of {limit} characters").replace("{length}", figure(length)).replace("{limit}", figure(limit)) + over;
    };
    area.addEventListener("input", count);
    count();
  }
}

/* A form is sent once, however often it is pressed; typed text is not lost by a slip of the finger. */
for (const form of $$("form")) {
  let changed = false;
  form.addEventListener("input", () => { changed = form.hasAttribute("data-guard"); });
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    changed = false;
    window.setTimeout(() => { delete form.dataset.sent; }, 5000);
  });
  window.addEventListener("beforeunload", (event) => { if (changed && !form.dataset.saved) event.preventDefault(); });
}

for (const button of $$("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText((document.getElementById(button.dataset.copy) ?? button.parentElement.querySelector("blockquote")).innerText.trim());
    const before = button.textContent;
    button.textContent = button.dataset.copied || "Copied";
    window.setTimeout(() => { button.textContent = before; }, 2000);
  });
}
/* A password can be looked at while it is typed; without JavaScript the button is not there. */
for (const field of $$('input[type="password"]')) {
  const button = document.createElement("button");
  const turn = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide the password" : "Show the password"; /* pages of our team: English only */
  };
  button.type = "button";
  button.className = "button button--link";
  button.addEventListener("click", () => turn(field.type === "password"));
  field.form?.addEventListener("submit", () => turn(false)); /* so that no browser keeps it among texts */
  turn(false);
  field.after(button);
}
for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* Signed in again in another window: the open page needs the new token of its forms, or it would be refused. */
const renew = async (signal) => {
  const response = await fetch(window.location.href, { redirect: "manual", signal });
  if (!response.ok) return false;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
  if (!fresh) return false;
  for (const field of $$("[name=csrfmiddlewaretoken]")) field.value = fresh.value;
  return true;
};

/* Autosave: form[data-autosave=URL], label [data-saved], Ctrl+S. The label says "saved" only after the server did, of what
   stands there now (one more letter, and it says so no longer),
   and the time that the server says: the clock of this machine may be wrong, or far from the house. */
const WRITING = say("Writing …");
for (const form of $$("form[data-autosave]")) {
  const label = form.querySelector("[data-saved]");
  const tell = (text, state = "") => { if (label) { label.textContent = text; label.dataset.state = state; } };
  const away = form.querySelector("[data-signed-out]");
  const send = (keepalive) => fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, redirect: "manual", keepalive, signal: stop.signal });
  const isAway = (response) => response.type === "opaqueredirect" || response.status === 401 || response.status === 403;
  let timer, saving, busy = false, dirty = false, lastSaved = "", stop = new AbortController();
  const save = (isLeaving) => { if (!busy && dirty) saving = keep(isLeaving); };
  const keep = async (isLeaving) => {
    busy = true; dirty = false;
    tell(say("Saving …"));
    try {
      let response = await send(isLeaving === true);
      if (isAway(response) && await renew(stop.signal)) response = await send(false);
      if (away) away.hidden = !isAway(response);
      if (response.ok) {
        if (!dirty) form.dataset.saved = "yes"; /* somebody may have typed on while it was sent */
        const { at, ...reply } = await response.json().catch(() => ({}));
        lastSaved = at ?? "";
        for (const [name, value] of Object.entries(reply)) {
          const field = form.elements.namedItem(name); /* not elements[name]: "__proto__" is no field */
          if (field) field.value = value;
        }
        tell(dirty ? WRITING : lastSaved ? say("Saved at {time}").replace("{time}", lastSaved) : say("Saved"));
      } else if (isAway(response)) {
        dirty = true;
        tell(say("You are signed out. Your text is still here: sign in again in another tab, then go on writing."), "trouble");
      } else if (response.status === 409 || response.status === 422) {
        const reply = await response.json().catch(() => ({}));
        tell(reply.sentence || say("Somebody saved another version meanwhile. Yours is kept too: press Save to see both."), "trouble");
      } else throw new Error("not saved");
    } catch (fault) {
      if (fault.name === "AbortError") { busy = false; return; }
      dirty = true;
      tell(lastSaved ? say("Not saved since {time}. We keep trying.").replace("{time}", lastSaved) : say("Not saved yet. We keep trying."), "trouble");
      window.clearTimeout(timer);
      timer = window.setTimeout(save, 5000);
    }
    busy = false;
  };
  form.addEventListener("input", () => {
    dirty = true;
    delete form.dataset.saved;
    if (label && !busy && label.dataset.state !== "trouble" && label.textContent !== WRITING) tell(WRITING);
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 2000);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    dirty = true;
    save();
  });
  /* What is sent is no longer saved: the answer to a save after the session's end would take away the new one, in which it waits.
     A save on its way is waited for, some seconds: else what is sent now would not know of it, and be taken for another window's. */
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    if (busy) {
      event.preventDefault();
      delete form.dataset.sent;
      await Promise.race([saving, new Promise((done) => { window.setTimeout(done, 4000); })]);
      busy = false;
      form.requestSubmit(event.submitter);
      return;
    }
    dirty = false;
    window.clearTimeout(timer);
    stop.abort();
    stop = new AbortController();
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
  window.setInterval(save, 10000);
  window.addEventListener("online", save);
}
