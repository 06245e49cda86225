// The page: embed codes, a preview that does not count, and the look-up of a number.
// Without this file the form still works: it is a plain GET of the badge or the number.

const PREVIEW_DELAY_MS = 300; // long enough not to ask at every key
const NOTE_MS = 4000;
const EXAMPLE = "https://example.com/post";
const SILENT = "The counter does not answer. Is the network up?";

const $ = (id) => document.getElementById(id);
const input = $("url");
const address = () => input.value.trim();

/* Codes: pure functions of the badge's address. */

// Lone surrogates would throw; the rest is what encodeURIComponent leaves alone although
// Markdown, or an attribute in single quotes, gives it a meaning.
const encode = (text) =>
  encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"))
    .replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ENTITIES[c]);

const badge = (mode, url) => `${location.origin}/${mode}/tag.svg?url=${encode(url)}`;

const CODES = {
  html: (src) => `<img src="${escapeHtml(src)}" alt="Hits">`,
  markdown: (src) => `![Hits](${src})`,
};

function showCodes() {
  const mode = document.querySelector("[name=mode]:checked").value;
  const src = badge(mode, address() || EXAMPLE);
  for (const [name, code] of Object.entries(CODES)) $(name).value = code(src);
  for (const button of document.querySelectorAll("[data-copy]")) button.disabled = !address();
  for (const note of document.querySelectorAll(".note")) note.textContent = "";
}

/* Asking the service. */

// Answers the response, or throws an Error whose message a reader can use.
async function ask(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal, cache: "no-store" });
  } catch (error) {
    throw error.name === "AbortError" ? error : new Error(SILENT);
  }
  if (response.ok) return response;
  const isText = (response.headers.get("Content-Type") ?? "").startsWith("text/plain");
  const reason = response.headers.get("X-Hits-Reason") || (isText && (await response.text()));
  throw new Error(reason ? sentence(reason) : `The counter answered ${response.status}.`);
}

function sentence(reason) {
  const text = reason.trim().slice(0, 300);
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

// Runs one task at a time: a newer one aborts the older, whose outcome is dropped.
function latest(task, onError) {
  let controller = new AbortController();
  return async (...args) => {
    controller.abort();
    const { signal } = (controller = new AbortController());
    try {
      await task(signal, ...args);
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  };
}

/* Preview. */

const problem = $("problem");
const idle = problem.textContent;

function showProblem(text, bad) {
  problem.textContent = text;
  problem.className = bad ? "bad" : "muted";
  input.setAttribute("aria-invalid", String(Boolean(bad)));
}

const preview = latest(async (signal) => {
  const image = $("preview");
  if (!address()) {
    image.hidden = true;
    return showProblem(idle);
  }
  const response = await ask(`/nocount/tag.svg?url=${encode(address())}`, signal);
  const svg = await response.text();
  if (signal.aborted) return;
  // As data: one request gives the picture here and, when it fails, the reason above.
  image.src = "data:image/svg+xml," + encodeURIComponent(svg);
  image.hidden = false;
  showProblem("As it looks now.");
}, (error) => {
  $("preview").hidden = true;
  showProblem(error.message, true);
});

/* Look-up. */

const result = $("result");
const quiet = result.textContent;

function showResult(text, className) {
  result.className = `result ${className}`;
  // Typing must not make a screen reader say the same line again and again.
  if (result.textContent !== text) result.textContent = text;
}

const lookUp = latest(async (signal) => {
  const response = await ask(`/nocount?url=${encode(address())}`, signal);
  const text = (await response.text()).trim();
  if (signal.aborted) return;
  if (!/^\d+$/.test(text)) throw new Error("The counter did not answer with a number.");
  const views = BigInt(text).toLocaleString("en");
  showResult(`${views} ${views === "1" ? "view" : "views"} so far.`, "good");
}, (error) => showResult(error.message, "bad"));

/* Copy. */

async function copy(button) {
  const field = $(button.dataset.copy);
  const note = $(button.dataset.copy + "-note");
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

/* Wiring. */

let timer;
input.addEventListener("input", () => {
  showCodes();
  showResult(quiet, "muted");
  clearTimeout(timer);
  timer = setTimeout(preview, PREVIEW_DELAY_MS);
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp();
});
document.addEventListener("change", (event) => event.target.name === "mode" && showCodes());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

showCodes(); // a reload may have kept what was typed
if (address()) preview();
