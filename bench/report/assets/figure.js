// A chart is a figure that the page came with. Places are in units of its drawing, before any zoom.
const charts = new WeakMap();
function chartOf(svg) {
  if (charts.has(svg)) return charts.get(svg);
  const [left, right, top, bottom] = svg.dataset.plot.split(" ").map(Number);
  const labels = [...svg.querySelectorAll("text.axis")].map((t) => t.textContent);
  const c = {
    svg: svg, left: left, right: right, top: top, bottom: bottom, labels: labels,
    x: axisOf(svg.dataset.x, left, right), y: axisOf(svg.dataset.y, bottom, top),
    view: { x0: left, x1: right, y0: top, y1: bottom }, whole: true, lit: null, brush: null,
    marks: [...svg.querySelectorAll("path.mark")].map(readMark),
    curves: [...svg.querySelectorAll("path.line > title, path.cloud > title")].map(readCurve),
    axes: [...svg.querySelectorAll(".grid, .ticks")].map((g) => [g, [...g.childNodes]]),
  };
  charts.set(svg, c);
  return c;
}

// axisOf reads an axis: its values at both ends, and where these are.
function axisOf(text, from, to) {
  const [kind, lo, hi, unit] = text.split(" ");
  return { log: kind === "log", lo: +lo, hi: +hi, write: written[unit], from: from, to: to };
}
function valueAt(axis, place) {
  const share = (place - axis.from) / (axis.to - axis.from);
  return axis.log ? axis.lo * (axis.hi / axis.lo) ** share : axis.lo + share * (axis.hi - axis.lo);
}
function placeOf(axis, value) {
  const share = axis.log ? Math.log(value / axis.lo) / Math.log(axis.hi / axis.lo) : (value - axis.lo) / (axis.hi - axis.lo);
  return axis.from + share * (axis.to - axis.from);
}

// Without this script the titles of marks and lines say what they are.
function readMark(path) {
  const title = path.querySelector("title");
  title.remove();
  return { path: path, text: title.textContent, x: +path.dataset.x, y: +path.dataset.y };
}
function readCurve(title) {
  const path = title.parentNode;
  title.remove();
  const places = [];
  let x = 0, y = 0;
  for (const [, command, first, second] of path.getAttribute("d").matchAll(/([MLHV])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === "H") x = +first; else if (command === "V") y = +first; else [x, y] = [+first, +second];
    places.push([x, y]);
  }
  return { path: path, name: title.textContent, places: places };
}

// stretch is how places are drawn now: factor and offset of both axes.
function stretch(c) {
  const sx = (c.right - c.left) / (c.view.x1 - c.view.x0), sy = (c.bottom - c.top) / (c.view.y1 - c.view.y0);
  return { sx: sx, tx: c.left - c.view.x0 * sx, sy: sy, ty: c.top - c.view.y0 * sy };
}

// nearest finds what is drawn near a point: a mark if there is one, else a place on a curve.
function nearest(c, p, s) {
  let found = null, least = 26 * 26;
  const consider = (x, y, make) => {
    const d = (x * s.sx + s.tx - p.x) ** 2 + (y * s.sy + s.ty - p.y) ** 2;
    if (d < least) { least = d; found = make; }
  };
  for (const m of c.marks) if (!m.path.classList.contains("off")) consider(m.x, m.y, () => m);
  if (found) return found();
  for (const curve of c.curves) {
    if (curve.path.classList.contains("off")) continue;
    for (const [x, y] of curve.places) consider(x, y, () => ({ text: textAt(c, curve.name, x, y) }));
  }
  return found && found();
}
function textAt(c, name, x, y) {
  return name + ": " + c.labels[0] + " " + c.x.write(valueAt(c.x, x)) + ", " + c.labels[1] + " " + c.y.write(valueAt(c.y, y));
}

function light(c, mark) {
  if (c.lit) c.lit.classList.remove("on");
  c.lit = mark && mark.path ? mark.path : null;
  if (c.lit) c.lit.classList.add("on");
}
function pointIn(svg, e) {
  return new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
}

// zoom shows the part of a chart between two corners, or all of it.
function zoom(c, view) {
  c.whole = !view;
  c.view = view || { x0: c.left, x1: c.right, y0: c.top, y1: c.bottom };
  const s = stretch(c), plot = c.svg.querySelector(".plot");
  c.svg.classList.toggle("zoomed", !c.whole);
  if (c.whole) plot.removeAttribute("clip-path"); else plot.setAttribute("clip-path", "url(#" + plot.dataset.clip + ")");
  plot.querySelector(".stretch").setAttribute("transform", "matrix(" + [s.sx, 0, 0, s.sy, s.tx, s.ty].join(" ") + ")");
  for (const e of plot.querySelectorAll("[data-x]")) {
    const dx = e.dataset.x * s.sx + s.tx - e.dataset.x, dy = e.dataset.y ? e.dataset.y * s.sy + s.ty - e.dataset.y : 0;
    e.setAttribute("transform", "translate(" + dx + " " + dy + ")");
  }
  drawAxes(c, s);
  offerWhole(c);
}

// drawAxes gives a zoomed chart round ticks, and a whole one those that it came with.
function drawAxes(c, s) {
  const [[grid, lines], [ticks, names]] = c.axes;
  grid.replaceChildren(...(c.whole ? lines : []));
  ticks.replaceChildren(...(c.whole ? names : []));
  if (c.whole) return;
  const ends = (axis, from, to) => [valueAt(axis, from), valueAt(axis, to)];
  for (const v of ticksBetween(...ends(c.x, c.view.x0, c.view.x1), 5, c.x.log)) {
    const at = placeOf(c.x, v) * s.sx + s.tx;
    grid.append(svgElement("path", { d: "M" + at + " " + c.bottom + "v5" }));
    ticks.append(svgElement("text", { x: at, y: c.bottom, dy: 19, "text-anchor": "middle" }, c.x.write(v)));
  }
  for (const v of ticksBetween(...ends(c.y, c.view.y1, c.view.y0), 5, c.y.log)) {
    const at = placeOf(c.y, v) * s.sy + s.ty;
    grid.append(svgElement("path", { d: "M" + c.left + " " + at + "H" + c.right }));
    ticks.append(svgElement("text", { x: c.left, y: at, dx: -6, dy: 4, "text-anchor": "end" }, c.y.write(v)));
  }
}

function offerWhole(c) {
  const caption = c.svg.parentNode.querySelector("figcaption");
  const button = caption.querySelector("button");
  if (c.whole && button) button.remove();
  if (c.whole || button) return;
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = "Whole figure";
  made.addEventListener("click", () => zoom(c, null));
  caption.append(made);
}

// A drag selects the part to zoom to: a flat one only in x, a narrow one only in y.
function startBrush(c, p) {
  const inside = p.x >= c.left && p.x <= c.right && p.y >= c.top && p.y <= c.bottom;
  if (!inside) return;
  c.brush = { from: p, rect: svgElement("rect", { class: "brush", width: 0, height: 0 }) };
  c.svg.append(c.brush.rect);
}
function brushed(c, p) {
  const keep = (v, lo, hi) => Math.max(lo, Math.min(v, hi));
  const order = (a, b) => (a < b ? [a, b] : [b, a]);
  let [x0, x1] = order(c.brush.from.x, keep(p.x, c.left, c.right));
  let [y0, y1] = order(c.brush.from.y, keep(p.y, c.top, c.bottom));
  if (x1 - x0 < 14 && y1 - y0 < 14) return null;
  if (y1 - y0 < 14) [y0, y1] = [c.top, c.bottom];
  if (x1 - x0 < 14) [x0, x1] = [c.left, c.right];
  return { x0: x0, x1: x1, y0: y0, y1: y1 };
}
function moveBrush(c, p) {
  const r = brushed(c, p);
  if (!r) return;
  for (const [name, v] of [["x", r.x0], ["y", r.y0], ["width", r.x1 - r.x0], ["height", r.y1 - r.y0]]) c.brush.rect.setAttribute(name, v);
}
function endBrush(c, p) {
  const r = p && brushed(c, p), s = stretch(c);
  c.brush.rect.remove();
  c.brush = null;
  if (r) zoom(c, { x0: (r.x0 - s.tx) / s.sx, x1: (r.x1 - s.tx) / s.sx, y0: (r.y0 - s.ty) / s.sy, y1: (r.y1 - s.ty) / s.sy });
}

// The figures of a live page come and go, so the page listens for all of them.
function onChart(type, handle) {
  document.addEventListener(type, (e) => {
    const svg = e.target.closest && e.target.closest("svg.chart");
    if (svg) handle(chartOf(svg), pointIn(svg, e), e);
  });
}
let hovered = null;
function leaveChart() {
  if (!hovered) return;
  light(hovered, null);
  if (hovered.brush) endBrush(hovered, null);
  hovered = null;
  hideTip();
}
document.addEventListener("pointermove", (e) => {
  const svg = e.target.closest && e.target.closest("svg.chart");
  if (hovered && hovered.svg !== svg) leaveChart();
  if (!svg) return;
  const c = hovered = chartOf(svg), p = pointIn(svg, e);
  if (c.brush) return moveBrush(c, p);
  const near = nearest(c, p, stretch(c));
  light(c, near);
  if (near) showTip(near.text, e.clientX, e.clientY); else hideTip();
});
onChart("pointerdown", (c, p, e) => { if (e.button === 0) startBrush(c, p); });
onChart("pointerup", (c, p) => { if (c.brush) endBrush(c, p); });
onChart("dblclick", (c) => zoom(c, null));
document.addEventListener("pointercancel", leaveChart);
