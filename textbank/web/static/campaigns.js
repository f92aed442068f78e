// A press on a field's name puts it where the cursor is: data-insert="{first_name|friend}" data-into="f-body".
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-insert]");
  const area = pressed && document.getElementById(pressed.dataset.into);
  if (!area) return;
  area.setRangeText(pressed.dataset.insert, area.selectionStart, area.selectionEnd, "end");
  // Where the words for a blank are still to be written, the cursor waits for them.
  if (pressed.dataset.insert.endsWith("|}")) area.selectionStart = area.selectionEnd -= 1;
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
