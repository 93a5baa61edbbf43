/* A passage marked in the answer fills in what a comment is about. Without this the words are copied by hand. */

const form = document.querySelector("form[data-commenting]");
const answer = document.querySelector(".as-read .answer");
const squeezed = (text) => text.replace(/\s+/g, "");

const textFrom = (range) => {
  const copy = range.cloneContents();
  for (const extra of copy.querySelectorAll(".passage-number, .words__when, button, .answer__by")) extra.remove();
  return copy.textContent;
};

if (form && answer) {
  const field = (name) => form.querySelector(`[data-${name}]`);
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    if (!answer.contains(range.commonAncestorContainer) || squeezed(chosen.toString()).length < 2) return;
    const before = new Range();
    before.setStart(answer, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const after = new Range();
    after.setStart(range.endContainer, range.endOffset);
    after.setEnd(answer, answer.childNodes.length);
    field("quote").value = chosen.toString().replace(/\s+/g, " ").trim();
    field("before").value = squeezed(textFrom(before)).slice(-24);
    field("after").value = squeezed(textFrom(after)).slice(0, 24);
  });
  field("quote").addEventListener("input", () => { field("before").value = ""; field("after").value = ""; });
}
