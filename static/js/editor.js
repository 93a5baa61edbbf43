/* Small helps around the answer's editor, which turns the textarea into a page of its own. */

/* Parts go in behind the paragraph where one writes, never inside a block that stands there; at the end as long as nobody has
   written. Without this they are saved at the end of the answer. */
let writing = null;
let hasPlace = false;
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button || !writing) return;
  event.preventDefault();
  writing.chain().focus().insertContentAt(behind(writing.state), button.dataset.insert).run();
});
const behind = ({ doc, selection: { $to } }) => {
  const isPlace = hasPlace && $to.depth;
  const after = isPlace ? $to.after(1) : doc.content.size;
  const block = isPlace ? $to.node(1) : doc.lastChild;
  return block?.isTextblock && !block.childCount ? { from: after - block.nodeSize, to: after } : after; // an empty line gives way
};

/* A number that was typed by hand: its name takes its place, and its block comes after that paragraph. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-number]");
  if (!button || !writing) return;
  const { number, name, block } = button.dataset;
  let found = null;
  writing.state.doc.descendants((node, at, parent) => {
    const start = !found && node.isText && parent?.type.name !== "heading" ? node.text.indexOf(number) : -1;
    if (start < 0) return;
    const place = writing.state.doc.resolve(at);
    if (place.node(1).type.name === "blockquote" && place.node(1).firstChild?.textContent.match(/^(Help line|Línea de ayuda): /)) return;
    found = { from: at + start, to: at + start + number.length, after: place.after(1) };
  });
  if (!found) return;
  event.preventDefault();
  writing.chain().focus().insertContentAt(found.after, block).insertContentAt({ from: found.from, to: found.to }, name).run();
  button.closest("li").hidden = true;
});

document.addEventListener("prose-editor:ready", (event) => {
  writing = event.detail.editor;
  const { textarea } = event.detail;
  const page = textarea.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]");
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  if (!page || !label) return;
  page.setAttribute("aria-label", label.textContent.trim());
  page.setAttribute("aria-multiline", "true");
  page.setAttribute("role", "textbox");
  page.dataset.goes = "editor";
  page.addEventListener("focus", () => { hasPlace = true; });
  label.addEventListener("click", () => page.focus());
});

/* Language help: the list beside the editor follows what is typed. Words are marked on the screen only, never in the text. */
for (const box of document.querySelectorAll("[data-language]")) {
  const form = box.closest("form");
  const mark = () => {
    const page = document.querySelector(".ProseMirror[contenteditable]");
    if (!page || !window.CSS?.highlights) return;
    for (const [name, selector] of [["advice", ".advice__item:not(.advice__item--block)[data-words]"], ["advice-block", ".advice__item--block[data-words]"]]) {
      const wanted = [...box.querySelectorAll(selector)].map((item) => item.dataset.words.toLowerCase());
      const ranges = [];
      const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent.toLowerCase();
        for (const words of wanted) {
          for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            ranges.push(range);
          }
        }
      }
      window.CSS.highlights.set(name, new window.Highlight(...ranges));
    }
  };
  const look = async () => {
    if (box.contains(document.activeElement)) return;
    const response = await fetch(box.dataset.language, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
    if (!response?.ok || box.contains(document.activeElement)) return;
    box.innerHTML = await response.text();
    mark();
  };
  let timer;
  form.addEventListener("input", (event) => {
    if (box.contains(event.target)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(look, 1200);
  });
  document.addEventListener("prose-editor:ready", () => window.setTimeout(mark, 0));
}
