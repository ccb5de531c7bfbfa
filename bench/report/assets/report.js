"use strict";
(function () {
  const root = document.documentElement;
  root.classList.add("js");
  const $ = (id) => document.getElementById(id);

  // Theme: what the system says until the reader chooses.
  $("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // Every strategy's details are part of a printed report.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const d of opened) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of opened) d.open = false; });

  // Tables sort by a click on a column's head: numbers downwards first, texts upwards; empty cells last.
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
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, column, head));
    });
  }

  // One tip for all figures.
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

  // Marks of a figure say what they are when the pointer is near. Without this script their titles do.
  for (const svg of document.querySelectorAll("figure > svg")) {
    const marks = [...svg.querySelectorAll("path.mark")].map((path) => {
      const title = path.querySelector("title");
      const text = title.textContent;
      title.remove();
      return { path: path, text: text, x: +path.dataset.x, y: +path.dataset.y };
    });
    let on = null;
    const light = (m) => {
      if (on) on.path.classList.remove("on");
      on = m;
      if (on) on.path.classList.add("on");
    };
    svg.addEventListener("pointermove", (e) => {
      const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      let near = null, least = 30 * 30;
      for (const m of marks) {
        const d = (m.x - p.x) ** 2 + (m.y - p.y) ** 2;
        if (d < least) { least = d; near = m; }
      }
      light(near);
      if (near) showTip(near.text, e.clientX, e.clientY); else hideTip();
    });
    svg.addEventListener("pointerleave", () => { light(null); hideTip(); });
  }

  // Timeline.
  const box = $("timeline");
  if (!box) return;
  const benchmarks = JSON.parse($("data").textContent).benchmarks;
  const SENT = 0, FIRST = 1, DONE = 2, STATUS = 3, TOKENS = 4, KIND = 5, SEQUENCE = 6, LINE = 7, WEIGHT = 8;
  const LEFT = 52, RIGHT = 10, GAP = 30, FLIGHT = 76, BOTTOM = 30;
  const NS = "http://www.w3.org/2000/svg";
  let current, view, bars, height; // the benchmark, the time in sight, sizes

  function element(name, attributes, text) {
    const e = document.createElementNS(NS, name);
    for (const a in attributes) e.setAttribute(a, attributes[a]);
    if (text !== undefined) e.textContent = text;
    return e;
  }
  function time(us) {
    const a = Math.abs(us);
    const [v, unit] = a < 1e3 ? [us, "µs"] : a < 1e6 ? [us / 1e3, "ms"] : [us / 1e6, "s"];
    return (Math.abs(v) < 100 ? +v.toPrecision(3) : Math.round(v)) + " " + unit;
  }
  function roundStep(v) {
    const power = 10 ** Math.floor(Math.log10(v));
    return power * [1, 2, 5, 10].find((m) => m * power >= v * 0.999);
  }

  // prepare gives each request the first slot that is free, and counts what is in flight when.
  function prepare(b) {
    if (b.lanes) return b;
    const free = [];
    b.lane = b.rows.map((r) => {
      let i = free.findIndex((until) => until <= r[SENT]);
      if (i < 0) i = free.length;
      free[i] = r[DONE];
      return i;
    });
    b.lanes = free.length;
    const events = [];
    for (const r of b.rows) events.push([r[SENT], r[WEIGHT] / 1000], [r[DONE], -r[WEIGHT] / 1000]);
    events.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    let level = 0;
    b.flight = events.map(([at, step]) => [at, level = Math.max(0, level + step)]);
    b.peak = Math.max(1, ...b.flight.map((f) => f[1]));
    b.from = Math.min(0, b.rows[0][SENT]);
    b.to = Math.max(b.end, b.window, ...b.rows.map((r) => r[DONE]), b.from + 1);
    return b;
  }

  function draw() {
    const width = Math.max(280, box.clientWidth), b = current, right = width - RIGHT;
    bars = Math.max(40, Math.min(260, b.lanes * 16));
    height = bars + GAP + FLIGHT + BOTTOM;
    const x = (us) => LEFT + (us - view[0]) / (view[1] - view[0]) * (right - LEFT);
    const svg = element("svg", { width: width, height: height, viewBox: "0 0 " + width + " " + height });
    const clip = element("clipPath", { id: "timeline-clip" });
    clip.append(element("rect", { x: LEFT, y: 0, width: right - LEFT, height: height - BOTTOM }));
    svg.append(clip);
    const plot = element("g", { "clip-path": "url(#timeline-clip)", class: "bars" });
    if (b.to > b.window && b.window > 0) {
      plot.append(element("rect", { class: "drain", x: x(b.window), y: 0, width: Math.max(0, x(b.to) - x(b.window)), height: height - BOTTOM }));
    }
    const pitch = bars / b.lanes, paths = { wait: [], stream: [], err: [], cut: [] };
    b.rows.forEach((r, i) => {
      if (r[DONE] < view[0] || r[SENT] > view[1]) return;
      const y = ((b.lane[i] + 0.5) * pitch).toFixed(2);
      const bar = (kind, from, to) => paths[kind].push("M" + x(from).toFixed(2) + " " + y + "H" + Math.max(x(to), x(from) + 0.8).toFixed(2));
      if (r[STATUS] === 1) return bar("err", r[SENT], r[DONE]);
      const first = r[FIRST] < 0 ? r[DONE] : r[FIRST];
      bar("wait", r[SENT], first);
      if (r[FIRST] >= 0) bar(r[STATUS] === 2 ? "cut" : "stream", first, r[DONE]);
      else if (r[STATUS] === 2) bar("cut", Math.max(r[SENT], r[DONE] - (view[1] - view[0]) / 300), r[DONE]);
    });
    const thick = Math.max(0.7, Math.min(14, pitch * 0.72));
    for (const kind in paths) plot.append(element("path", { class: kind, d: paths[kind].join(""), "stroke-width": thick }));
    svg.append(plot);

    const base = bars + GAP + FLIGHT, level = (v) => base - v / b.peak * FLIGHT;
    let d = "M" + x(b.from).toFixed(1) + " " + base;
    let last = base;
    for (const [at, v] of b.flight) {
      d += "L" + x(at).toFixed(1) + " " + last.toFixed(1) + "V" + (last = level(v)).toFixed(1);
    }
    const flight = element("g", { "clip-path": "url(#timeline-clip)" });
    flight.append(element("path", { class: "flight", d: d + "V" + base + "Z" }));
    svg.append(flight);

    const axes = element("g", { class: "grid" });
    axes.append(element("path", { d: "M" + LEFT + " " + base + "H" + right }), element("path", { d: "M" + LEFT + " " + (bars + 4) + "H" + right }));
    const step = roundStep((view[1] - view[0]) / Math.max(3, width / 130));
    for (let t = Math.ceil(view[0] / step) * step; t <= view[1]; t += step) {
      axes.append(element("path", { d: "M" + x(t) + " " + base + "v5" }));
      svg.append(element("text", { x: x(t), y: base + 19, "text-anchor": "middle" }, t === 0 ? "0" : time(t)));
    }
    svg.append(axes);
    svg.append(element("text", { x: LEFT - 8, y: 12, "text-anchor": "end" }, b.lanes === 1 ? "1 slot" : b.lanes + " slots"),
      element("text", { x: LEFT, y: bars + GAP - 6 }, "in flight"),
      element("text", { x: LEFT - 8, y: level(b.peak) + 4, "text-anchor": "end" }, Math.round(b.peak)),
      element("text", { x: LEFT - 8, y: base + 4, "text-anchor": "end" }, "0"));
    const brush = element("rect", { class: "brush", y: 0, height: height - BOTTOM, width: 0 });
    svg.append(brush);
    box.replaceChildren(svg);
    listen(svg, brush, (px) => view[0] + (px - LEFT) / (right - LEFT) * (view[1] - view[0]), pitch);
  }

  function describe(r) {
    const of = current.kinds[r[KIND]];
    let text = "Request " + r[SEQUENCE] + ", prompt line " + r[LINE] + ": sent at " + time(r[SENT]);
    if (r[FIRST] >= 0) text += ", first token after " + time(r[FIRST] - r[SENT]);
    text += [", done after ", ", failed (" + of + ") after ", ", cut off after "][r[STATUS]] + time(r[DONE] - r[SENT]);
    return text + ", " + r[TOKENS] + " tokens";
  }

  function listen(svg, brush, timeAt, pitch) {
    let from = null;
    const at = (e) => [e.clientX - svg.getBoundingClientRect().left, e.clientY - svg.getBoundingClientRect().top];
    svg.addEventListener("pointerdown", (e) => { from = at(e)[0]; });
    svg.addEventListener("pointermove", (e) => {
      const [px, py] = at(e);
      if (from !== null && e.buttons) {
        brush.setAttribute("x", Math.min(from, px));
        brush.setAttribute("width", Math.abs(px - from));
        return hideTip();
      }
      const t = timeAt(px), b = current;
      if (py > bars) {
        let level = 0;
        for (const [when, v] of b.flight) { if (when > t) break; level = v; }
        return showTip(Math.round(level) + " in flight at " + time(t), e.clientX, e.clientY);
      }
      const slack = (view[1] - view[0]) / 200;
      let near = null, least = Infinity;
      b.rows.forEach((r, i) => {
        if (t < r[SENT] - slack || t > r[DONE] + slack) return;
        const d = Math.abs((b.lane[i] + 0.5) * pitch - py);
        if (d < least) { least = d; near = r; }
      });
      if (near && least < Math.max(8, pitch / 2)) showTip(describe(near), e.clientX, e.clientY); else hideTip();
    });
    svg.addEventListener("pointerleave", () => { from = null; brush.setAttribute("width", 0); hideTip(); });
    svg.addEventListener("pointerup", (e) => {
      if (from === null) return;
      const [low, high] = [timeAt(from), timeAt(at(e)[0])].sort((a, b) => a - b);
      const far = Math.abs(at(e)[0] - from) > 6;
      from = null;
      if (far) look([Math.max(low, current.from), Math.min(high, current.to)]);
    });
  }

  function look(range) {
    view = range;
    $("timeline-reset").hidden = view[0] === current.from && view[1] === current.to;
    draw();
  }
  function choose(i) {
    current = prepare(benchmarks[i]);
    const ends = current.all ? "" : "A sample of " + current.rows.length + " requests; the requests in flight are scaled up.";
    $("timeline-note").textContent = ends;
    look([current.from, current.to]);
  }
  $("timeline-choice").addEventListener("change", (e) => choose(+e.target.value));
  $("timeline-reset").addEventListener("click", () => look([current.from, current.to]));
  let drawn = box.clientWidth;
  new ResizeObserver(() => {
    if (box.clientWidth === drawn) return;
    drawn = box.clientWidth;
    draw();
  }).observe(box);
  choose(+$("timeline-choice").value);
})();
