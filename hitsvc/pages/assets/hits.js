// Counts page views, fills [data-hits] and [data-hits-url]: see docs/embedding.md.
(() => {
  // A module has no currentScript, but an error in it names its address.
  const script = document.currentScript || document.querySelector("script[data-hits-service]");
  const named = script?.dataset.hitsService || window.hitsService;
  const source = named
    ? named.replace(/\/*$/, "/")
    : script?.src || /https?:[^\s()]+\/hits\.js/.exec(Error().stack)?.[0];
  if (!/^http/.test(location.protocol)) return;
  if (!source) return console.error("hits.js needs data-hits-service");
  const base = new URL(".", new URL(source, document.baseURI)).href;
  const loaded = Symbol.for("hitsvc " + base);
  if (document[loaded]) return;
  document[loaded] = true;

  // Which parameters, and whether routes (#), tell pages apart: the service puts it in.
  const kept = "HITSVC_KEPT".split(",");
  const privacy = navigator.globalPrivacyControl;
  const home = original() || location.origin;
  const host = bare(home);
  const anchor = document.createElement("a");
  const roots = new Set(); // the document and its shadow roots
  let path, link, url;
  let filled, numbers; // of this view, by element and by page

  // Google translates my-site.example/post at my--site-example.translate.goog/post.
  function original() {
    const name = /^([^.]+)\.translate\.goog$/.exec(location.hostname)?.[1];
    const said = (key) => new URLSearchParams(location.search).get("_x_tr_" + key) || "";
    const flag = (digit, meant) => (all) => (said("enc").includes(digit) ? meant : all);
    return (
      name &&
      "https://" +
        (said("hp") + name)
          .replace(/^1-/, flag(1, ""))
          .replace(/^0-/, flag(0, "xn----"))
          .replace(/\b-\b/g, ".")
          .replace(/--/g, "-")
    );
  }

  function bare(address) {
    return /^https?:\/\/(?:www\.)?([^/?#]*)/.exec(address)?.[1];
  }

  async function ask(route, pages, body) {
    const mine = numbers;
    for (const page of pages) mine.set(page, null); // asked for
    try {
      const response = await fetch(base + route, {
        method: "POST",
        body,
        credentials: privacy ? "omit" : "include",
        keepalive: true,
        referrerPolicy: "no-referrer",
      });
      const answers = response.ok ? [await response.json()].flat() : [];
      answers.forEach((answer, i) => mine.set(pages[i], answer));
      if (mine === numbers) fill(); // else it is a later view
    } catch {} // the elements keep their text
  }

  // What the service takes in one request.
  function read(pages) {
    const body = JSON.stringify(pages);
    const half = pages.length / 2;
    if (half > 50 || (half > 0.5 && body.length > 16e3)) {
      read(pages.slice(0, half));
      read(pages.slice(half));
    } else if (half) ask("nocount.json", pages, body);
  }

  function fill() {
    const wanted = new Set();
    for (const root of roots) {
      if (!root.isConnected) roots.delete(root);
      for (const element of root.querySelectorAll("[data-hits],[data-hits-url],[id*=_value_]")) {
        const { hits, hitsUrl, hitsFormat } = element.dataset;
        anchor.href = hitsUrl;
        const page = hitsUrl ? anchor.href.replace(location.origin, home).replace(/\/+$/, "") : url;
        // As busuanzi and vercount call them: busuanzi_value_site_pv.
        // JSX writes data-hits="true".
        const key = (hits !== "true" && hits) || element.id.split("_value_")[1] || "total";
        const wish = [page, key, hitsFormat].join();
        if (filled.get(element) === wish) continue; // once a view, or two counters would fight
        const answer = numbers.get(page);
        if (answer === undefined) wanted.add(page);
        if (!answer) continue;
        const number = answer[key];
        if (number >= 0) {
          filled.set(element, wish);
          element.textContent = written(number, hitsFormat);
          // Where that may come from; it comes once.
        } else import(base + "site.js").then((site) => site.tell(answer)).then(fill, () => {});
      }
    }
    if (document.readyState !== "loading") read([...wanted]);
  }

  // As on a badge: cut off, never rounded up.
  function written(number, format) {
    if (format === "grouped") return number.toLocaleString("en");
    const digits = String(number);
    const power = ((digits.length - 1) / 3) | 0;
    if (format !== "metric" || !power) return digits;
    const whole = digits.slice(0, digits.length - 3 * power);
    const tenth = digits[whole.length];
    return whole + (whole[2] || tenth === "0" ? "" : "." + tenth) + "kMGTP"[power - 1];
  }

  function view() {
    filled = new WeakMap();
    numbers = new Map();
    if (!off()) ask("count.json?url=" + encodeURIComponent(url), [url]);
    fill();
  }

  // Own visits do not count after #hits-off.
  function off() {
    const { hash } = location;
    try {
      if (hash === "#hits-off") localStorage["hitsvc.off"] = "1";
      if (hash === "#hits-on") delete localStorage["hitsvc.off"];
      return localStorage["hitsvc.off"] === "1";
    } catch {
      return hash === "#hits-off"; // storage is blocked
    }
  }

  function identity({ pathname, search, hash }) {
    const query = new URLSearchParams(search);
    for (const name of [...query.keys()]) if (!kept.includes(name)) query.delete(name);
    const route = kept.includes("#") && /^#[!/]/.test(hash) ? hash : "";
    return pathname.replace(/\/+$/, "") + `?${query}`.replace(/\?$/, "") + route;
  }

  function look() {
    off();
    const now = identity(location);
    if (now === path) return;
    path = now;
    const old = link;
    link = document.querySelector("link[rel~=canonical]")?.href;
    // Single-page apps may leave the old link.
    url = home + path;
    if (bare(link) === host && link !== old) {
      anchor.href = link;
      url = anchor.origin + identity(anchor);
    }
    view();
  }

  // Before the body, the link may be yet to come.
  const changed = () => (url ? fill() : document.body && look());
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) addedNodes.forEach(search);
    changed();
  });

  function watch(root) {
    roots.add(root);
    const attributeFilter = ["data-hits", "data-hits-url", "data-hits-format"];
    observer.observe(root, { childList: true, subtree: true, attributeFilter });
    search(root);
  }

  function search(node) {
    for (const { shadowRoot } of [node, ...(node.querySelectorAll?.("*") || [])])
      if (shadowRoot) watch(shadowRoot);
  }

  function start() {
    watch(document);
    changed();
    addEventListener("DOMContentLoaded", changed);
    addEventListener("pageshow", (event) => event.persisted && view());

    // A component may get its shadow root long after it was added.
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      const root = attachShadow.call(this, init);
      watch(root);
      return root;
    };

    const moved = () => setTimeout(look);
    // It may be an element of that id.
    if (window.navigation?.currentEntry)
      return navigation.addEventListener("currententrychange", moved);
    addEventListener("popstate", moved);
    for (const name of ["pushState", "replaceState"]) {
      const original = history[name];
      history[name] = (...args) => {
        original.apply(history, args);
        moved();
      };
    }
  }

  if (document.prerendering) document.addEventListener("prerenderingchange", start);
  else start();
})();
