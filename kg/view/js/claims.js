// The table of claims, its filter and order, and the chart of improvement factors.

const COLUMNS = [
  ["Paper", (c) => c.paperNode?.label || c.paper],
  ["System", (c) => c.subjectLabel || ""],
  ["Metric", (c) => c.metric || ""],
  ["Value", (c) => c.amount ?? -Infinity],
  ["Factor", (c) => c.factor ?? -Infinity],
  ["Baseline", (c) => c.baselineLabel || ""],
  ["Hardware", (c) => (c.hardware || []).map((h) => h[1]).join(", ")],
  ["Sentence", (c) => sentence(c.evidence)],
];
const PAGE_ROWS = 200;
let rowLimit = PAGE_ROWS;
let renderings = 0;
let listed = []; // the claims in the table, in its order

function sentence({ before, exact, after }) {
  return before + exact + after;
}

function startClaims() {
  const head = document.querySelector("#claims-view thead tr");
  head.append(...COLUMNS.map(([name], i) => el("th", { scope: "col", role: "columnheader" }, button(name, () => {
    const { column, down } = state.order;
    set({ order: { column: i, down: column === i ? !down : i === 3 || i === 4 } });
  }))));
  $("claims-filter").addEventListener("input", () => { rowLimit = PAGE_ROWS; set({ words: $("claims-filter").value }); });
  $("claims-more").addEventListener("click", () => { rowLimit += 1000; renderClaims(); });
}

const claimWords = new Map(); // claim -> its row as PLAIN writes it, made when it is first looked for

function wordsOf(claim) {
  if (!claimWords.has(claim)) claimWords.set(claim, PLAIN(`${COLUMNS.map(([, get]) => get(claim)).join(" ")} ${amount(claim)} ${claim.condition || ""}`));
  return claimWords.get(claim);
}

/** Claims that the filters of the graph leave. */
async function claimsLeft() {
  return (await model.claims(null)).filter((claim) => (!claim.paperNode || model.showsNode(claim.paperNode.i)) && (claim.confidence ?? 1) >= state.confidence);
}

/** Claims that the filters of the graph and the words of the table leave, in the order asked for. */
async function chosenClaims() {
  const words = eachWord(PLAIN(state.words));
  const value = COLUMNS[state.order.column][1];
  return (await claimsLeft()).filter((claim) => words.every((word) => wordsOf(claim).includes(word)))
    .sort((a, b) => (state.order.down ? -1 : 1) * compare(value(a), value(b)));
}

/** The filters of the graph that leave claims out, in words. */
function claimFilters() {
  const years = state.yearFrom === state.yearTo ? `year ${state.yearFrom}` : `years ${state.yearFrom} to ${state.yearTo}`;
  const venue = model.venues.find((v) => v.key === state.venue);
  return [state.kindsOff.has("paper") && "no papers", timed() && years, timed() && model.undatedCount > 0 && `${state.undated ? "with" : "without"} undated papers`,
    venue && oneLine(venue.label, 40), state.confidence > 0 && `confidence ${state.confidence.toFixed(2)}`].filter(Boolean);
}

async function renderClaims() {
  if (state.view !== "claims") return;
  if ($("claims-filter").value !== state.words) $("claims-filter").value = state.words;
  const turn = ++renderings;
  const chosen = await chosenClaims();
  if (turn !== renderings) return; // asked again while this one waited
  listed = chosen;
  const acting = claimFilters();
  $("claims-count").textContent = `${number(listed.length)} of ${plural(model.claimCount, "claim")}${acting.length ? `; filters of the graph: ${acting.join(", ")}` : ""}`;
  $("reset-claims").hidden = !acting.length;
  document.querySelectorAll("#claims-view th").forEach((th, i) => {
    if (i === state.order.column) th.setAttribute("aria-sort", state.order.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  });
  const body = document.querySelector("#claims-view tbody");
  body.replaceChildren(...listed.slice(0, rowLimit).map(claimRow));
  const empty = !model.claimCount ? "The papers of this graph state no numbers." : acting.length ? "No claim has these words and passes the filters." : "No claim has these words.";
  if (!listed.length) body.append(el("tr", { role: "row" }, el("td", { role: "cell", colspan: COLUMNS.length, class: "quiet" }, el("div", {}, empty))));
  $("claims-more").hidden = listed.length <= rowLimit;
  $("claims-more").textContent = `Show more of ${number(listed.length)}`;
  renderChart();
}

function compare(a, b) {
  return typeof a === "number" ? a - b || 0 : String(a).localeCompare(String(b), "en", { numeric: true });
}

function claimRow(claim) {
  const { before, exact, after } = claim.evidence;
  const named = (node, text) => (node ? nodeButton(node, text) : text && data(text));
  const arrow = { Increase: "↑", Decrease: "↓" }[claim.direction];
  const cells = [
    named(claim.paperNode, COLUMNS[0][1](claim)),
    named(model.byId(claim.subject), claim.subjectLabel),
    claim.metric && data(claim.metric),
    claim.value && [el("strong", {}, claim.value), arrow ? el("span", { title: claim.direction }, ` ${arrow}`) : null,
      claim.comparator ? el("small", {}, ` ${claim.comparator}`) : null],
    claim.factor && times(claim.factor),
    named(model.byId(claim.baseline), claim.baselineLabel),
    claim.hardware?.map(([id, text]) => named(model.byId(id), text)),
    [before, el("mark", {}, exact), after],
  ];
  const looks = { 0: "paper", 3: "value", 4: "value", 7: "sentence" };
  // Roles are said, because a narrow page lays the table out as cards.
  return el("tr", { role: "row" }, cells.map((content, i) => el("td", { role: "cell", class: `${looks[i] || ""}${content ? "" : " blank"}`,
    "data-name": COLUMNS[i][0], dir: i === 7 ? "auto" : null }, el("div", {}, content || "–"))));
}

function times(factor) {
  return factor.toLocaleString("en", { maximumFractionDigits: factor < 10 ? 2 : 1 });
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
    const name = [claim.subjectLabel || COLUMNS[0][1](claim), claim.metric].filter(Boolean).join(": ");
    return el("li", {}, button([el("span", { class: "name" }, data(oneLine(name, 60))), el("span", { class: "track" }, bar), el("span", { class: "number" }, `${times(claim.factor)}×`)],
      () => claim.paperNode && select({ node: claim.paperNode, focus: true }), { title: oneLine(sentence(claim.evidence), 300) }));
  }));
}
