// follow brings the page up to date about once a second, but not while the reader looks closer at a figure.
function followRun() {
  const often = 1000, rarely = 5000;
  const busy = () => !tip.hidden || document.querySelector("svg.zoomed, .brush") !== null;
  const say = (text) => { if ($("link").textContent !== text) $("link").textContent = text; };

  // What a reader has chosen outlives the nodes that it was chosen with.
  function keep() {
    return {
      axis: $("axis-rate") !== null && $("axis-rate").checked,
      scrolled: [...document.querySelectorAll("#live .scroll")].map((e) => [e.scrollLeft, e.scrollTop]),
      sorted: [...document.querySelectorAll("#live table.sortable")].map((table) => {
        const heads = [...table.tHead.rows[0].cells], column = heads.findIndex((h) => h.hasAttribute("aria-sort"));
        return column < 0 ? null : [column, heads[column].getAttribute("aria-sort")];
      }),
    };
  }
  function restore(kept) {
    if (kept.axis && $("axis-rate")) $("axis-rate").checked = true;
    document.querySelectorAll("#live .scroll").forEach((e, i) => { if (kept.scrolled[i]) [e.scrollLeft, e.scrollTop] = kept.scrolled[i]; });
    document.querySelectorAll("#live table.sortable").forEach((table, i) => {
      makeSortable(table);
      if (!kept.sorted[i]) return;
      const [column, order] = kept.sorted[i], head = table.tHead.rows[0].cells[column];
      sortBy(table, column, head);
      if (head.getAttribute("aria-sort") !== order) sortBy(table, column, head);
    });
    showChosen();
  }

  async function refresh() {
    try {
      const answer = await fetch("body", { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) throw new Error("status " + answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (busy()) { say("Held while you look closer."); return often; }
      const kept = keep();
      $("live").replaceChildren(...fresh.body.childNodes);
      restore(kept);
      say("");
      return often;
    } catch {
      say("The run is over, or cannot be reached: these are its last figures.");
      return rarely;
    }
  }
  async function again() {
    const wait = document.hidden ? often : await refresh();
    setTimeout(again, wait);
  }
  setTimeout(again, often);
}
followRun();
