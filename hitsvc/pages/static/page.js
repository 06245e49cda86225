// The page: one form, and everything that follows from it as one types. Without this
// file the form still works: it is a plain GET of the badge, the number or the statistics.

// NOTE: File names carry a hash, so the page says what they are.
const load = (name) => import(document.querySelector(`link[href^="static/${name}."]`).href);
const [{ DEFAULTS, EXAMPLE, chosen, codes, query, statisticsOf }, { ask, latest, pictureOf, saidBy }] =
  await Promise.all([load("codes"), load("ask")]);

const PAUSE_MS = 300; // long enough not to ask at every key
const KEPT = "hitsvc.code"; // the kind of code that was looked at last

const $ = (id) => document.getElementById(id);
const form = $("form");
const input = $("url");
const more = $("more");
const linked = "statistics" in form.dataset;
const address = () => input.value.trim();
const choice = (name) => $("codes").elements[name].value;

const defaults = { ...DEFAULTS, label: $("label").defaultValue };
const look = () => chosen(Object.fromEntries(new FormData(form)), defaults);

/* The form's state, in the address of this page: a link to it restores the form. */

function state() {
  const mode = choice("mode") === "count" ? {} : { mode: "nocount" };
  return query({ ...(address() && { url: address() }), ...look(), ...mode });
}

// The service may be a part of a site: all addresses here are relative.
const base = new URL(".", location).href;
const here = () => base + state().replace(/^(?=.)/, "#");

function restore() {
  if (!location.hash.includes("=")) return; // an anchor
  form.reset();
  $("codes").elements.mode.value = "count";
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name === "mode") $("codes").elements.mode.value = value;
    else if (name === "url" || Object.hasOwn(defaults, name)) form.elements[name].value = value;
  }
  if (Object.keys(look()).length) $("looks").open = true;
}

// Safari allows a hundred changes in half a minute, so only once typing pauses.
const remember = () => history.replaceState(null, "", here());

/* Codes. */

function showCode() {
  const kind = more.value || choice("code");
  const made = codes(base, choice("mode"), address() || EXAMPLE, look(), linked);
  made.link = here();
  const field = $("code");
  if (field.value !== made[kind]) $("code-note").textContent = "";
  field.value = made[kind];
  $("code-label").textContent = (more.value ? more : document.querySelector("[name=code]:checked").parentElement)
    .textContent.trim();
  if (more.value) $("code-label").textContent = more.selectedOptions[0].textContent;
  document.querySelector("[data-copy]").disabled = !address();
}

function choose(kind) {
  const tab = document.querySelector(`[name=code][value="${kind}"]`);
  more.value = tab ? "" : kind;
  if (!tab && !more.value) return;
  for (const other of document.querySelectorAll("[name=code]")) other.checked = other === tab;
  more.classList.toggle("chosen", !tab);
}

// Browsers may refuse to store anything.
function kept(kind) {
  try {
    if (kind) localStorage.setItem(KEPT, kind);
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/* What counts, in one line. */

const says = $("says");
const quiet = says.textContent;
const written = (number) => number.toLocaleString("en");

function say(className, ...parts) {
  says.className = `says ${className}`;
  input.setAttribute("aria-invalid", String(className === "bad"));
  const line = document.createElement("span");
  line.append(...parts);
  // Typing must not make a screen reader say the same line again and again.
  if (says.textContent !== line.textContent) says.replaceChildren(...line.childNodes);
}

function element(name, text, href) {
  const made = document.createElement(name);
  made.textContent = text;
  if (href) made.href = href;
  return made;
}

function sayWhatCounts({ url, total, today }) {
  const views = `${written(total)} ${total === 1 ? "view" : "views"}, ${written(today)} today`;
  const parts = ["Counts as ", element("b", url), ` · ${views}`];
  if (linked) parts.push(" · ", element("a", "Statistics →", statisticsOf(base, url)));
  const asked = address();
  if (/[^?]\?[^#]/.test(asked) && !url.includes("?"))
    parts.push(element("small", "What follows “?” does not count, so all such pages share one number."));
  if (/^(https?:\/\/)?(www\.)?github\.com\//i.test(asked))
    parts.push(element("small", "In a README every view counts, refreshes too. "), element("a", "Why?", "#github"));
  say("good", ...parts);
}

/* The badge: the preview, and one of each style. */

function show(picture, alt) {
  for (const image of [$("preview"), $("preview-dark")]) {
    image.hidden = !picture;
    if (picture) image.src = picture;
  }
  if (alt) $("preview").alt = alt;
}

// What says nothing is drawn as if it was not there: a typing error must be seen here.
let unknownLogo = false;
let ignored = [];
function showIgnored(told = ignored) {
  ignored = told;
  const names = unknownLogo ? [...told, "logo"] : told;
  const fields = [...form.querySelectorAll("input[type=text]")].filter((field) => field !== input);
  for (const field of fields) {
    const wrong = names.includes(field.name);
    const hint = $(`${field.name}-hint`);
    hint.dataset.usual ??= hint.textContent;
    field.setAttribute("aria-invalid", String(wrong));
    hint.textContent = wrong ? hint.dataset.wrong : hint.dataset.usual;
    hint.classList.toggle("bad", wrong);
  }
  const labels = names.map((name) => document.querySelector(`label[for="${name}"]`)?.textContent ?? name);
  $("problem").textContent = names.length ? `Left out, as it says nothing: ${labels.join(", ")}.` : "";
}

function showStyles() {
  if (!$("looks").open || !address()) return;
  for (const image of document.querySelectorAll("[data-style]")) {
    const src = `nocount/tag.svg?${query({ url: address(), ...look(), style: image.dataset.style })}`;
    if (image.getAttribute("src") !== src) image.src = src;
  }
}

const preview = latest(async (signal) => {
  if (!address()) {
    show("");
    return say("muted", quiet);
  }
  const asked = query({ url: address(), ...look() });
  const response = await ask(`nocount/tag.svg?${asked}`, signal);
  const svg = await response.text();
  if (signal.aborted) return;
  show(pictureOf(svg), `Preview of the badge: ${saidBy(svg)}`);
  showStyles();
  const told = await ask(`nocount.json?${asked}`, signal);
  const answer = await told.json().catch(() => {
    throw new Error("The counter did not answer with a number.");
  });
  if (signal.aborted) return;
  showIgnored(answer.ignored ?? []);
  // What the look makes of the number is the badge's affair.
  const start = Number(look().base) || 0;
  sayWhatCounts({ ...answer, total: answer.text === undefined ? answer.total : answer.total - start });
}, (error) => {
  show("");
  say("bad", error.message);
});

/* Where the service is. */

function warn() {
  const host = location.hostname;
  const local = /^(localhost|127\..*|\[::1\]|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|.*\.(local|lan|internal|home\.arpa))$/;
  const text = local.test(host)
    ? "Only your own network reaches this service: others will not see its badges."
    : location.protocol === "http:" && "Without HTTPS, pages that have it will not show badges of this service.";
  if (!text) return;
  // In place of what is said else, and no longer than that: nothing moves.
  $("banner").textContent = text;
  $("banner").className = "banner";
}

/* Wiring. */

let timer;
function follow({ target }) {
  if (target === more) choose(more.value || "markdown");
  if (target.name === "code") choose(target.value);
  if (target === more || target.name === "code") kept(more.value || choice("code"));
  showCode();
  if (target === more || target.name === "code") return; // the badge is the same
  clearTimeout(timer);
  timer = setTimeout(() => {
    remember();
    preview();
  }, PAUSE_MS);
}

const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

document.addEventListener("input", follow);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) document.querySelector("[data-copy]").click();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  preview();
});
$("logo").addEventListener("unknown", ({ detail }) => {
  unknownLogo = detail;
  showIgnored();
});
$("looks").addEventListener("toggle", showStyles);
$("plain-look").addEventListener("click", () => {
  const url = input.value;
  form.reset();
  input.value = url;
  changed($("label"));
});
addEventListener("hashchange", () => {
  restore();
  changed(form);
});

warn();
restore();
choose(kept() ?? "markdown");
changed(form); // a reload may have kept what was typed
if (matchMedia("(pointer: fine)").matches && !location.hash) input.focus({ preventScroll: true });
