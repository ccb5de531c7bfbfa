"use strict";
const root = document.documentElement;
root.classList.add("js");
const $ = (id) => document.getElementById(id);

// The theme is what the system says until the reader chooses.
function switchTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}
$("theme").addEventListener("click", switchTheme);

// Every strategy's details are part of a printed report.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const d of opened) d.open = true;
});
addEventListener("afterprint", () => { for (const d of opened) d.open = false; });

// sortBy sorts a table by a column: numbers downwards first, texts upwards; empty cells last.
function sortBy(table, column, head) {
  const up = head.hasAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : column === 0;
  for (const h of table.querySelectorAll("thead th")) h.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  const key = (row) => row.cells[column].dataset.sort;
  rows.sort((a, b) => {
    const x = key(a), y = key(b);
    if (x !== undefined && y !== undefined) return up ? x - y : y - x;
    if (x !== undefined || y !== undefined) return x !== undefined ? -1 : 1;
    const order = a.cells[column].textContent.localeCompare(b.cells[column].textContent, "en", { numeric: true });
    return up ? order : -order;
  });
  table.tBodies[0].append(...rows);
}

// makeSortable turns the heads of a table's columns into buttons.
function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, column, head));
  });
}
document.querySelectorAll("table.sortable").forEach(makeSortable);

// One tip serves all figures.
const tip = $("tip");
function showTip(text, x, y) {
  tip.textContent = text;
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = Math.max(6, Math.min(x + 14, innerWidth - box.width - 6));
  const top = y + 18 + box.height > innerHeight ? y - box.height - 12 : y + 18;
  tip.style.transform = "translate(" + left + "px," + Math.max(4, top) + "px)";
}
function hideTip() { tip.hidden = true; }
addEventListener("scroll", hideTip, { passive: true });

// The strategies that the reader does not want to see disappear from figures, tables and details.
const hiddenStrategies = new Set();
function showChosen() {
  for (const e of document.querySelectorAll("[data-of]")) e.classList.toggle("off", hiddenStrategies.has(e.dataset.of));
  for (const box of document.querySelectorAll(".choose input")) box.checked = !hiddenStrategies.has(box.value);
  document.querySelectorAll("#load-figures svg.chart").forEach(redrawSeries);
}

// redrawSeries draws the lines and bands of a chart over load again through the points that are shown; a line through a
// point that was taken away would say something of it. What several strategies show goes with the first of them.
function redrawSeries(chart) {
  for (const rule of chart.querySelectorAll("[data-needs]")) {
    rule.classList.toggle("off", rule.dataset.needs.split(" ").some((of) => hiddenStrategies.has(of)));
  }
  for (const path of chart.querySelectorAll("path.line, path.band")) {
    const series = [...path.classList].find((c) => /^s\d$/.test(c));
    const marks = [...chart.querySelectorAll("path.mark." + series)];
    const shown = marks.map((m, i) => (m.classList.contains("off") ? -1 : i)).filter((i) => i >= 0);
    path.dataset.whole ??= path.getAttribute("d");
    const places = path.dataset.whole.match(/-?[\d.]+ -?[\d.]+/g);
    const band = path.classList.contains("band"), thin = path.classList.contains("thin");
    path.classList.toggle("off", shown.length < (thin ? 1 : 2));
    if (thin || shown.length < 2) continue;
    const along = shown.map((i) => places[i]);
    if (band) along.push(...shown.map((i) => places[places.length - 1 - i]).reverse());
    path.setAttribute("d", "M" + along.join("L") + (band ? "Z" : ""));
  }
}
function toggleStrategy(of) {
  if (!hiddenStrategies.delete(of)) hiddenStrategies.add(of);
  showChosen();
}
function showOnly(of) {
  for (const box of document.querySelectorAll(".choose input")) {
    if (box.value === of) hiddenStrategies.delete(box.value); else hiddenStrategies.add(box.value);
  }
  showChosen();
}
// strategyAt is the strategy of the legend's entry or the choice that an event is about.
function strategyAt(e) {
  const entry = e.target.closest(".legend li[data-of]");
  if (entry) return $("choose-all") ? entry.dataset.of : undefined;
  const choice = e.target.closest(".choose label");
  return choice ? choice.querySelector("input").value : undefined;
}
document.addEventListener("click", (e) => {
  if (e.target.id === "choose-all") {
    hiddenStrategies.clear();
    showChosen();
  } else if (e.target.closest(".legend li") && strategyAt(e) !== undefined) {
    toggleStrategy(strategyAt(e));
  }
});
document.addEventListener("change", (e) => { if (e.target.closest(".choose")) toggleStrategy(e.target.value); });
document.addEventListener("dblclick", (e) => { if (strategyAt(e) !== undefined) showOnly(strategyAt(e)); });

function svgElement(name, attributes, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const a in attributes) e.setAttribute(a, attributes[a]);
  if (text !== undefined) e.textContent = text;
  return e;
}

// Values as the report writes them: three digits and a unit.
function digits(v) { return Math.abs(v) < 1000 ? +v.toPrecision(3) : Math.round(v).toLocaleString("en"); }
function seconds(v) {
  const a = Math.abs(v);
  const [scaled, unit] = a === 0 ? [0, "s"] : a < 1e-3 ? [v * 1e6, "µs"] : a < 1 ? [v * 1e3, "ms"] : a < 1000 ? [v, "s"] : [v / 60, "min"];
  return digits(scaled) + " " + unit;
}
const written = { time: seconds, number: digits, share: (v) => +(v * 100).toFixed(1) + " %" };

// roundStep is the smallest of 1, 2, 5 times a power of ten that is not below v.
function roundStep(v) {
  const power = 10 ** Math.floor(Math.log10(v));
  return power * [1, 2, 5, 10].find((m) => m * power >= v * 0.999);
}
// ticksBetween are round values from lo to hi.
function ticksBetween(lo, hi, count, log) {
  const ticks = [];
  if (log && hi / lo > 20) {
    for (let power = 10 ** Math.floor(Math.log10(lo)); power <= hi; power *= 10) {
      for (const m of hi / lo > 1000 ? [1] : [1, 3]) if (m * power >= lo && m * power <= hi) ticks.push(m * power);
    }
    return ticks;
  }
  const step = roundStep((hi - lo) / count);
  for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}
