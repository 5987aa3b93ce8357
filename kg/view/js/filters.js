// Filters fade, they never remove; what they leave is always counted in words.

const MOST_RELATIONS = 40; // a hand-made network may have any number of them

function startFilters() {
  $("years").hidden = !model.years.length || (YEAR_MIN === YEAR_MAX && !model.undatedCount);
  $("undated-box").hidden = !model.undatedCount;
  $("undated-count").textContent = number(model.undatedCount);
  for (const id of ["year-from", "year-to"]) for (const year of model.years) $(id).append(el("option", { value: year }, String(year)));
  $("venues").hidden = !model.venues.length;
  $("venue").append(el("option", { value: "" }, "any"), ...model.venues.map((v) => el("option", { value: v.key }, `${oneLine(v.label, 40)} (${v.count})`)));
  $("year-from").addEventListener("change", () => setYears(Number($("year-from").value), Math.max(state.yearTo, Number($("year-from").value))));
  $("year-to").addEventListener("change", () => setYears(Math.min(state.yearFrom, Number($("year-to").value)), Number($("year-to").value)));
  $("undated").addEventListener("change", () => set({ undated: $("undated").checked }));
  $("venue").addEventListener("change", () => set({ venue: $("venue").value }));
  $("confidence").addEventListener("input", () => set({ confidence: Number($("confidence").value) }));
  $("depth").addEventListener("input", () => set({ depth: Number($("depth").value) }));
  for (const id of ["reset", "reset-too", "reset-claims"]) $(id).addEventListener("click", resetFilters);
  $("filter-box").open = !matchMedia("(max-width: 800px)").matches;
}

/** Papers without a year are left out with the first year, and come back with all of them. */
function setYears(yearFrom, yearTo) {
  const all = yearFrom === YEAR_MIN && yearTo === YEAR_MAX;
  const before = state.yearFrom === YEAR_MIN && state.yearTo === YEAR_MAX;
  set({ yearFrom, yearTo, undated: !model.undatedCount || all || (state.undated && !before) });
}

function resetFilters() {
  set(NO_FILTERS());
  say("Filters are reset.");
}

function set(change) {
  Object.assign(state, change);
  writeFragment(false);
  refresh();
}

function renderFilters() {
  checks($("legend"), "kindsOff", model.kinds.map((k) => [k.key, k.plural, k.count, () => glyph(k.key)]));
  const relations = model.relations.filter((r) => r.count);
  checks($("relations"), "relationsOff", relations.slice(0, MOST_RELATIONS).map((r) => [r.key, r.label, r.count, null]));
  $("more-relations").hidden = relations.length <= MOST_RELATIONS;
  $("more-relations").textContent = `and ${number(relations.length - MOST_RELATIONS)} more`;
  for (const [id, value] of [["year-from", state.yearFrom], ["year-to", state.yearTo], ["venue", state.venue], ["confidence", state.confidence], ["depth", state.depth]]) put($(id), "value", String(value));
  put($("undated"), "checked", state.undated);
  put($("confidence-value"), "textContent", state.confidence.toFixed(2));
  put($("depth-value"), "textContent", plural(state.depth, "step"));
  put($("depth-box"), "hidden", !state.node || Boolean(state.goal));
  for (const id of ["reset", "reset-too"]) put($(id), "hidden", !filtered());
  renderCounts();
}

/** "Showing N of M", always; and what is lit if that is not all of it. */
function renderCounts() {
  const { lit } = shown;
  const all = model.total === model.nodeCount && shown.nodes === model.nodeCount && shown.edges === model.edgeCount;
  const of = (n, m, word, more = false) => `${number(n)} of ${more ? "more than " : ""}${plural(m, word)}`;
  put($("showing"), "textContent", all ? `Showing all ${plural(model.nodeCount, "node")}, ${plural(model.edgeCount, "connection")}`
    : `Showing ${of(shown.nodes, model.total, "node")}, ${of(shown.edges, model.edgeCount, "connection")}`);
  const words = [];
  const part = model.total > model.nodeCount;
  if (part && !model.start) words.push(`This page holds the ${number(model.nodeCount)} best connected of ${plural(model.total, "node")}.`);
  $("around").hidden = !part || !model.start;
  $("around").textContent = model.start ? `Only around ${oneLine(model.start.label, 40)}` : "";
  if (lit?.rest.length) words.push(`${of(lit.edges.size, lit.edges.size + lit.rest.length, "connection", lit.partial)} lit, strongest first. Not lit: ${restWords(lit.rest)}. ${listedWords()}`);
  const told = state.moved.size && movedWords().length;
  if (told < state.moved.size) words.push(`The link keeps the places of the last ${told} of ${number(state.moved.size)} nodes that were moved.`);
  $("put-back").hidden = !state.moved.size;
  $("put-back").textContent = `Put ${plural(state.moved.size, "moved node")} back`;
  $("notice").textContent = words.join(" ");
  $("notice").hidden = !words.length;
  $("lit").textContent = lit ? `Lit: ${plural(lit.nodes.size, "node")}, ${plural(lit.edges.size, "connection")}` : "";
  $("lit").hidden = !lit;
  $("forget").hidden = !state.grown.length;
  $("forget").textContent = `Let go of ${plural(state.grown.length, "expansion")}`;
}

/** Which of the lit and unlit edges the details list. */
function listedWords() {
  if (!state.node || state.goal) return "The details of each node list all of its own.";
  if (state.depth === 1 && !state.grown.length) return "The details list all.";
  return `The details list those of ${oneLine(state.node.label, 40)}; what other nodes are connected with, their details list.`;
}

/** The edges left unlit by relation: "212 runs on, 40 uses". */
function restWords(edges) {
  const counts = new Map();
  for (const e of edges) counts.set(model.rank(e), (counts.get(model.rank(e)) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5).map(([rank, n]) => `${number(n)} ${oneLine(model.relations[rank].label, 30)}`).join(", ");
}

/** Checkboxes with an "only" beside each; built once, then kept in step, so that the focus stays where it is. */
function checks(box, field, rows) {
  if (box.dataset.theme !== theme()) box.replaceChildren(...rows.map(([key, label, n, mark]) => checkRow(field, rows, key, label, n, mark)));
  box.dataset.theme = theme();
  for (const input of box.querySelectorAll("input")) put(input, "checked", !state[field].has(input.value));
}

function checkRow(field, rows, key, label, n, mark) {
  const toggle = (event) => {
    const off = new Set(state[field]);
    if (event.target.checked) off.delete(key);
    else off.add(key);
    set({ [field]: off });
  };
  const only = () => {
    const others = rows.map((row) => row[0]).filter((other) => other !== key);
    const alone = !state[field].has(key) && others.every((other) => state[field].has(other));
    set({ [field]: new Set(alone ? [] : others) });
  };
  return el("div", { class: "check" },
    el("label", {}, el("input", { type: "checkbox", value: key, onchange: toggle }), mark && mark(), data(label), count(n)),
    button("only", only, { class: "plain only", "aria-label": `only ${label}` }));
}
