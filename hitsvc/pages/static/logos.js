// The search for a logo: pictures of what is found, to choose by.

const field = document.getElementById("logo");
const found = document.getElementById("found");
const MOST = 12;
const PAUSE_MS = 250;

// NOTE: 15 KB, so only for those who look for one.
let names;
const load = () => (names ??= fetch(found.dataset.icons).then((answer) => answer.json()).catch(() => []));

// Those that begin with what is typed come first.
function matches(all, text) {
  const starts = all.filter((name) => name.startsWith(text));
  const others = all.filter((name) => !name.startsWith(text) && name.includes(text));
  return [...starts, ...others].slice(0, MOST);
}

function button(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.logo = name;
  const picture = document.createElement("img");
  const url = document.getElementById("url").value.trim() || location.host;
  picture.src = `nocount/tag.svg?style=social&label=&logo=${encodeURIComponent(name)}&url=${encodeURIComponent(url)}`;
  picture.alt = "";
  made.append(picture, name);
  return made;
}

// The badge leaves out what is no logo, and says nothing.
const tell = (unknown) => field.dispatchEvent(new CustomEvent("unknown", { detail: unknown }));

async function search() {
  const text = field.value.trim().toLowerCase().replace(/[^a-z\d]/g, "");
  if (!text || /^data:/i.test(field.value.trim())) {
    tell(false);
    return found.replaceChildren();
  }
  const all = await load();
  const names = matches(all, text);
  tell(!all.includes(field.value.trim().toLowerCase()));
  if (names.length === 1 && names[0] === text) return found.replaceChildren();
  found.replaceChildren(...names.map(button));
}

let timer;
if (found.dataset.icons) {
  field.addEventListener("focus", load, { once: true });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  // Away with the pictures when they are left, or by Escape.
  const inside = field.parentElement;
  inside.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    field.focus();
    found.replaceChildren();
  });
  inside.addEventListener("focusout", (event) => {
    if (!inside.contains(event.relatedTarget)) found.replaceChildren();
  });
  found.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-logo]");
    if (!chosen) return;
    field.value = chosen.dataset.logo;
    found.replaceChildren();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
