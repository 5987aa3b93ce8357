// Wiring: selection, views. Everything that changes the state ends in `refresh`.
//
// The user interface (every script but model and canvas) speaks to two objects only, so that a small page can draw with
// vis-network and a large one with WebGL. Another implementation defines constants of these names with these members
// and is put in the place of model.js and canvas.js in document.py's list; nothing else reads the page's data.
//
// model: what the graph says. Nodes and edges have numbers 0…n-1; `node(i)` and `edge(e)` give the same object each time.
//   title, total (nodes of the whole graph), nodeCount, edgeCount, claimCount, prefixes {name: iri},
//   kinds [{key, label, plural, shape, light, dark, count}], relations [{key, label, inverse, rank, count}],
//   years [of papers: ascending, distinct], undatedCount (papers without a year), venues [{key, label, iri, count}], communities [{x, y, r, name}], start (node or null)
//   kind(key)                           one of `kinds`
//   node(i)  -> {i, id, iri, label, kind (key), degree, year?}; edge(e) -> {i, from, to (nodes), relation, confidence}
//   byId(id) -> node or undefined
//   find(words, kind or null, limit) -> {rows [{node, name, alias (bool)}], best first, count (of all that have the words),
//                                       more (bool: there are more than were counted)}; `words` come as PLAIN writes (words.js)
//   near(words, kind or null, limit) -> such rows, of names that are spelled nearly so
//   incident(i) -> numbers of the edges at a node; source(e), target(e) -> node numbers; rank(e), confidence(e): numbers
//   ranked(kind, limit) -> {nodes [most important first], count} of the nodes of a class that the filters show
//   large                               work is cut into slices (slices.js); revision() changes with what the filters show
//   filter({kindsOff, relationsOff (Sets of keys), yearFrom, yearTo, undated, confidence, venue (key or "")}) -> {nodes, edges}:
//                                       sets what showsNode(i), showsEdge(e) answer, and counts it
//   await details(node)  -> {aliases, definition, title, authors, date, categories, arxiv, doi, urls, comments, journal,
//                            discovered, mined, hasAbstract}; each may be missing
//   await abstract(node) -> {text, marks [{start, end, edge}]} ordered, not overlapping
//   await evidence(edge) -> [{paper (node or undefined), field, rule, score, before, exact, after}]
//   await claims(node or null) -> claims of a node, or all: data.py's rows with `paperNode` (node or undefined),
//                            `evidence` as above
//
// canvas: the picture. `lit` is {nodes, edges: Sets of numbers} or null; places are the layout's units, y downwards.
//   start(element, {node(node), edge(edge), none(), deeper(node), moved(), dropped(i, {x, y})}); `moved` when the view comes
//                                      to rest, `dropped` when a hand let go of a node
//   setMoved(Map of node number -> {x, y})  where nodes stand that were moved; all others stand where the layout put them
//   show({lit, selected (Set of numbers)})  bring colours in line with the model's filters and these
//   point(i or -1)                     mark a node and its edges for a moment, as the pointer over it does
//   fit(numbers or null, animate), focus(i), zoom(factor), pan(dx, dy in pixels), repaint() after a change of theme
//   view() -> {x, y, scale, width, height}, setView({x, y, scale}), x(i), y(i), radius(i) (layout units)
//   look(i) -> {shape, fill}, route(e) -> [x, y, …]: the control points of an edge between its ends (lines.js)
//   labels() -> [{text, x, y (pixels; top centre), bold, quiet}] that are on the screen now


let picking = null; // the node for which the other end of a path is being chosen

let scrolled = false; // the details were moved: to move them back asks for their layout

function refresh() {
  const held = letGo();
  compute();
  const selected = [state.node, state.goal].filter(Boolean).map((node) => node.i);
  canvas.show({ lit: shown.lit, selected: new Set(selected) });
  renderFilters();
  renderPanel();
  renderClaims();
  $("body").classList.toggle("idle", !state.node && !state.edge);
  $("back").disabled = steps === 0;
  if (held) holdDetails();
}

/** Whether the keyboard is on what `refresh` takes away. It leaves that while nothing has changed yet: later it costs a layout. */
function letGo() {
  const held = document.activeElement;
  if (!$("panel").contains(held) && (held !== $("back") || steps)) return false;
  held.blur();
  return true;
}

/** The keyboard goes on at the head of the details, or at the claims if there are no details. */
function holdDetails(preventScroll = true) {
  ($("panel").offsetParent ? $("panel").querySelector("h2") : document.querySelector(".table-wrap")).focus({ preventScroll });
}

/** Select a node, an edge, or nothing. `focus` moves the keyboard to the panel, `move` the picture to the node. */
function select({ node = null, edge = null, goal = null, grown = state.grown, focus = false, move = false }) {
  if (picking && node && node !== picking) [node, goal] = [picking, node];
  unpick();
  const same = node === state.node && edge === state.edge && goal === state.goal && grown === state.grown;
  Object.assign(state, { node, edge, goal, grown, depth: same ? state.depth : 1 });
  if (node && (move || goal) && state.view !== "graph") state.place = null; // the picture goes elsewhere when it is seen
  if (!same) writeFragment(true);
  leavePicture();
  refresh();
  if (scrolled) $("panel").scrollTop = 0;
  scrolled = false;
  if (focus) holdDetails(!matchMedia("(max-width: 800px)").matches);
  if (node && (move || goal)) fitLit();
  announce();
}

function announce() {
  const { node, edge, goal } = state;
  if (goal) tell(shown.path ? `Path of ${plural(shown.path.length, "step")} from ${oneLine(node.label)} to ${oneLine(goal.label)}` : "No path.");
  else if (node) tell(`${oneLine(node.label)}, ${model.kind(node.kind).label}, ${plural(model.incident(node.i).length, "connection")}`);
  else if (edge) tell(`${oneLine(edge.from.label)} ${edge.relation.label} ${oneLine(edge.to.label)}`);
}

/** Wait for the other end of a path from `node`. */
function pick(node) {
  picking = node;
  showView("graph");
  $("picking").hidden = false;
  $("picking-from").textContent = oneLine(node.label, 60);
  $("search").focus();
  tell(`Path from ${oneLine(node.label)}: choose the other end in the picture or by search; Escape ends it.`);
}

function unpick() {
  picking = null;
  $("picking").hidden = true;
}

/** Keep the neighbours of a node over one relation lit, or let go of them. */
function grow(node, relation, inward) {
  const same = (g) => g.node === node && g.relation === relation && g.inward === inward;
  state.grown = state.grown.some(same) ? state.grown.filter((g) => !same(g)) : [...state.grown, { node, relation, inward }];
  writeFragment(true);
  refresh();
  settle();
  const words = model.relations.find((r) => r.key === relation)[inward ? "inverse" : "label"];
  $("panel").querySelector(`.expand[aria-label="Keep lit: ${CSS.escape(words)}"]`)?.focus();
  tell(state.grown.some(same) ? `${words}: kept lit.` : `${words}: let go.`);
}

/** A node was moved by hand: the address keeps its place, and Back puts it back. */
function dropped(i, place) {
  state.moved.delete(i); // the last moved comes last
  state.moved.set(i, { x: Math.round(place.x), y: Math.round(place.y) });
  writeFragment(true);
  renderFilters();
  $("back").disabled = steps === 0;
  tell(`${oneLine(model.node(i).label)} moved.`);
}

function putBack() {
  state.moved = new Map();
  canvas.setMoved(state.moved);
  writeFragment(true);
  refresh();
  tell("Every node is back at its place.");
}

function deepen(node) {
  if (state.node !== node || state.goal) select({ node });
  set({ depth: Math.min(4, state.depth + 1) });
}

function showView(view) {
  if (state.view === view) return;
  state.view = view;
  writeFragment(true);
  applyView();
  refresh();
  if (view === "graph") turnNow();
}

function applyView() {
  $("body").classList.toggle("claims", state.view === "claims");
  for (const view of ["graph", "claims"]) {
    $(`${view}-view`).hidden = state.view !== view;
    $(`show-${view}`).setAttribute("aria-pressed", String(state.view === view));
  }
}

/** Take the state from the address; what it names in vain is said, not obeyed. */
function readAddress() {
  const { broken, next } = readFragment();
  unpick();
  Object.assign(state, next);
  canvas.setMoved(state.moved);
  if (!location.hash && model.start) state.node = model.start;
  applyView();
  refresh();
  look();
  announce();
  if (broken.length) say(`This link names something that is not in this graph: ${oneLine([...new Set(broken)].join(", "), 80)}. It is ignored.`, true);
}

let unseen = null; // how the picture is turned as soon as it is seen
/** Turn the picture, now or as soon as it is on the screen: while it is hidden it has no size to fit anything into. */
function turn(move) {
  unseen = move;
  turnNow();
}

function turnNow() {
  const { clientWidth, clientHeight } = $("graph"); // none behind the claims, nor in a frame that is still folded up
  if (!clientWidth || !clientHeight) return;
  const move = unseen;
  unseen = null;
  move?.();
}

/** Turn the picture to what the address is about. */
function look() {
  const whole = location.hash.length < 2;
  turn(() => {
    if (state.place) canvas.setView(state.place);
    else canvas.fit(shown.lit && !whole ? [...shown.lit.nodes] : null, false);
    sayLost();
  });
}

function fitLit() {
  turn(() => canvas.fit(shown.lit && [...shown.lit.nodes], true));
}

let fitting = false;
/** The whole graph fits any window, so an address need not say where one looked. */
function fitAll() {
  turn(() => {
    fitting = true;
    canvas.fit(null, true);
  });
}

function moved() {
  const { x, y, scale } = canvas.view();
  state.place = fitting ? null : { x: Math.round(x), y: Math.round(y), scale: Number(scale.toPrecision(4)) };
  fitting = false;
  writeFragment(false);
  sayLost();
}

/** A word with a way back where the picture shows no node. */
function sayLost() {
  const { x, y, scale, width, height } = canvas.view();
  const inView = (i) => Math.abs(canvas.x(i) - x) * scale < width / 2 + canvas.radius(i) * scale
    && Math.abs(canvas.y(i) - y) * scale < height / 2 + canvas.radius(i) * scale;
  let seen = state.view !== "graph" || !model.nodeCount;
  for (let i = 0; i < model.nodeCount && !seen; i++) seen = inView(i);
  $("lost").hidden = seen;
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  $("theme").setAttribute("aria-pressed", String(name === "dark"));
  canvas.repaint();
}

const THEME = "paperkg theme"; // where the browser keeps a choice

function keptTheme() {
  try {
    return { dark: "dark", light: "light" }[localStorage.getItem(THEME)];
  } catch {
    return undefined; // a frame or a browser that keeps nothing
  }
}

function chooseTheme(name) {
  setTheme(name);
  try {
    localStorage.setItem(THEME, name);
  } catch {
    // as above
  }
  refresh();
}

function startButtons() {
  const clicks = { "show-graph": () => showView("graph"), "show-claims": () => showView("claims"), back: () => history.back(),
    theme: () => chooseTheme(theme() === "dark" ? "light" : "dark"),
    help: () => $("help-box").showModal(), "help-close": () => $("help-box").close(),
    "zoom-in": () => canvas.zoom(1.4), "zoom-out": () => canvas.zoom(1 / 1.4), fit: fitAll, lost: fitAll,
    "put-back": putBack,
    forget: () => { state.grown = []; writeFragment(true); refresh(); }, "picking-end": unpick,
    "copy-link": () => copy(location.href, "Link"), "copy-sparql": copySparql,
    "export-png": () => savePicture(1), "export-png2": () => savePicture(2), "export-png4": () => savePicture(4), "export-svg": () => savePicture(0),
    "export-csv": saveCsv, "export-json": saveJson, "export-bibtex": saveBibtex };
  for (const [id, click] of Object.entries(clicks)) $(id).addEventListener("click", click);
  const menu = $("share");
  menu.addEventListener("click", (event) => { if (event.target.matches("button")) menu.open = false; });
  addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  const [toDetails, toPicture] = document.querySelectorAll(".skip");
  toDetails.addEventListener("click", (event) => { event.preventDefault(); $("panel").focus(); });
  toPicture.addEventListener("click", (event) => { event.preventDefault(); showView("graph"); $("graph").focus(); });
}

function start() {
  setTheme(keptTheme() || model.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  const papers = model.kinds.find((k) => k.key === "paper")?.count || 0;
  $("summary").textContent = [plural(papers, "paper"), plural(model.nodeCount - papers, "other node"), plural(model.claimCount, "claim")].join(" · ");
  startFilters();
  startSearch();
  startClaims();
  startButtons();
  if (model.nodeCount) {
    canvas.start($("graph"), { node: (node) => select({ node }), edge: (edge) => select({ edge }), none: () => select({}), deeper: deepen, moved, dropped });
    new ResizeObserver(turnNow).observe($("graph")); // after the picture's own, which takes its new size first
  } else {
    $("empty").textContent = "This graph is empty: it holds no papers and no entities.";
    $("empty").hidden = false;
    $("graph").removeAttribute("tabindex");
  }
  $("copy-sparql").hidden = !model.nodeCount || !model.node(0).iri;
  document.addEventListener("keydown", onKey);
  $("panel").addEventListener("scroll", () => { scrolled = true; }, { passive: true });
  addEventListener("beforeprint", settle);
  addEventListener("popstate", (event) => { steps = event.state?.steps || 0; readAddress(); });
  readAddress();
}

start();
performance.mark("ready");
