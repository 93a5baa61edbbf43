/* The desks, kept current: what is urgent, what is new, who else is here. Everything works without it; it only adds. */

const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/* Run now and again every so often, and at once when somebody comes back to this tab. */
const every = (seconds, work) => {
  window.setInterval(work, 1000 * seconds);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) work(); });
};

/* Fragments that keep themselves current: [data-poll=URL data-every=seconds]. What is marked stays marked, what is unfolded
   stays unfolded; a press right after rows moved is not taken, for it was meant for another row. */
let pressed = false;
window.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { pressed = false; });

const nameOf = (element) => {
  const form = element.closest("form");
  return [element.tagName, element.getAttribute("href") ?? form?.getAttribute("action") ?? element.textContent].join(" ");
};

for (const box of $$("[data-poll]")) {
  const voice = box.nextElementSibling?.matches("[role=status]") ? box.nextElementSibling : null;
  const say = (text, isTrouble) => { if (voice) { voice.textContent = text; voice.classList.toggle("vh", !isTrouble); } };
  let before = box.innerHTML.trim(), moved = -Infinity, lost = false;
  box.addEventListener("click", (event) => { if (event.target.closest("[data-row]") && event.detail > 0 && performance.now() - moved < 500) event.preventDefault(); }, true);
  const show = (html) => {
    const marked = box.contains(document.activeElement) ? nameOf(document.activeElement) : "";
    const key = box.querySelector("[data-key]")?.dataset.key;
    const unfolded = $$("details", box).map((fold) => fold.open);
    box.innerHTML = html;
    $$("details", box).forEach((fold, number) => { fold.open = unfolded[number] ?? false; });
    const fresh = box.querySelector("[data-key]");
    if (fresh?.dataset.key !== key) { moved = performance.now(); say(fresh?.dataset.say ?? fresh?.querySelector("h2")?.textContent ?? "", false); }
    if (!marked) return;
    const again = $$("a, button, summary", box).find((element) => nameOf(element) === marked);
    if (!again) say("What you had marked is no longer here: somebody has taken it on.", true);
    (again ?? box).focus({ preventScroll: true });
  };
  box.tabIndex = -1;
  every(Number(box.dataset.every || 20), async () => {
    if (document.hidden || pressed) return;
    const response = await fetch(box.dataset.poll, { redirect: "manual" }).catch(() => null);
    if (!response?.ok) { lost = true; say("This page could not be kept current. Reload it.", true); return; }
    const html = (await response.text()).trim();
    if (lost) { lost = false; say("", false); }
    if (html === before || pressed) return;
    before = html;
    show(html);
  });
}

/* Who else is here: this page says that it is open, and whether something typed is not kept yet. */
for (const box of $$("[data-presence]")) {
  const typed = new Set();
  const isUnsaved = () => [...typed].some((form) => !form.dataset.saved);
  const tell = async (words) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token(), ...words });
    return fetch(box.dataset.presence, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => null);
  };
  const beat = async () => {
    if (document.hidden && !isUnsaved()) return;
    const response = await tell(isUnsaved() ? { unsaved: "yes" } : {});
    if (!response?.ok) return;
    const html = (await response.text()).trim();
    if (html !== box.innerHTML.trim()) box.innerHTML = html;
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard], form[data-autosave]");
    if (!form) return;
    const isFirst = !isUnsaved();
    typed.add(form);
    if (isFirst) beat();
  });
  document.addEventListener("submit", (event) => { typed.delete(event.target); });
  window.addEventListener("pagehide", () => { tell({ gone: "yes" }); });
  every(Number(box.dataset.every || 6), beat);
  beat();
}

/* Keys, for those who switched them on: the map comes with the page. They rest while somebody types, and they press nothing
   that publishes, deletes or vouches: such buttons carry data-goes, and a key only leads to them. */
const keys = document.querySelector("dialog[data-keys]");
if (keys) {
  const places = JSON.parse(keys.dataset.keys);
  const map = { ...places.desk, ...(document.querySelector("[data-work]") ? places.letter : {}) };
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const row = () => document.activeElement?.closest("[data-row]");
  const mark = (step) => {
    const rows = $$("[data-row]").filter(isShown);
    const to = rows[row() ? rows.indexOf(row()) + step : step > 0 ? 0 : rows.length - 1];
    to?.querySelector("a")?.focus();
    to?.scrollIntoView({ block: "nearest" });
  };
  const find = (kind, does) => {
    const places = [row(), document.querySelector("main"), document.querySelector(".undo")].filter(Boolean);
    const wanted = (place) => $$(`[data-${kind}~="${does}"]`, place);
    return places.flatMap((place) => wanted(place)).find((element) => kind === "goes" || isShown(element));
  };
  const lead = (element) => {
    for (let fold = element.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
    const canHold = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]";
    (element.matches(canHold) ? element : element.querySelector(canHold) ?? element).focus();
    element.scrollIntoView({ block: "center" });
  };
  const comment = () => {
    const all = $$("[data-comment]").filter((one) => isShown(one) || one.closest("details"));
    const next = all[(all.indexOf(document.activeElement?.closest("[data-comment]")) + 1) % all.length];
    if (next) lead(next);
    return Boolean(next);
  };
  const act = (does) => {
    if (does === "help") { keys.showModal(); return true; }
    if (does === "comment") return comment();
    if (does.startsWith("finding_")) return !document.dispatchEvent(new CustomEvent("desk:key", { detail: does, cancelable: true }));
    if (does === "down" || does === "up") { mark(does === "down" ? 1 : -1); return true; }
    if (does === "open") { row()?.querySelector("a")?.click(); return true; }
    const button = find("does", does);
    const place = button ? null : find("goes", does);
    if (button) button.click();
    else if (place) lead(place);
    return Boolean(button || place);
  };
  const isTyping = (element) => element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && event.target.isContentEditable) { event.target.blur(); return; }
    if (event.defaultPrevented || event.isComposing || keys.open || !(event.target instanceof Element)) return;
    const isSaving = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s";
    if (isSaving && !event.target.closest("form[data-autosave]")) {
      if (find("does", "save")) { event.preventDefault(); act("save"); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.repeat && !["down", "up", "finding_next", "finding_previous"].includes(map[event.key])) return;
    if (map[event.key] && act(map[event.key])) event.preventDefault();
  });
}
