/* Small helps around the answer's editor, which turns the textarea into a page of its own. */

document.addEventListener("prose-editor:ready", (event) => {
  const { textarea } = event.detail;
  const page = textarea.closest(".prose-editor")?.querySelector(".ProseMirror[contenteditable]");
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  if (!page || !label) return;
  page.setAttribute("aria-label", label.textContent.trim());
  page.setAttribute("aria-multiline", "true");
  page.setAttribute("role", "textbox");
  label.addEventListener("click", () => page.focus());
});
