// What hits.js loads where a page wants numbers of its site, or calls them as busuanzi and
// vercount do: see docs/embedding.md.
const stages = new WeakMap();
const TRIES = 4;
const OF_PAGES = { "visitors-today": "visitors_today" };
const OF_SITES = {
  site: "total",
  "site-today": "today",
  "site-pages": "pages",
  "site-visitors": "visitors",
  "site-visitors-today": "visitors_today",
};

/**
 * Adds to the numbers of a page what is known by other names: first the page's own, then
 * those of its site. Whoever asks once more waits for ever: there is nothing else.
 */
export async function tell(answer) {
  const stage = stages.get(answer) || 0;
  stages.set(answer, stage + 1);
  if (stage > 1 || !answer.url) return new Promise(() => {});
  const numbers = stage ? await site(answer.url.split("/")[0]) : answer;
  const kind = stage ? "site" : "page";
  for (const [name, key] of Object.entries(stage ? OF_SITES : OF_PAGES))
    if (numbers[key] != null) answer[name] = numbers[key];
  add(answer, { [kind + "_pv"]: numbers.total, [kind + "_uv"]: numbers.visitors });
}

// Sums that are being made are there in a moment.
async function site(host) {
  const address = new URL("site.json?host=" + encodeURIComponent(host), import.meta.url);
  for (let tries = 0; tries < TRIES; tries++) {
    const response = await fetch(address, { referrerPolicy: "no-referrer" }).catch(() => null);
    if (response?.ok) return response.json();
    if (response?.status !== 503) break;
    await new Promise((again) => setTimeout(again, 3000));
  }
  return {};
}

function add(answer, numbers) {
  for (const [name, number] of Object.entries(numbers)) {
    const isKnown = number >= 0;
    if (isKnown) answer[name] = number;
    for (const brand of ["busuanzi", "vercount"]) {
      const find = (what) => document.getElementById(`${brand}_${what}_${name}`);
      const container = find("container");
      // Themes hide it until there is a number.
      if (container) container.style.display = isKnown ? "inline" : "none";
      else if (!isKnown && find("value")) find("value").textContent = "–";
    }
  }
}
