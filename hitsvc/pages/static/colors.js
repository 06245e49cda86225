// The colour wells: <input type="color" data-field="ID"> shows the colour that the text
// field of that id names, and a colour that is picked goes into that field.

// The names that mean another colour on a badge than in CSS, or are no CSS names.
const BADGE_COLORS = {
  brightgreen: "#4b0",
  green: "#67ac09",
  yellow: "#d8b800",
  yellowgreen: "#95991a",
  orange: "#ea7233",
  red: "#dd4343",
  blue: "#007ec6",
  grey: "#555",
  gray: "#555",
  lightgrey: "#939393",
  lightgray: "#939393",
};

const wells = document.querySelectorAll("[data-field]");
const fieldOf = (well) => document.getElementById(well.dataset.field);
const pen = document.createElement("canvas").getContext("2d");

// A canvas knows every CSS colour, and ignores what is none.
function hexOf(text, otherwise) {
  const name = text.trim().toLowerCase().replace(/^(?=([\da-f]{3}){1,2}$)/, "#");
  pen.fillStyle = otherwise;
  pen.fillStyle = BADGE_COLORS[name] ?? name;
  return pen.fillStyle.startsWith("#") ? pen.fillStyle : otherwise;
}

// On the way down, so that who listens further in finds the field filled already.
document.addEventListener("input", ({ target }) => {
  if (target.dataset?.field) fieldOf(target).value = target.value;
  for (const well of wells) well.value = hexOf(fieldOf(well).value, well.defaultValue);
}, { capture: true });
