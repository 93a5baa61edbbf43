/* The workbench: decisions without leaving the page, keys, and taking out what is selected. Without it every button works as a form. */

const work = document.querySelector("[data-work]");
const voice = document.querySelector("[data-work-voice]");
const words = document.querySelector("#question-form [name=text]");
let shown = words?.value ?? "";

const cards = () => [...work.querySelectorAll("[data-finding]")];
const open = () => cards().filter((card) => card.classList.contains("is-open"));
const current = () => work.querySelector("[data-finding].is-current");

const look = (card, calm = false) => {
  for (const other of work.querySelectorAll(".is-current")) other.classList.remove("is-current");
  if (!card) return;
  card.classList.add("is-current");
  for (const mark of work.querySelectorAll(`a[href="#${card.id}"].found-mark`)) mark.classList.add("is-current");
  if (calm) return;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  work.querySelector(".found-mark.is-current")?.scrollIntoView({ block: "nearest" });
};

const step = (by) => {
  const waiting = open();
  if (!waiting.length) return;
  const here = waiting.indexOf(current());
  look(waiting[(here + by + waiting.length) % waiting.length]);
};

const take = (html) => {
  const before = cards().indexOf(current());
  work.innerHTML = html;
  const seen = work.querySelector("[data-fresh-seen]")?.value;
  const text = work.querySelector("[data-fresh-text]")?.value;
  if (seen) for (const field of document.querySelectorAll("[name=seen]")) field.value = seen;
  if (words && text !== undefined && words.value === shown) {
    words.value = text;
    shown = text;
    words.dispatchEvent(new Event("shown"));
  }
  const needs = document.querySelector("#question-form .needs");
  if (needs) needs.hidden = open().length === 0;
  const confirm = document.querySelector("#question-form [name=confirm]");
  if (confirm && open().length === 0) confirm.removeAttribute("aria-disabled");
  work.querySelector("[data-hint]").hidden = !matchMedia("(hover: hover)").matches;
  voice.textContent = work.querySelector("#findings-title")?.textContent ?? "";
  look(cards().slice(Math.max(before, 0)).find((card) => card.classList.contains("is-open")) ?? open()[0]);
};

let last = Promise.resolve();
const send = async (form, button) => {
  const body = new FormData(form, button);
  body.set("seen", work.querySelector("[data-fresh-seen]")?.value ?? body.get("seen")); /* what this page showed last, also after two quick presses */
  const response = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "1" }, redirect: "manual" }).catch(() => null);
  if (response?.ok) take(await response.text());
  else if (response && response.status !== 0) { document.open(); document.write(await response.text()); document.close(); }
  else voice.textContent = "Not done: the service cannot be reached. Try again.";
};

work?.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-part]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  last = last.then(() => send(form, event.submitter)).finally(() => { delete form.dataset.busy; });
}, true);

work?.addEventListener("click", (event) => {
  const link = event.target.closest(".found-mark, .found-list a");
  if (!link) return;
  event.preventDefault();
  look(document.getElementById(link.getAttribute("href").slice(1)));
});

const actions = {
  finding_next: () => step(1),
  finding_previous: () => step(-1),
  finding_replace: () => current()?.querySelector("[data-replace]")?.click(),
  finding_keep: () => { const fold = current()?.querySelector("[data-keep]")?.parentElement; if (fold) { fold.open = true; fold.querySelector("[name=reason]").focus(); } },
  finding_words: () => current()?.querySelector("[data-words]")?.select(),
  finding_undo: () => work.querySelector("[data-undo]")?.click(),
};
/* Keys come from desk.js, for those who switched them on. */
document.addEventListener("desk:key", (event) => {
  const act = work && actions[event.detail];
  if (!act) return;
  event.preventDefault();
  act();
});

/* Words selected in the letter go into the form that takes them out. */
document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const letter = work?.querySelector("[data-letter]");
  if (!letter || selection.isCollapsed || !letter.contains(selection.anchorNode) || !letter.contains(selection.focusNode)) return;
  const fold = work.querySelector("[data-take-out]");
  const said = selection.toString().trim();
  if (!fold || !said || said.length > 300) return;
  fold.open = true;
  fold.querySelector("[name=words]").value = said;
});

if (work) {
  const hint = work.querySelector("[data-hint]");
  if (hint) hint.hidden = !matchMedia("(hover: hover)").matches;
  look(open()[0], true);
}
