// The copy buttons: <button data-copy="ID"> copies the field of that id.

const NOTE_MS = 4000;

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const note = document.getElementById(`${field.id}-note`);
  note.textContent = "";
  const copied = await copyText(field, button);
  note.textContent = copied ? "Copied" : "Selected: press Ctrl+C or ⌘C";
  clearTimeout(note.timer);
  note.timer = setTimeout(() => (note.textContent = ""), NOTE_MS);
}

// The clipboard API exists over HTTPS and on localhost only; a counter on a home network
// has neither, so fall back to the old command, and then to selecting the text.
async function copyText(field, button) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    const copied = document.execCommand("copy");
    if (copied) button.focus();
    return copied;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
