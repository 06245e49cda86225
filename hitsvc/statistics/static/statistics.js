// The chart by keyboard: one stop of the Tab key, and arrows from bar to bar. Without this
// file each bar is a stop.

const bars = [...document.querySelectorAll(".plot g[tabindex]")];

function stopAt(bar) {
  for (const other of bars) other.setAttribute("tabindex", other === bar ? "0" : "-1");
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

function move(event) {
  const step = STEPS[event.key];
  if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  const place = bars.indexOf(event.target) + step;
  const bar = bars[Math.min(Math.max(place, 0), bars.length - 1)];
  stopAt(bar);
  bar.focus();
  event.preventDefault();
}

if (bars.length) {
  stopAt(bars.at(-1));
  document.querySelector(".plot").addEventListener("keydown", move);
}
