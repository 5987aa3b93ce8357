// Wiring: selection, views, keys. Everything that changes the state ends in `refresh`.
//
// The user interface (every script but model and canvas) speaks to two objects only, so that a small page can draw with
// vis-network and a large one with WebGL. Another implementation defines constants of these names with these members
// and is put in the place of model.js and canvas.js in document.py's list; nothing else reads the page's data.
//
// model: what the graph says. Nodes and edges have numbers 0…n-1; `node(i)` and `edge(e)` give the same object each time.
//   title, total (nodes of the whole graph), nodeCount, edgeCount, claimCount, prefixes {name: iri},
//   kinds [{key, label, plural, shape, light, dark, count}], relations [{key, label, inverse, rank, count}],
//   years [ascending, distinct], venues [{key, label, count}], communities [{x, y, r, name}], start (node or null)
//   kind(key)                           one of `kinds`
//   node(i)  -> {i, id, iri, label, kind (key), degree, year?}; edge(e) -> {i, from, to (nodes), relation, confidence}
//   byId(id) -> node or undefined
//   find(words, kind or null, limit) -> [{node, name, alias (bool)}], best first; `words` come folded (see FOLD in dom.js)
//   incident(i) -> numbers of the edges at a node; source(e), target(e) -> node numbers; rank(e), confidence(e): numbers
//   ranked(kind, limit) -> {nodes [most important first], count} of the nodes of a class that the filters show
//   filter({kindsOff, relationsOff (Sets of keys), yearFrom, yearTo, confidence, venue (key or "")}) -> {nodes, edges}:
//                                       sets what showsNode(i), showsEdge(e) answer, and counts it
//   await details(node)  -> {aliases, definition, title, authors, date, categories, arxiv, doi, urls, comments, journal,
//                            discovered, mined, hasAbstract}; each may be missing
//   await abstract(node) -> {text, marks [{start, end, edge}]} ordered, not overlapping
//   await evidence(edge) -> [{paper (node or undefined), field, rule, score, before, exact, after}]
//   await claims(node or null) -> claims of a node, or all: data.py's rows with `paperNode` (node or undefined),
//                            `evidence` as above
//
// canvas: the picture. `lit` is {nodes, edges: Sets of numbers} or null; places are the layout's units, y downwards.
//   start(element, {node(node), edge(edge), none(), deeper(node), moved()}); `moved` when the view comes to rest
//   show({lit, selected (Set of numbers), cursor (number or -1)})  bring colours in line with the model's filters and these
//   fit(numbers or null, animate), focus(i), zoom(factor), pan(dx, dy in pixels), repaint() after a change of theme
//   view() -> {x, y, scale, width, height}, setView({x, y, scale}), x(i), y(i), radius(i) (layout units)
//   labels() -> [{text, x, y (pixels; top centre), bold, quiet}] that are on the screen now
//   hovered() -> number or -1

let steps = history.state?.steps || 0; // entries of ours in the browser's history

function refresh() {
  compute();
  applyLevels();
  renderFilters();
  renderPanel();
  $("back").disabled = steps === 0;
}

/** Select a node, an edge, or nothing. `focus` moves the keyboard to the panel, `move` the picture to the node. */
function select({ node = null, edge = null, focus = false, move = false, remember = true }) {
  const same = node === state.node && edge === state.edge;
  Object.assign(state, { node, edge, depth: 1 });
  if (remember && !same) writeFragment(true);
  refresh();
  $("panel").scrollTop = 0;
  const heading = $("panel").querySelector("h2");
  if (focus) heading.focus({ preventScroll: !matchMedia("(max-width: 800px)").matches });
  if (node && move) goTo(node);
  if (node) tell(`${oneLine(node.label)}, ${KINDS.get(node.kind).label}, ${plural(node.edges.length, "connection")}`);
  if (edge) tell(`${oneLine(edge.from.label)} ${edge.relation.label} ${oneLine(edge.to.label)}`);
}

function showView(view, remember = true) {
  if (state.view === view) return;
  state.view = view;
  $("body").classList.toggle("claims", view === "claims");
  $("graph-view").hidden = view !== "graph";
  $("claims-view").hidden = view !== "claims";
  $("show-graph").setAttribute("aria-pressed", String(view === "graph"));
  $("show-claims").setAttribute("aria-pressed", String(view === "claims"));
  if (view === "claims") renderClaims();
  else redraw();
  if (remember) writeFragment(true);
  $("back").disabled = steps === 0;
}

/** The state as a fragment that `readFragment` understands. */
function fragment() {
  const words = new URLSearchParams();
  if (state.node) words.set("n", state.node.id);
  if (state.edge) for (const word of [state.edge.from.id, state.edge.relation.key, state.edge.to.id]) words.append("e", word);
  if (state.depth > 1) words.set("d", state.depth);
  for (const kind of state.kindsOff) words.append("c", kind);
  for (const relation of state.relationsOff) words.append("r", relation);
  if (state.yearFrom > YEAR_MIN || state.yearTo < YEAR_MAX) words.set("y", `${state.yearFrom}-${state.yearTo}`);
  if (state.confidence) words.set("k", state.confidence);
  if (state.view !== "graph") words.set("v", state.view);
  return `#${words}`;
}

function writeFragment(push) {
  try {
    history[push ? "pushState" : "replaceState"]({ steps: push ? steps + 1 : steps }, "", fragment());
    if (push) steps += 1;
  } catch {
    // a frame without an address of its own, as in a notebook: the page works without history
  }
}

function readFragment() {
  const words = new URLSearchParams(location.hash.slice(1));
  const broken = [...words.keys()].filter((key) => !"nedcrykv".includes(key) || key.length !== 1);
  const node = NODE_BY_ID.get(words.get("n")) || null;
  if (words.has("n") && !node) broken.push(words.get("n"));
  const [from, relation, to] = words.getAll("e");
  const edge = (from && EDGES.find((e) => e.from.id === from && e.relation.key === relation && e.to.id === to)) || null;
  if (from && !edge) broken.push(from);
  const years = /^(\d{1,4})-(\d{1,4})$/.exec(words.get("y") || "");
  const inYears = (year, other) => (YEARS.includes(Number(year)) ? Number(year) : other);
  const view = words.get("v") === "claims" ? "claims" : "graph";
  Object.assign(state, {
    kindsOff: new Set(words.getAll("c").filter((key) => KINDS.has(key))),
    relationsOff: new Set(words.getAll("r").filter((key) => RELATIONS.some((r) => r.key === key))),
    yearFrom: years ? inYears(years[1], YEAR_MIN) : YEAR_MIN,
    yearTo: years ? inYears(years[2], YEAR_MAX) : YEAR_MAX,
    confidence: Math.min(1, Math.max(0, Number(words.get("k")) || 0)),
  });
  showView(view, false);
  select({ node, edge, remember: false, move: Boolean(node) });
  if (edge) fitNodes([edge.from, edge.to]);
  const depth = Number(words.get("d"));
  if (depth === 2 || depth === 3) set({ depth });
  if (broken.length) say(`This link names something that is not in this graph: ${oneLine(broken.join(", "), 80)}. It is ignored.`, true);
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  $("theme").setAttribute("aria-pressed", String(name === "dark"));
  repaint();
}

function onKey(event) {
  const typing = event.target.matches("input:not([type=checkbox]):not([type=range]), select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || $("help-box").open) return;
  if (event.key === "Escape") {
    if ($("export").open) $("export").open = false;
    else if (!typing && (state.node || state.edge)) select({});
    return;
  }
  if (typing) return;
  const move = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
  if (move && event.target === $("graph")) panBy(...move);
  else if (event.key === "/") $("search").focus();
  else if (event.key === "0") fitAll();
  else if (event.key === "+" || event.key === "=") zoomBy(1.3);
  else if (event.key === "-") zoomBy(1 / 1.3);
  else if (event.key === "g" || event.key === "c") showView(event.key === "g" ? "graph" : "claims");
  else if (event.key === "?") $("help-box").showModal();
  else return;
  event.preventDefault();
}

function start() {
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const papers = NODES.filter((n) => n.kind === "paper").length;
  $("summary").textContent = [plural(papers, "paper"), plural(NODES.length - papers, "other node"), plural(CLAIMS.length, "claim")].join(" · ");
  startFilters();
  startSearch();
  startClaims();
  compute();
  if (NODES.length) {
    startCanvas({
      node: (node) => select({ node }), edge: (edge) => select({ edge }), none: () => select({}),
      deeper: (node) => { select({ node }); set({ depth: 2 }); },
    });
  } else {
    $("empty").textContent = "This graph is empty: it holds no papers and no entities.";
    $("empty").hidden = false;
    $("graph").removeAttribute("tabindex");
  }
  refresh();
  const clicks = { "show-graph": () => showView("graph"), "show-claims": () => showView("claims"), back: () => history.back(),
    theme: () => { setTheme(theme() === "dark" ? "light" : "dark"); refresh(); if (state.view === "claims") renderClaims(); },
    help: () => $("help-box").showModal(), "help-close": () => $("help-box").close(),
    "zoom-in": () => zoomBy(1.4), "zoom-out": () => zoomBy(1 / 1.4), fit: () => fitAll(),
    "export-png": savePng, "export-csv": saveCsv, "export-json": saveJson };
  for (const [id, click] of Object.entries(clicks)) $(id).addEventListener("click", click);
  $("export").addEventListener("click", (event) => { if (event.target.matches("button")) $("export").open = false; });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); $("panel").focus(); });
  document.addEventListener("keydown", onKey);
  addEventListener("popstate", (event) => { steps = event.state?.steps || 0; readFragment(); });
  if (location.hash.length > 1) readFragment();
}

start();
