// Filters fade, they never remove; what they leave is always counted in words.

function startFilters() {
  $("years").hidden = YEAR_MIN === YEAR_MAX;
  for (const [id, start] of [["year-from", YEAR_MIN], ["year-to", YEAR_MAX]]) {
    for (const year of new Set(YEARS)) $(id).append(el("option", { value: year }, String(year)));
    $(id).value = String(start);
  }
  $("year-from").addEventListener("change", () => set({ yearFrom: Number($("year-from").value) }));
  $("year-to").addEventListener("change", () => set({ yearTo: Number($("year-to").value) }));
  $("confidence").addEventListener("input", () => set({ confidence: Number($("confidence").value) }));
  $("depth").addEventListener("input", () => set({ depth: Number($("depth").value) }));
  $("reset").addEventListener("click", () => {
    set({ kindsOff: new Set(), relationsOff: new Set(), yearFrom: YEAR_MIN, yearTo: YEAR_MAX, confidence: 0 });
    say("Filters are reset.");
  });
  $("filter-box").open = !matchMedia("(max-width: 800px)").matches;
}

function set(change) {
  Object.assign(state, change);
  writeFragment(false);
  refresh();
}

function renderFilters() {
  const perKind = tally(NODES, (n) => n.kind);
  const perRelation = tally(EDGES, (e) => e.relation.key);
  checks($("legend"), "kindsOff", DATA.kinds.map((k) => [k.key, k.plural, perKind.get(k.key), () => glyph(k.key)]));
  checks($("relations"), "relationsOff", RELATIONS.filter((r) => perRelation.has(r.key))
    .map((r) => [r.key, r.label, perRelation.get(r.key), null]));
  $("year-from").value = String(state.yearFrom);
  $("year-to").value = String(state.yearTo);
  $("confidence").value = String(state.confidence);
  $("confidence-value").textContent = state.confidence.toFixed(2);
  $("depth").value = String(state.depth);
  $("depth-value").textContent = String(state.depth);
  $("depth-box").hidden = !state.node;
  const capped = DATA.total > NODES.length;
  const all = !capped && shown.nodeCount === NODES.length && shown.edgeCount === EDGES.length;
  $("showing").textContent = all ? `Showing all ${plural(NODES.length, "node")}, ${plural(EDGES.length, "connection")}`
    : `Showing ${shown.nodeCount.toLocaleString("en")} of ${plural(DATA.total, "node")}, ${shown.edgeCount.toLocaleString("en")} of ${plural(EDGES.length, "connection")}`;
  const words = [];
  if (capped) words.push(`This page holds the ${NODES.length.toLocaleString("en")} best connected of ${plural(DATA.total, "node")}.`);
  if (shown.lit && shown.lit.total > shown.lit.edges.size) {
    words.push(`${shown.lit.edges.size} of ${shown.lit.total.toLocaleString("en")} connections lit, strongest first; the details have all of them.`);
  }
  $("notice").textContent = words.join(" ");
  $("notice").hidden = !words.length;
}

function tally(items, key) {
  const counts = new Map();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) || 0) + 1);
  return counts;
}

/** Checkboxes with an "only" beside each; built once, then kept in step, so that the focus stays where it is. */
function checks(box, field, rows) {
  if (box.dataset.theme !== theme()) box.replaceChildren(...rows.map(([key, label, n, mark]) => checkRow(field, rows, key, label, n, mark)));
  box.dataset.theme = theme();
  for (const input of box.querySelectorAll("input")) input.checked = !state[field].has(input.value);
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
    el("label", {}, el("input", { type: "checkbox", value: key, onchange: toggle }), mark && mark(), data(label), el("span", { class: "count" }, String(n))),
    button("only", only, { class: "plain only", "aria-label": `only ${label}` }));
}
