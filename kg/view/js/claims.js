// The table of claims, its filter and order, and the chart of improvement factors.

const COLUMNS = [
  ["Paper", (c) => NODE_BY_ID.get(c.paper)?.label || c.paper],
  ["System", (c) => c.subjectLabel || ""],
  ["Metric", (c) => c.metric || ""],
  ["Value", (c) => c.amount ?? -Infinity],
  ["Times better", (c) => c.factor ?? -Infinity],
  ["Baseline", (c) => c.baselineLabel || ""],
  ["Hardware", (c) => (c.hardware || []).map((h) => h[1]).join(", ")],
  ["Sentence", (c) => parts(c.evidence).join("")],
];
const PAGE_ROWS = 200;
let order = { column: 4, down: true };
let rowLimit = PAGE_ROWS;
let listed = CLAIMS;

function startClaims() {
  const head = document.querySelector("#claims-view thead tr");
  head.append(...COLUMNS.map(([name], i) => el("th", { scope: "col" }, button(name, () => {
    order = { column: i, down: order.column === i ? !order.down : i === 3 || i === 4 };
    renderClaims();
  }))));
  $("claims-filter").addEventListener("input", () => { rowLimit = PAGE_ROWS; renderClaims(); });
  $("claims-more").addEventListener("click", () => { rowLimit += 1000; renderClaims(); });
}

function renderClaims() {
  const words = FOLD($("claims-filter").value).split(/\s+/).filter(Boolean);
  const value = COLUMNS[order.column][1];
  listed = CLAIMS.filter((claim) => {
    const text = FOLD(COLUMNS.map(([, get]) => get(claim)).join(" ") + ` ${amount(claim)} ${claim.condition || ""}`);
    return words.every((word) => text.includes(word));
  }).sort((a, b) => (order.down ? -1 : 1) * compare(value(a), value(b)));
  $("claims-count").textContent = `${listed.length} of ${plural(CLAIMS.length, "claim")}`;
  document.querySelectorAll("#claims-view th").forEach((th, i) => {
    if (i === order.column) th.setAttribute("aria-sort", order.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  });
  const body = document.querySelector("#claims-view tbody");
  body.replaceChildren(...listed.slice(0, rowLimit).map(claimRow));
  if (!listed.length) body.append(el("tr", {}, el("td", { colspan: COLUMNS.length, class: "quiet" }, CLAIMS.length ? "No claim has these words." : "The papers of this graph state no numbers.")));
  $("claims-more").hidden = listed.length <= rowLimit;
  $("claims-more").textContent = `Show more of ${listed.length}`;
  renderChart();
}

function compare(a, b) {
  return typeof a === "number" ? a - b || 0 : String(a).localeCompare(String(b), "en", { numeric: true });
}

function claimRow(claim) {
  const [before, exact, after] = parts(claim.evidence);
  const named = (id, text) => (NODE_BY_ID.has(id) ? nodeButton(NODE_BY_ID.get(id), text) : text ? data(text) : "–");
  const arrow = { Increase: "↑", Decrease: "↓" }[claim.direction];
  return el("tr", {},
    el("td", { class: "paper" }, named(claim.paper, COLUMNS[0][1](claim))),
    el("td", {}, named(claim.subject, claim.subjectLabel)),
    el("td", {}, claim.metric ? data(claim.metric) : "–"),
    el("td", { class: "value" }, el("strong", {}, claim.value || "–"), arrow ? el("span", { title: claim.direction }, ` ${arrow}`) : null,
      claim.comparator ? el("small", {}, claim.comparator) : null),
    el("td", { class: "value" }, claim.factor ? claim.factor.toFixed(2) : "–"),
    el("td", {}, named(claim.baseline, claim.baselineLabel)),
    el("td", {}, (claim.hardware || []).length ? claim.hardware.map(([id, text]) => named(id, text)) : "–"),
    el("td", { class: "sentence", dir: "auto" }, before, el("mark", {}, exact), after));
}

/** The dozen largest factors of the listed claims, on a scale from 1. */
function renderChart() {
  const best = listed.filter((c) => c.factor > 1).sort((a, b) => b.factor - a.factor).slice(0, 12);
  $("chart").hidden = best.length < 2;
  // Factors span decades: a logarithm keeps 1.2 and 40 both readable.
  const full = Math.log(best.length ? best[0].factor : 2);
  $("chart").querySelector("ol").replaceChildren(...best.map((claim) => {
    const bar = el("span", { class: "bar" });
    bar.style.width = `${Math.max(1, (100 * Math.log(claim.factor)) / full)}%`;
    const name = claim.subjectLabel || COLUMNS[0][1](claim);
    return el("li", {}, button([el("span", { class: "name" }, data(oneLine(name, 40))), el("span", { class: "track" }, bar), el("span", { class: "number" }, `${claim.factor.toFixed(2)}×`)],
      () => { const node = NODE_BY_ID.get(claim.paper); if (node) select({ node, focus: true }); },
      { title: oneLine(parts(claim.evidence).join(""), 300) }));
  }));
}
