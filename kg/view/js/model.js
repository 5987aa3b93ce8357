// The page's data with its indexes, and the one state that everything shows.

const DATA = JSON.parse(document.getElementById("data").textContent);
const KINDS = new Map(DATA.kinds.map((kind) => [kind.key, kind]));
const RELATIONS = DATA.relations.map(([key, label, inverse], rank) => ({ key, label, inverse, rank }));
const NODES = DATA.nodes.map((node, i) => ({ ...node, i, edges: [], claims: [] }));
const EDGES = DATA.edges.map(([from, to, relation, confidence, evidence, style], i) => ({
  i, from: NODES[from], to: NODES[to], relation: RELATIONS[relation], confidence, evidence, style,
}));
const CLAIMS = DATA.claims;
const NODE_BY_ID = new Map(NODES.map((node) => [node.id, node]));
const LIT_LIMIT = 150; // edges lit at once; more paint the whole picture

for (const edge of EDGES) {
  edge.from.edges.push(edge);
  if (edge.to !== edge.from) edge.to.edges.push(edge);
}
for (const claim of CLAIMS) {
  const ids = [claim.paper, claim.subject, claim.baseline];
  for (const [id] of [...(claim.hardware || []), ...(claim.datasets || [])]) ids.push(id);
  for (const id of new Set(ids)) NODE_BY_ID.get(id)?.claims.push(claim);
}

/** Most important first: what gets a label or a place in a short list before others. */
const BY_WEIGHT = [...NODES].sort((a, b) => weight(b) - weight(a) || a.i - b.i);
const YEARS = NODES.filter((n) => n.year).map((n) => n.year).sort((a, b) => a - b);
const YEAR_MIN = YEARS[0] || 0;
const YEAR_MAX = YEARS[YEARS.length - 1] || 0;

const state = {
  node: null, edge: null, depth: 1, view: "graph",
  kindsOff: new Set(), relationsOff: new Set(), yearFrom: YEAR_MIN, yearTo: YEAR_MAX, confidence: 0,
};
/** What the filters leave, and what the selection lights: computed by `compute`. */
const shown = { nodes: [], edges: [], nodeCount: 0, edgeCount: 0, lit: null };

function weight(node) {
  return node.degree * (node.kind === "paper" ? 0.3 : 1);
}

function compute() {
  const allowed = NODES.map((n) => !state.kindsOff.has(n.kind)
    && (!n.year || (n.year >= state.yearFrom && n.year <= state.yearTo)));
  shown.edges = EDGES.map((e) => allowed[e.from.i] && allowed[e.to.i]
    && !state.relationsOff.has(e.relation.key) && e.confidence >= state.confidence);
  const narrowed = state.yearFrom > YEAR_MIN || state.yearTo < YEAR_MAX || state.confidence > 0
    || state.relationsOff.size > 0;
  // With edges filtered, a node that has none left is faded too; one that never had any stays.
  shown.nodes = NODES.map((n, i) => allowed[i]
    && (!narrowed || !n.edges.length || n.kind === "paper" || n.edges.some((e) => shown.edges[e.i])));
  shown.nodeCount = shown.nodes.filter(Boolean).length;
  shown.edgeCount = shown.edges.filter(Boolean).length;
  shown.lit = state.node ? neighbourhood(state.node, state.depth) : state.edge ? around(state.edge) : null;
}

/** Nodes and edges within `depth` steps over shown edges, the strongest edges first, at most LIT_LIMIT of them. */
function neighbourhood(start, depth) {
  const nodes = new Set([start]);
  const edges = [];
  const seen = new Set();
  let border = [start];
  let total = 0;
  for (let step = 0; step < depth && border.length; step++) {
    const next = new Set();
    for (const edge of strongestFirst(border.flatMap((n) => n.edges))) {
      if (seen.has(edge) || !shown.edges[edge.i]) continue;
      seen.add(edge);
      total++;
      if (edges.length >= LIT_LIMIT) continue;
      edges.push(edge);
      for (const node of [edge.from, edge.to]) {
        if (!nodes.has(node)) {
          nodes.add(node);
          next.add(node);
        }
      }
    }
    border = [...next];
  }
  return { nodes, edges: new Set(edges), total };
}

function around(edge) {
  return { nodes: new Set([edge.from, edge.to]), edges: new Set([edge]), total: 1 };
}

function strongestFirst(edges) {
  return [...edges].sort((a, b) => a.relation.rank - b.relation.rank || b.confidence - a.confidence || a.i - b.i);
}

function otherEnd(edge, node) {
  return edge.from === node ? edge.to : edge.from;
}

/** The sentence of a piece of evidence in three parts: before, the mention, after. */
function parts(evidence) {
  const text = DATA.texts[evidence.text];
  const [start, end, from, to] = evidence.span;
  return [text.slice(from, start), text.slice(start, end), text.slice(end, to)];
}
