// Counts page views, fills [data-hits]: see docs/embedding.md.
(() => {
  const { origin } = new URL(document.currentScript.src);
  const loaded = Symbol.for("hitsvc " + origin);
  if (document[loaded] || !/^http/.test(location.protocol)) return;
  document[loaded] = true;

  const privacy = navigator.globalPrivacyControl;
  let path, link, url;
  let numbers, asked, filled; // of this view

  const address = (route) => origin + route + "?url=" + encodeURIComponent(url);

  async function ask(route, method) {
    const mine = (asked = filled);
    try {
      const response = await fetch(address(route), {
        method,
        credentials: privacy ? "omit" : "include",
        keepalive: true,
        referrerPolicy: "no-referrer",
      });
      const answer = response.ok && (await response.json());
      if (mine !== filled) return; // a later view
      numbers = answer;
      fill();
    } catch {} // the elements keep their text
  }

  function fill() {
    for (const element of document.querySelectorAll("[data-hits]")) {
      if (filled.has(element)) continue; // once a view, or two counters would fight
      if (!asked) ask("/nocount.json");
      if (!numbers) return;
      filled.add(element);
      const number = numbers[element.dataset.hits || "total"];
      if (number >= 0) element.textContent = number;
    }
  }

  function view() {
    filled = new WeakSet();
    numbers = asked = null;
    // No beacon: blockers refuse every one, and the browser says that it was sent.
    if (!off()) ask("/count.json", "POST");
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

  function look() {
    off();
    const now = location.pathname.replace(/\/+$/, "");
    if (now === path) return;
    path = now;
    const old = link;
    link = document.querySelector("link[rel~=canonical]")?.href;
    const [, page, host] = /^(https?:\/\/([^/?#]+)[^?#]*)/.exec(link) || [];
    // Single-page apps may leave the old link.
    url = host === location.host && link !== old ? page : location.origin + path;
    view();
  }

  function start() {
    // Before the body, the link may be yet to come.
    const changed = () => (url ? fill() : document.body && look());
    changed();
    new MutationObserver(changed).observe(document, { childList: true, subtree: true });
    addEventListener("pageshow", (event) => event.persisted && view());

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
