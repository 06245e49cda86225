// The page: one form, and everything that follows from it as one types. Without this
// file the form still works: it is a plain GET of the badge or the number.

// NOTE: File names carry a hash, so the page says what they are.
const load = (name) => import(document.querySelector(`link[href^="static/${name}."]`).href);
const [{ DEFAULTS, EXAMPLE, chosen, codes, encode, query }, { ask, latest, pictureOf }] =
  await Promise.all([load("codes"), load("ask")]);

const PAUSE_MS = 300; // long enough not to ask at every key

const $ = (id) => document.getElementById(id);
const form = $("form");
const input = $("url");
const address = () => input.value.trim();
const choice = (name) => $("codes").elements[name].value;

const defaults = { ...DEFAULTS };
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
}

// Safari allows a hundred changes in half a minute, so only once typing pauses.
const remember = () => history.replaceState(null, "", here());

/* Codes. */

function showCodes() {
  const made = codes(base, choice("mode"), address() || EXAMPLE, look());
  made.link = here();
  for (const [name, code] of Object.entries(made)) {
    $(name).value = code;
    $(`${name}-note`).textContent = "";
    document.querySelector(`[data-copy=${name}]`).disabled = !address();
  }
  $("script").parentElement.hidden = choice("mode") !== "count"; // it always counts
}

/* Preview. */

const problem = $("problem");
const idle = problem.textContent;

function showProblem(text, bad) {
  problem.textContent = text;
  problem.className = bad ? "bad" : "muted";
  input.setAttribute("aria-invalid", String(Boolean(bad)));
}

// What says nothing is drawn as if it was not there: a typing error must be seen here.
function showIgnored(names) {
  const labels = names.map((name) => document.querySelector(`label[for="${name}"]`)?.textContent ?? name);
  showProblem(names.length ? `Left out, as it says nothing: ${labels.join(", ")}.` : "");
  problem.classList.toggle("bad", names.length > 0);
  for (const field of form.querySelectorAll("input[type=text]"))
    if (field !== input) field.setAttribute("aria-invalid", String(names.includes(field.name)));
}

const preview = latest(async (signal) => {
  const image = $("preview");
  if (!address()) {
    image.hidden = true;
    return showProblem(idle);
  }
  const asked = look();
  const response = await ask(`nocount/tag.svg?${query({ url: address(), ...asked })}`, signal);
  const svg = await response.text();
  if (signal.aborted) return;
  learnLabel(svg, asked);
  image.src = pictureOf(svg);
  image.hidden = false;
  showIgnored([]);
  if (Object.keys(asked).length === 0) return;
  const told = await ask(`/nocount.json?${query({ url: address(), ...asked })}`, signal);
  const { ignored = [] } = await told.json();
  if (!signal.aborted) showIgnored(ignored);
}, (error) => {
  $("preview").hidden = true;
  showProblem(error.message, true);
});

// The operator may have set another label than "hits": a badge without ours tells which.
function learnLabel(svg, { label, style = "flat" }) {
  if (label !== undefined || !/^(flat|plastic)/.test(style)) return; // others change its case
  const plain = svg.replace(/ style="[^"]*"/g, ""); // the page's policy lets no style in
  const root = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  const said = root.getAttribute("aria-label");
  if (said === null || $("label").value.trim() !== defaults.label) return;
  defaults.label = said.slice(0, Math.max(said.lastIndexOf(": "), 0));
  $("label").defaultValue = $("label").value = defaults.label;
}

/* Look-up. */

const result = $("result");
const quiet = result.textContent;
const graph = $("graph");
const note = $("history-note");
const unseen = note.textContent;

function showResult(text, className) {
  result.className = `result ${className}`;
  // Typing must not make a screen reader say the same line again and again.
  if (result.textContent !== text) result.textContent = text;
}

function showHistory(picture, alt, text = "") {
  graph.hidden = !picture;
  if (picture) graph.src = picture;
  graph.alt = alt;
  note.textContent = text;
  $("history").classList.toggle("idle", text === unseen);
}

function forget() {
  lookUp.stop();
  showResult(quiet, "muted");
  showHistory("", "", unseen);
}

const written = (number) => number.toLocaleString("en");
const views = (number) => `${written(number)} ${number === 1 ? "view" : "views"}`;

// The picture in words, for those who do not see it.
function inWords(days) {
  const sum = days.reduce((total, { hits }) => total + hits, 0);
  const top = days.reduce((best, day) => (day.hits > best.hits ? day : best));
  const most = sum ? `, most on ${top.day} (${written(top.hits)})` : "";
  return `${views(sum)} in the last ${days.length} days${most}.`;
}

const lookUp = latest(async (signal) => {
  const asked = `url=${encode(address())}&days=${choice("days")}`;
  const response = await ask(`nocount.json?${asked}`, signal);
  const answer = await response.json().catch(() => {
    throw new Error("The counter did not answer with a number.");
  });
  showResult(`${views(answer.total)} so far, ${written(answer.today)} of them today.`, "good");
  try {
    const picture = await ask(`graph.svg?${asked}`, signal);
    showHistory(pictureOf(await picture.text()), inWords(answer.days));
  } catch (error) {
    if (!signal.aborted) showHistory("", "", error.message);
  }
}, (error) => {
  showHistory("", "", unseen);
  showResult(error.message, "bad");
});

/* Wiring. */

let timer;
function follow({ target }) {
  if (target.name === "days") return graph.hidden || lookUp();
  if (target === input || target === form) forget();
  showCodes();
  clearTimeout(timer);
  timer = setTimeout(() => {
    remember();
    preview();
  }, PAUSE_MS);
}

const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

document.addEventListener("input", follow);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp();
});
$("plain-look").addEventListener("click", () => {
  const kept = input.value;
  form.reset();
  input.value = kept;
  changed($("label"));
});
addEventListener("hashchange", () => {
  restore();
  changed(form);
});

restore();
changed(form); // a reload may have kept what was typed
