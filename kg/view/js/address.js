// The state in the page's address, and the browser's history. One letter a word; broken words are named, not obeyed.

let steps = history.state?.steps || 0; // entries of ours in the browser's history

const MOST_MOVED = 100; // moved nodes that the address keeps, the last moved first; an address must stay one that can be sent
const MOST_LETTERS = 4000; // and so many letters of them

/** The moved nodes as words of the address, "x,y,id". */
function movedWords() {
  const words = [];
  let letters = 0;
  for (const [i, { x, y }] of [...state.moved].reverse()) {
    const word = `${x},${y},${model.node(i).id}`;
    letters += word.length;
    if (words.length === MOST_MOVED || letters > MOST_LETTERS) break;
    words.unshift(word);
  }
  return words;
}

/** The state as a fragment that `readFragment` understands. */
function fragment() {
  const words = new URLSearchParams();
  if (state.node) words.set("n", state.node.id);
  if (state.goal) words.set("g", state.goal.id);
  if (state.edge) for (const word of [state.edge.from.id, state.edge.relation.key, state.edge.to.id]) words.append("e", word);
  if (state.depth > 1) words.set("d", state.depth);
  for (const { node, relation, inward } of state.grown) for (const word of [node.id, relation, inward ? "in" : "out"]) words.append("x", word);
  for (const kind of state.kindsOff) words.append("c", kind);
  for (const relation of state.relationsOff) words.append("r", relation);
  if (timed()) words.set("y", `${state.yearFrom}-${state.yearTo}${state.undated && model.undatedCount ? ",undated" : ""}`);
  if (state.venue) words.set("u", state.venue);
  if (state.confidence) words.set("k", state.confidence);
  if (state.view !== "graph") words.set("v", state.view);
  if (state.words) words.set("q", state.words);
  if (state.order.column !== 4 || !state.order.down) words.set("o", `${state.order.column}${state.order.down ? "d" : "u"}`);
  for (const word of movedWords()) words.append("m", word);
  if (state.place) words.set("p", [state.place.x, state.place.y, state.place.scale].join(","));
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

/** Three words at a time. */
function triples(list) {
  return Array.from({ length: Math.floor(list.length / 3) }, (_, k) => list.slice(3 * k, 3 * k + 3));
}

function findEdge([from, relation, to]) {
  const start = model.byId(from);
  const found = start && Array.from(model.incident(start.i)).map(model.edge)
    .find((e) => e.from === start && e.relation.key === relation && e.to.id === to);
  return found || null;
}

/** The state that the address names, and the words of it that name nothing. */
function readFragment() {
  const broken = [];
  const words = new URLSearchParams(location.hash.slice(1));
  for (const key of new Set(words.keys())) if (key.length !== 1 || !"ngedxcryukvqopm".includes(key)) broken.push(key);
  const nodeOf = (key) => {
    const node = model.byId(words.get(key)) || null;
    if (words.has(key) && !node) broken.push(words.get(key));
    return node;
  };
  /** A word that must look like `form`, as its parts; null if it is missing or does not. */
  const shaped = (key, form) => {
    const found = form.exec(words.get(key) || "");
    if (words.has(key) && !found) broken.push(`${key}=${words.get(key)}`);
    return found;
  };
  const known = (key, isKnown) => words.getAll(key).filter((word) => isKnown(word) || (broken.push(word), false));
  const node = nodeOf("n");
  const goal = nodeOf("g");
  const edges = words.getAll("e");
  const edge = edges.length ? findEdge(edges) : null;
  if (edges.length && !edge) broken.push(edges.join(" "));
  const grown = triples(words.getAll("x")).map(([id, relation, way]) => ({ node: model.byId(id), relation, inward: way === "in" }));
  for (const { node: start } of grown) if (!start) broken.push("x");
  const moved = new Map();
  for (const word of words.getAll("m")) {
    const [, x, y, id] = /^(-?\d{1,7}),(-?\d{1,7}),(.+)$/s.exec(word) || [];
    const found = id === undefined ? undefined : model.byId(id);
    if (found && moved.size < MOST_MOVED) moved.set(found.i, { x: Number(x), y: Number(y) });
    else broken.push(`m=${word}`);
  }
  const years = shaped("y", /^(\d{1,4})-(\d{1,4})(,undated)?$/);
  const year = (text, other) => (model.years.includes(Number(text)) ? Number(text) : other);
  const ends = years ? [year(years[1], YEAR_MIN), year(years[2], YEAR_MAX)] : [YEAR_MIN, YEAR_MAX];
  const confidence = shaped("k", /^(0(\.\d+)?|1(\.0+)?)$/);
  const order = shaped("o", /^([0-7])([du])$/);
  const place = shaped("p", /^(-?\d{1,7}(?:\.\d+)?),(-?\d{1,7}(?:\.\d+)?),(\d{1,2}(?:\.\d+)?)$/);
  const depth = shaped("d", /^[1-4]$/);
  return { broken, next: {
    node, edge: node ? null : edge, goal: node && goal !== node ? goal : null, grown: grown.filter((g) => g.node),
    depth: depth ? Number(depth[0]) : 1,
    kindsOff: new Set(known("c", (key) => model.kind(key))),
    relationsOff: new Set(known("r", (key) => model.relations.some((r) => r.key === key))),
    yearFrom: Math.min(...ends), yearTo: Math.max(...ends),
    undated: !years || Boolean(years[3]) || !model.undatedCount,
    venue: known("u", (key) => model.venues.some((v) => v.key === key))[0] || "",
    confidence: confidence ? Number(confidence[0]) : 0,
    moved,
    words: words.get("q") || "",
    order: order ? { column: Number(order[1]), down: order[2] === "d" } : { column: 4, down: true },
    place: place && Number(place[3]) > 0 ? { x: Number(place[1]), y: Number(place[2]), scale: Number(place[3]) } : null,
    view: words.get("v") === "claims" ? "claims" : "graph",
  } };
}
