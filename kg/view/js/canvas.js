// The picture: vis-network draws nodes and edges; labels, community names and the ring are drawn over it here,
// because vis-network lets labels overlap.

const LEVELS = { normal: 1, lit: 1, dim: 0.16, off: 0.06 };
const LABEL_FONT = '12px "Inter", system-ui, sans-serif';
const NAME_FONT = '600 12px "Inter", system-ui, sans-serif';

let network = null;
let visNodes = null;
let visEdges = null;
let hovered = null;
let paint = {};
const widths = new Map();
const levelOf = { nodes: NODES.map(() => "normal"), edges: EDGES.map(() => "normal") };

/** Shapes of one size differ in area as vis-network draws them. */
const SWELL = { star: 1.35, diamond: 1.2, triangle: 1.15, triangleDown: 1.15, square: 0.9 };

function radius(node) {
  if (node.kind === "paper") return 7 + Math.min(4, Math.sqrt(node.degree) * 0.7);
  return Math.min(26, 5.5 + 2.6 * Math.sqrt(node.degree));
}

function readPaint() {
  paint = { page: colour("--page"), ink: colour("--ink"), quiet: colour("--quiet"), accent: colour("--accent"),
    edge: colour("--edge"), disc: colour("--disc") };
}

function nodeStyle(node) {
  const kind = KINDS.get(node.kind);
  const fill = kind[theme()];
  return {
    id: node.i, shape: kind.shape, size: radius(node) * (SWELL[kind.shape] || 1), borderWidth: 0, opacity: LEVELS[levelOf.nodes[node.i]],
    color: { background: fill, border: fill, hover: { background: fill, border: fill }, highlight: { background: fill, border: fill } },
    ...node.style, // of nodes that a user made by hand
  };
}

function edgeStyle(edge) {
  const level = levelOf.edges[edge.i];
  const lit = level === "lit";
  const strength = edge.relation.key === "mentions" ? 0.4 : 1;
  const opacity = { lit: 0.35 + 0.4 * strength, dim: 0.08, off: 0.03, normal: 0.3 + 0.4 * strength }[level];
  const { color, ...own } = edge.style; // of parallel edges, and of edges that a user made by hand
  return {
    id: edge.i, width: lit ? 1.2 + edge.confidence : 1, smooth: false, ...own,
    color: { color: lit ? paint.accent : typeof color === "string" ? color : paint.edge, opacity },
    arrows: { to: { enabled: lit, scaleFactor: 0.45 } },
  };
}

function startCanvas(handlers) {
  readPaint();
  visNodes = new vis.DataSet(NODES.map((n) => ({ ...nodeStyle(n), x: n.x, y: n.y })));
  visEdges = new vis.DataSet(EDGES.map((e) => ({ ...edgeStyle(e), from: e.from.i, to: e.to.i })));
  const many = EDGES.length > 1500;
  network = new vis.Network($("graph"), { nodes: visNodes, edges: visEdges }, {
    physics: false,
    layout: { improvedLayout: false, randomSeed: 1 },
    interaction: { hover: true, hoverConnectedEdges: false, selectConnectedEdges: false, tooltipDelay: 200,
      hideEdgesOnDrag: many, hideEdgesOnZoom: many, zoomSpeed: 0.7 },
    nodes: { chosen: false, labelHighlightBold: false },
    edges: { chosen: false, smooth: false, hoverWidth: 0, selectionWidth: 0 },
  });
  if (Object.keys(DATA.options).length) network.setOptions(DATA.options);
  for (const inner of $("graph").querySelectorAll("[tabindex]")) inner.tabIndex = -1;
  network.on("beforeDrawing", drawDiscs);
  network.on("afterDrawing", drawLabels);
  network.on("click", ({ nodes, edges }) => {
    if (nodes.length) return handlers.node(NODES[nodes[0]]);
    const edge = edges.map((i) => EDGES[i]).find((e) => shown.edges[e.i] && (!shown.lit || shown.lit.edges.has(e)));
    return edge ? handlers.edge(edge) : handlers.none();
  });
  network.on("doubleClick", ({ nodes }) => nodes.length && handlers.deeper(NODES[nodes[0]]));
  network.on("hoverNode", ({ node }) => setHovered(NODES[node]));
  network.on("blurNode", () => setHovered(null));
  for (const event of ["dragging", "dragEnd"]) {
    network.on(event, ({ nodes }) => {
      for (const [i, place] of Object.entries(network.getPositions(nodes))) Object.assign(NODES[i], place);
    });
  }
  fitAll(false);
}

function setHovered(node) {
  hovered = node;
  $("graph").classList.toggle("pointing", Boolean(node));
  network.redraw();
}

/** Bring the picture in line with `shown`; only what changed is told to vis-network. */
function applyLevels(all = false) {
  if (!network) return;
  const lit = shown.lit;
  const changedNodes = NODES.filter((n) => change(levelOf.nodes, n.i,
    lit?.nodes.has(n) ? "lit" : !shown.nodes[n.i] ? "off" : lit ? "dim" : "normal") || all);
  const changedEdges = EDGES.filter((e) => change(levelOf.edges, e.i,
    lit?.edges.has(e) ? "lit" : !shown.edges[e.i] ? "off" : lit ? "dim" : "normal") || all);
  if (changedEdges.length) visEdges.update(changedEdges.map(edgeStyle));
  if (changedNodes.length) visNodes.update(changedNodes.map(nodeStyle));
  network.redraw();
}

function change(levels, i, level) {
  const differs = levels[i] !== level;
  levels[i] = level;
  return differs;
}

function repaint() {
  if (!network) return;
  readPaint();
  applyLevels(true);
}

function motion() {
  return REDUCED.matches ? false : { duration: 350, easingFunction: "easeInOutQuad" };
}

function fitAll(animate = true) {
  fitNodes(NODES, animate);
}

/** Fit by hand: vis-network's own fit knows nothing of the labels and zooms into a single node without end. */
function fitNodes(nodes, animate = true) {
  if (!network || !nodes.length) return;
  const xs = nodes.map((n) => n.x);
  const ys = nodes.map((n) => n.y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min($("graph").clientWidth / (right - left + 130), $("graph").clientHeight / (bottom - top + 150), 1.6);
  network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: Math.max(scale, 0.02),
    animation: animate ? motion() : false });
}

function goTo(node) {
  if (!network) return;
  network.moveTo({ position: { x: node.x, y: node.y }, scale: Math.max(network.getScale(), 0.9), animation: motion() });
}

function zoomBy(factor) {
  if (network) network.moveTo({ scale: Math.min(8, Math.max(0.02, network.getScale() * factor)), animation: motion() });
}

function panBy(dx, dy) {
  if (!network) return;
  const { x, y } = network.getViewPosition();
  network.moveTo({ position: { x: x + dx / network.getScale(), y: y + dy / network.getScale() } });
}

function drawDiscs(context) {
  context.fillStyle = paint.disc;
  for (const disc of DATA.communities) {
    context.beginPath();
    context.arc(disc.x, disc.y, disc.r, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Labels in screen pixels, most important first, each only where none stands yet. */
function drawLabels(context) {
  const canvas = context.canvas;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = network.getScale();
  const view = network.getViewPosition();
  const onScreen = (x, y) => [(x - view.x) * scale + width / 2, (y - view.y) * scale + height / 2];
  const taken = [];
  const free = (box) => !taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1]);
  context.save();
  context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = paint.page;
  const put = (text, font, fill, x, y, must) => {
    const half = textWidth(context, text, font) / 2;
    const box = [x - half - 6, y - 3, x + half + 6, y + 15];
    if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height || (!must && !free(box))) return false;
    taken.push(box);
    context.font = font;
    context.strokeText(text, x, y);
    context.fillStyle = fill;
    context.fillText(text, x, y);
    return true;
  };
  const label = (node, must) => {
    const [x, y] = onScreen(node.x, node.y);
    const text = oneLine(node.label, must ? 60 : 30);
    return put(text, must ? NAME_FONT : LABEL_FONT, paint.ink, x, y + radius(node) * scale + 4, must);
  };
  if (state.node) drawRing(context, state.node, onScreen, scale);
  if (state.node) label(state.node, true);
  if (hovered && hovered !== state.node) label(hovered, true);
  if (!shown.lit && scale < 0.8) {
    for (const disc of DATA.communities) {
      const [x, y] = onScreen(disc.x, disc.y - disc.r);
      if (disc.r * scale > 42) put(oneLine(disc.name, 48), NAME_FONT, paint.quiet, x, y - 6, false);
    }
  }
  let room = Math.min(90, Math.round((width * height) / 11000));
  for (const [rank, node] of BY_WEIGHT.entries()) {
    if (!room) break;
    if (node === state.node || node === hovered) continue;
    const lit = shown.lit?.nodes.has(node);
    if (shown.lit ? !lit : !shown.nodes[node.i]) continue;
    const visible = radius(node) * scale;
    const important = node.kind === "paper" ? visible > 9 : visible > 6.5 || rank < 12;
    if ((lit || important) && label(node, false)) room--;
  }
  context.restore();
}

function drawRing(context, node, onScreen, scale) {
  const [x, y] = onScreen(node.x, node.y);
  context.save();
  context.strokeStyle = paint.accent;
  context.lineWidth = 2.5;
  context.beginPath();
  context.arc(x, y, radius(node) * scale + 5, 0, 2 * Math.PI);
  context.stroke();
  context.restore();
}

function textWidth(context, text, font) {
  const key = font + text;
  if (!widths.has(key)) {
    context.font = font;
    widths.set(key, context.measureText(text).width);
  }
  return widths.get(key);
}
