// startTimeline lets the reader choose a strategy, point at its requests, and look closer.
function startTimeline(box) {
  const benchmarks = JSON.parse($("data").textContent).benchmarks;
  const SENT = 0, FIRST = 1, DONE = 2, STATUS = 3, TOKENS = 4, KIND = 5, SEQUENCE = 6, LINE = 7, WEIGHT = 8, LANE = 9;
  const RIGHT = 12, GAP = 34, STRIP = 70, BINS = 120; // as the drawing that the page came with
  let current, view, place, chosen; // the benchmark, the time in sight, where things are, the request that was asked for
  const micro = (us) => seconds(us / 1e6);

  // prepare counts what is in flight when, and finds how long it all took.
  function prepare(b) {
    if (b.flight) return b;
    const events = [];
    for (const r of b.rows) events.push([r[SENT], r[WEIGHT] / 1000], [r[DONE], -r[WEIGHT] / 1000]);
    events.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    let level = 0;
    b.flight = events.map(([at, step]) => [at, level = Math.max(0, level + step)]);
    b.from = Math.min(0, b.rows[0][SENT]);
    b.to = b.rows.reduce((to, r) => Math.max(to, r[DONE]), Math.max(b.end, b.window, b.from + 1));
    return b;
  }

  // speed is tokens per second in bins of the time in sight.
  function speed(b) {
    const width = (view[1] - view[0]) / BINS, bins = new Array(BINS).fill(0);
    for (const r of b.rows) {
      if (r[FIRST] < 0 || !r[TOKENS]) continue;
      const first = (r[FIRST] - view[0]) / width, last = (Math.max(r[DONE], r[FIRST] + 1) - view[0]) / width;
      const each = r[TOKENS] * r[WEIGHT] / 1000 / (last - first) / (width / 1e6);
      for (let i = Math.max(0, Math.floor(first)); i < BINS && i < last; i++) bins[i] += each * (Math.min(last, i + 1) - Math.max(first, i));
    }
    return bins.map((v, i) => [view[0] + i * width, v]).concat([[view[1], 0]]);
  }

  function barPaths(b, x, pitch) {
    const paths = { wait: [], stream: [], err: [], cut: [], here: [] };
    for (const r of b.rows) {
      if (r[DONE] < view[0] || r[SENT] > view[1]) continue;
      const y = ((r[LANE] + 0.5) * pitch).toFixed(2);
      const bar = (kind, from, to) => paths[kind].push("M" + x(from).toFixed(2) + " " + y + "H" + Math.max(x(to), x(from) + 0.8).toFixed(2));
      if (r === chosen) bar("here", r[SENT], r[DONE]);
      if (r[STATUS] === 1) { bar("err", r[SENT], r[DONE]); continue; }
      if (r[FIRST] < 0) { bar(r[STATUS] === 2 ? "cut" : "wait", r[SENT], r[DONE]); continue; }
      bar("wait", r[SENT], r[FIRST]);
      bar(r[STATUS] === 2 ? "cut" : "stream", r[FIRST], r[DONE]);
    }
    return paths;
  }

  // strip draws an area over time below a name, and returns what its values are.
  function strip(svg, name, steps, x, left, base) {
    const inSight = steps.filter(([at], i) => at <= view[1] && (i + 1 === steps.length || steps[i + 1][0] >= view[0]));
    const peak = Math.max(1e-9, ...inSight.map((s) => s[1]));
    let d = "M" + x(view[0]).toFixed(1) + " " + base, last = base;
    for (const [at, v] of inSight) {
      d += "L" + x(Math.max(at, view[0])).toFixed(1) + " " + last.toFixed(1) + "V" + (last = base - v / peak * STRIP).toFixed(1);
    }
    svg.append(svgElement("path", { class: "strip", d: d + "V" + base + "Z", "clip-path": "url(#timeline-clip)" }),
      svgElement("text", { x: left, y: base - STRIP - 8 }, name),
      svgElement("text", { x: left - 6, y: base - STRIP + 6, "text-anchor": "end" }, digits(Math.round(peak))),
      svgElement("text", { x: left - 6, y: base, "text-anchor": "end" }, "0"));
    return steps;
  }

  function drawAxes(svg, x, left, right, bases) {
    const grid = svgElement("g", { class: "grid" }), bottom = bases[bases.length - 1];
    for (const base of bases) grid.append(svgElement("path", { d: "M" + left + " " + base + "H" + right }));
    for (const t of ticksBetween(view[0] / 1e6, view[1] / 1e6, Math.max(3, right / 140), false)) {
      grid.append(svgElement("path", { d: "M" + x(t * 1e6) + " " + bottom + "v5" }));
      svg.append(svgElement("text", { x: x(t * 1e6), y: bottom + 19, "text-anchor": "middle" }, seconds(t)));
    }
    svg.append(grid);
  }

  function draw() {
    const b = current, width = Math.max(280, box.clientWidth), left = width < 500 ? 46 : 64, right = width - RIGHT;
    const bars = Math.min(Math.max(b.lanes * 16, 40), 260), pitch = bars / b.lanes;
    const bases = [bars + GAP + STRIP, bars + 2 * (GAP + STRIP)], height = bases[1] + 30;
    const x = (us) => left + (us - view[0]) / (view[1] - view[0]) * (right - left);
    const svg = svgElement("svg", { width: width, height: height, viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Requests over time" });
    const clip = svgElement("clipPath", { id: "timeline-clip" });
    clip.append(svgElement("rect", { x: left, y: 0, width: right - left, height: height }));
    const plot = svgElement("g", { "clip-path": "url(#timeline-clip)", class: "bars" });
    svg.append(clip, plot);
    if (b.to > b.window && b.window > 0) {
      plot.append(svgElement("rect", { class: "drain", x: x(b.window), y: 0, width: Math.max(0, x(b.to) - x(b.window)), height: bases[1] }));
    }
    const thick = Math.max(0.7, Math.min(14, pitch * 0.72)), paths = barPaths(b, x, pitch);
    for (const kind in paths) plot.append(svgElement("path", { class: kind, d: paths[kind].join(""), "stroke-width": kind === "here" ? thick + 5 : thick }));
    plot.prepend(plot.querySelector(".here"));
    const flight = strip(svg, "requests in flight", b.flight, x, left, bases[0]);
    const tokens = strip(svg, "output tokens/s", speed(b), x, left, bases[1]);
    drawAxes(svg, x, left, right, bases);
    const brush = svgElement("rect", { class: "brush", y: 0, height: bases[1], width: 0 });
    svg.append(brush);
    box.replaceChildren(svg);
    place = { left: left, right: right, pitch: pitch, bars: bars, bases: bases, flight: flight, tokens: tokens, brush: brush, svg: svg };
  }

  function describe(r) {
    let text = "Request " + r[SEQUENCE] + ", prompt line " + r[LINE] + ": sent at " + micro(r[SENT]);
    if (r[FIRST] >= 0) text += ", first token after " + micro(r[FIRST] - r[SENT]);
    text += [", done after ", ", failed (" + current.kinds[r[KIND]] + ") after ", ", cut off after "][r[STATUS]] + micro(r[DONE] - r[SENT]);
    return text + ", " + r[TOKENS] + " tokens";
  }
  function levelAt(steps, t) {
    let level = 0;
    for (const [when, v] of steps) { if (when > t) break; level = v; }
    return level;
  }
  function requestAt(t, y) {
    const slack = (view[1] - view[0]) / 200;
    let near = null, least = Math.max(8, place.pitch / 2);
    for (const r of current.rows) {
      if (t < r[SENT] - slack || t > r[DONE] + slack) continue;
      const d = Math.abs((r[LANE] + 0.5) * place.pitch - y);
      if (d < least) { least = d; near = r; }
    }
    return near;
  }
  function textAt(px, py) {
    const t = timeAt(px);
    if (py > place.bases[0]) return digits(levelAt(place.tokens, t)) + " output tokens/s at " + micro(t);
    if (py > place.bars) return Math.round(levelAt(place.flight, t)) + " in flight at " + micro(t);
    const r = requestAt(t, py);
    return r && describe(r);
  }
  const timeAt = (px) => view[0] + (px - place.left) / (place.right - place.left) * (view[1] - view[0]);
  const pointAt = (e) => [e.clientX - place.svg.getBoundingClientRect().left, e.clientY - place.svg.getBoundingClientRect().top];

  function look(range) {
    view = range;
    $("timeline-reset").hidden = view[0] === current.from && view[1] === current.to;
    draw();
  }
  function choose(i) {
    current = prepare(benchmarks[i]);
    $("timeline-choice").value = i;
    $("timeline-note").textContent = current.all ? "" : "A sample of " + current.rows.length + " requests; the strips are scaled up to all.";
    look([current.from, current.to]);
  }
  // lookAt shows one request in the middle of the time around it.
  function lookAt(benchmark, sequence) {
    const i = benchmarks.findIndex((b) => b.index === benchmark);
    if (i < 0) return;
    chosen = benchmarks[i].rows.find((r) => r[SEQUENCE] === sequence);
    choose(i);
    if (!chosen) return;
    const around = Math.max(chosen[DONE] - chosen[SENT], 1000) * 0.75;
    look([Math.max(current.from, chosen[SENT] - around), Math.min(current.to, chosen[DONE] + around)]);
  }

  let dragged = null;
  box.addEventListener("pointerdown", (e) => { dragged = pointAt(e)[0]; });
  box.addEventListener("pointermove", (e) => {
    const [px, py] = pointAt(e);
    if (dragged !== null && e.buttons) {
      place.brush.setAttribute("x", Math.min(dragged, px));
      place.brush.setAttribute("width", Math.abs(px - dragged));
      return hideTip();
    }
    const text = textAt(px, py);
    if (text) showTip(text, e.clientX, e.clientY); else hideTip();
  });
  box.addEventListener("pointerleave", () => { dragged = null; place.brush.setAttribute("width", 0); hideTip(); });
  box.addEventListener("pointerup", (e) => {
    if (dragged === null) return;
    const [low, high] = [timeAt(dragged), timeAt(pointAt(e)[0])].sort((a, b) => a - b);
    const far = Math.abs(pointAt(e)[0] - dragged) > 6;
    dragged = null;
    if (far) look([Math.max(low, current.from), Math.min(high, current.to)]);
  });
  $("timeline-choice").addEventListener("change", (e) => { chosen = null; choose(+e.target.value); });
  $("timeline-reset").addEventListener("click", () => { chosen = null; look([current.from, current.to]); });
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-request]");
    if (link) lookAt(...link.dataset.request.split(" ").map(Number));
  });
  let drawn = box.clientWidth;
  new ResizeObserver(() => {
    if (box.clientWidth === drawn) return;
    drawn = box.clientWidth;
    draw();
  }).observe(box);
  choose(+$("timeline-choice").value);
}
if ($("timeline")) startTimeline($("timeline"));
