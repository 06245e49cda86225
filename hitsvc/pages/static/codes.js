// What the page makes, as pure functions: addresses, and the code that embeds them.

export const EXAMPLE = "https://example.com/post";

// What the service shows when a parameter is not there.
export const DEFAULTS = {
  style: "flat",
  label: "hits",
  labelColor: "#555",
  color: "blue",
  logo: "",
  logoColor: "",
  format: "plain",
  show: "total",
  base: "0",
};

const HEIGHTS = { plastic: 18, "for-the-badge": 28 };
const ALT = "Page views";

// Lone surrogates would throw; the rest is what encodeURIComponent leaves alone although
// Markdown, or an attribute in single quotes, gives it a meaning.
export const encode = (text) =>
  encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "\ufffd"))
    .replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeHtml = (text) => text.replace(/[&<>"]/g, (c) => ENTITIES[c]);

export const query = (parameters) =>
  Object.entries(parameters).map(([name, value]) => `${name}=${encode(value)}`).join("&");

// Of all fields, those that say something else than the defaults. An empty field says
// nothing, but for the label: without one the badge has no left side.
export function chosen(fields, defaults = DEFAULTS) {
  const look = {};
  for (const [name, usual] of Object.entries(defaults)) {
    const value = fields[name].trim().replace(/^#(?=([\da-f]{3}){1,2}$)/i, "");
    if (value === usual.replace("#", "") || (!value && name !== "label")) continue;
    look[name] = value;
  }
  if (!look.logo) delete look.logoColor;
  return look;
}

// Addresses that a path can name, whatever proxy it goes through: no query, no escapes, no
// empty segment and none of dots, and nothing that means something to Markdown. All others
// are named by a query.
const PLAIN = /^(?:https?:\/\/)?([a-z\d-]+(?:\.[a-z\d-]+)+(?::\d+)?(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+){0,16})\/?$/i;

// Where the statistics of a page are. `base` is the address of the service, up to its last
// slash.
export function statisticsOf(base, url) {
  const [, key] = (url.length < 1000 && PLAIN.exec(url)) || [];
  return key ? `${base}p/${key}` : `${base}p?url=${encode(url)}`;
}

const SPANS = {
  total: "<span data-hits></span>",
  today: '<span data-hits="today"></span>',
  visitors: '<span data-hits="visitors"></span>',
  "visitors-today": '<span data-hits="visitors-today"></span>',
};
SPANS.both = `${SPANS.today} / ${SPANS.total}`;
SPANS["visitors-both"] = `${SPANS["visitors-today"]} / ${SPANS.visitors}`;

// The code of every kind. `linked`: it leads to the statistics.
//
// NOTE: AsciiDoc reads the target of a block image as it stands; in an inline one,
// underscores would become emphasis.
export function codes(base, mode, url, look, linked = true) {
  const tail = query(look).replace(/^(?=.)/, "&");
  const image = `${base}${mode}/tag.svg?url=${encode(url)}${tail}`;
  const alt = look.show?.startsWith("visitors") ? "Visitors" : ALT;
  const height = HEIGHTS[look.style] ?? 20;
  const page = statisticsOf(base, url);
  const link = (inside, to = escapeHtml(page)) => (linked ? `<a href="${to}">${inside}</a>` : inside);
  const tag = `<img src="${escapeHtml(image)}" height="${height}" alt="${alt}">`;
  const format = look.format ? `<span data-hits-format="${escapeHtml(look.format)}"` : "<span";
  const spans = (SPANS[look.show] ?? SPANS.total).replaceAll("<span", format);
  const permalink = "{{ .Permalink | urlquery }}";
  const hugo = `<img src="${base}${mode}/tag.svg?url=${permalink}${escapeHtml(tail)}" height="${height}" alt="${alt}">`;
  return {
    markdown: linked ? `[![${alt}](${image})](${page})` : `![${alt}](${image})`,
    html: link(tag),
    script: [
      `<script async src="${escapeHtml(base)}hits.js"></script>`,
      link(spans),
      `<noscript>${link(tag)}</noscript>`,
    ].join("\n"),
    image,
    rst: [
      `.. image:: ${image}`,
      ...(linked ? [`   :target: ${page}`] : []),
      `   :height: ${height}px`,
      `   :alt: ${alt}`,
    ].join("\n"),
    asciidoc: `image::${image}[${alt},height=${height}${linked ? `,link="${page}"` : ""}]`,
    bbcode: linked ? `[url=${page}][img]${image}[/img][/url]` : `[img]${image}[/img]`,
    hugo: `{{ if hugo.IsProduction }}${link(hugo, `${base}p?url=${permalink}`)}{{ end }}`,
    react: link(tag.replace(`height="${height}"`, `height={${height}}`).replace(/>$/, " />")),
    json: `${base}${mode}.json?${query({ url })}`,
  };
}
