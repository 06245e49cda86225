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

const SPANS = {
  total: "<span data-hits></span>",
  today: '<span data-hits="today"></span>',
};
SPANS.both = `${SPANS.today} / ${SPANS.total}`;

// NOTE: AsciiDoc reads the target of a block image as it stands; in an inline one,
// underscores would become emphasis.
//
// `base` is the address of the service, up to its last slash.
export function codes(base, mode, url, look) {
  const image = `${base}${mode}/tag.svg?${query({ url, ...look })}`;
  const tag = `<img src="${escapeHtml(image)}" alt="Hits">`;
  const format = look.format ? `<span data-hits-format="${escapeHtml(look.format)}"` : "<span";
  return {
    html: tag,
    markdown: `![Hits](${image})`,
    rst: `.. image:: ${image}\n   :alt: Hits`,
    asciidoc: `image::${image}[Hits]`,
    image,
    json: `${base}${mode}.json?${query({ url })}`,
    script: [
      `<script async src="${escapeHtml(base)}hits.js"></script>`,
      SPANS[look.show ?? "total"].replaceAll("<span", format),
      `<noscript>${tag}</noscript>`,
    ].join("\n"),
  };
}
