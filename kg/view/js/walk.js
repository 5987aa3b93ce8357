// Walks over the edges that the filters show: neighbourhoods, expansions, the shortest way. Numbers of nodes and edges.

const LIT_LIMIT = 150; // edges lit at once; more paint the whole picture

function otherEnd(e, i) {
  return model.source(e) === i ? model.target(e) : model.source(e);
}

/** By relation, then confidence (to four digits), then number: one number an edge, for a hub has thousands of them. */
function strongestFirst(edges) {
  const keys = Float64Array.from(edges, (e) => (model.rank(e) * 10001 + 10000 - Math.round(model.confidence(e) * 10000)) * 2 ** 26 + e);
  return Array.from(keys.sort(), (key) => key % 2 ** 26);
}

function shownAt(i) {
  return Array.from(model.incident(i)).filter(model.showsEdge);
}

const strongest = { i: -1, revision: -1, edges: [] };
/** The edges at a node that the filters show, strongest first; kept for the node asked last, as a hub has thousands. */
function strongestAt(i) {
  const revision = model.revision();
  if (strongest.i !== i || strongest.revision !== revision) Object.assign(strongest, { i, revision, edges: strongestFirst(shownAt(i)) });
  return strongest.edges;
}

/**
 * Nodes and edges within `depth` steps, the strongest edges first, at most LIT_LIMIT; `rest` are the edges left unlit,
 * `partial` tells that from their ends one would have gone on.
 */
function neighbourhood(start, depth) {
  const lit = { nodes: new Set([start]), edges: new Set(), rest: [], partial: false };
  const seen = new Set();
  let border = [start];
  for (let step = 0; step < depth && border.length; step++) {
    const next = [];
    for (const e of border.length === 1 ? strongestAt(border[0]) : strongestFirst(border.flatMap(shownAt))) {
      if (seen.has(e)) continue;
      seen.add(e);
      if (lit.edges.size >= LIT_LIMIT) lit.rest.push(e);
      else lightEdge(lit, e, next);
    }
    border = next;
    lit.partial ||= lit.rest.length > 0 && step + 1 < depth;
  }
  return lit;
}

function lightEdge(lit, e, added = []) {
  lit.edges.add(e);
  for (const i of [model.source(e), model.target(e)]) {
    if (!lit.nodes.has(i)) added.push(i);
    lit.nodes.add(i);
  }
}

/** The edges of a node by how they read from it, strongest first: [{relation, inward, words, edges}]. */
function relationsOf(i) {
  const found = new Map();
  for (const e of strongestAt(i)) {
    const inward = model.source(e) !== i;
    const key = 2 * model.rank(e) + (inward ? 1 : 0);
    if (!found.has(key)) {
      const { relation } = model.edge(e);
      found.set(key, { relation, inward, words: inward ? relation.inverse : relation.label, edges: [] });
    }
    found.get(key).edges.push(e);
  }
  return [...found.values()];
}

/**
 * A shortest way over shown edges as edge numbers from start to goal; null if there is none. Of ways of one length it
 * takes the one whose inner nodes have fewer edges: what goes over a hub says little.
 */
function shortestPath(start, goal) {
  if (start === goal) return [];
  const came = new Map([[start, { e: -1, cost: 0 }]]);
  let border = [start];
  while (border.length && !came.has(goal)) {
    const layer = new Map();
    for (const i of border) {
      const cost = came.get(i).cost + (i === start ? 0 : Math.log2(1 + model.node(i).degree));
      for (const e of strongestFirst(shownAt(i))) {
        const j = otherEnd(e, i);
        if (!came.has(j) && !(layer.get(j)?.cost <= cost)) layer.set(j, { e, cost });
      }
    }
    for (const [j, way] of layer) came.set(j, way);
    border = [...layer.keys()];
  }
  if (!came.has(goal)) return null;
  const path = [];
  for (let i = goal; i !== start; i = otherEnd(path[0], i)) path.unshift(came.get(i).e);
  return path;
}
