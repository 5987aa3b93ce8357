// The one state that everything shows, and what follows from it.

const YEAR_MIN = model.years[0] || 0;
const YEAR_MAX = model.years.at(-1) || 0;
const NO_FILTERS = () => ({ kindsOff: new Set(), relationsOff: new Set(), yearFrom: YEAR_MIN, yearTo: YEAR_MAX,
  undated: true, confidence: 0, venue: "" }); // undated: papers without a year too

const state = {
  node: null, edge: null,
  goal: null,     // the other end of a path that starts at `node`
  depth: 1,       // steps of the neighbourhood of `node`
  grown: [],      // [{node, relation (key), inward}]: neighbours kept lit whatever is selected
  view: "graph",
  place: null,    // {x, y, scale} once a user moved the picture
  moved: new Map(), // node number -> {x, y}: where a hand put it; the last moved comes last
  words: "", order: { column: 4, down: true }, // of the claims table
  ...NO_FILTERS(),
};
/** Counts of what the filters leave; `lit` is what the selection lights; `path` the edges of the path or null. */
const shown = { nodes: 0, edges: 0, lit: null, path: null };

function compute() {
  Object.assign(shown, model.filter(state));
  shown.path = state.goal ? shortestPath(state.node.i, state.goal.i) : null;
  let lit = null;
  if (state.goal) lit = { nodes: new Set([state.node.i, state.goal.i]), edges: new Set(), rest: [] };
  else if (state.node) lit = neighbourhood(state.node.i, state.depth);
  else if (state.edge || state.grown.length) lit = { nodes: new Set(), edges: new Set(), rest: [] };
  for (const e of shown.path || []) lightEdge(lit, e);
  if (state.edge) lightEdge(lit, state.edge.i);
  for (const { node, relation, inward } of state.grown) {
    lit.nodes.add(node.i);
    const group = relationsOf(node.i).find((g) => g.relation.key === relation && g.inward === inward);
    for (const [k, e] of (group?.edges || []).entries()) {
      if (k < LIT_LIMIT) lightEdge(lit, e);
      else lit.rest.push(e);
    }
  }
  if (lit) lit.rest = lit.rest.filter((e) => !lit.edges.has(e));
  shown.lit = lit;
}

/** Whether the filters of years leave anything out. */
function timed() {
  return state.yearFrom > YEAR_MIN || state.yearTo < YEAR_MAX || !state.undated;
}

function filtered() {
  return state.kindsOff.size > 0 || state.relationsOff.size > 0 || timed()
    || state.confidence > 0 || state.venue !== "";
}

/** The edges that files and queries are about: the lit ones, or all that the filters leave. */
function chosenEdges() {
  if (shown.lit) return strongestFirst(shown.lit.edges);
  return Array.from({ length: model.edgeCount }, (_, e) => e).filter(model.showsEdge);
}

function chosenNodes() {
  if (shown.lit) return [...shown.lit.nodes].sort((a, b) => a - b).map(model.node);
  return Array.from({ length: model.nodeCount }, (_, i) => i).filter(model.showsNode).map(model.node);
}
