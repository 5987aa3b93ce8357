// The picture: vis-network draws nodes and edges; labels, community names and the ring are drawn over it here,
// because vis-network lets labels overlap.

const LEVELS = { normal: 1, lit: 1, dim: 0.16, off: 0.06 };
const LABEL_FONT = '12px "Inter", system-ui, sans-serif';
const NAME_FONT = '600 12px "Inter", system-ui, sans-serif';

/** The more edges, the fainter each: the sum of them should not hide the nodes. */
const FAINT = Math.min(1, Math.max(0.15, Math.sqrt(500 / (EDGES.length || 1))));

let network = null;
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

/** One colour object per class and one per look of edges, shared by all that look so. */
function readPaint() {
  paint = { page: colour("--page"), ink: colour("--ink"), quiet: colour("--quiet"), accent: colour("--accent"),
    edge: colour("--edge"), disc: colour("--disc"), kinds: new Map(), edges: new Map() };
  for (const [key, kind] of KINDS) {
    const both = { background: kind[theme()], border: kind[theme()] };
    paint.kinds.set(key, { ...both, hover: both, highlight: both });
  }
}

function edgeColour(edge, level) {
  const weak = edge.relation.key === "mentions";
  const own = typeof edge.style.color === "string" ? edge.style.color : "";
  const key = `${level} ${weak} ${own}`;
  if (!paint.edges.has(key)) {
    const colour = level === "lit" ? paint.accent : own || paint.edge;
    const opacity = { lit: weak ? 0.5 : 0.75, dim: 0.08, off: 0.03, normal: (weak ? 0.45 : 0.7) * FAINT }[level];
    paint.edges.set(key, { color: colour, hover: colour, highlight: colour, inherit: false, opacity });
  }
  return paint.edges.get(key);
}

const NO_ARROW = { enabled: false, scaleFactor: 0.45, type: "arrow" };
const ARROWS = { lit: { to: { ...NO_ARROW, enabled: true }, middle: NO_ARROW, from: NO_ARROW },
  other: { to: NO_ARROW, middle: NO_ARROW, from: NO_ARROW } };

// Looks are set on vis-network's own objects: its DataSet copies every option deeply, which takes half a second for
// 2,000 nodes, at the start and again at every selection.

function dressNode(node) {
  const { options } = network.body.nodes[node.i];
  if (!node.style?.color) options.color = paint.kinds.get(node.kind);
  options.opacity = LEVELS[levelOf.nodes[node.i]];
}

function dressEdge(edge) {
  const { options } = network.body.edges[edge.i];
  const level = levelOf.edges[edge.i];
  options.color = edgeColour(edge, level);
  const thick = shown.lit?.edges.size > 40 ? 0.2 : 1.2;
  options.width = level === "lit" ? thick + edge.confidence : edge.style.width || 1;
  options.arrows = level === "lit" ? ARROWS.lit : ARROWS.other;
}

function startCanvas(handlers) {
  readPaint();
  const nodes = NODES.map((n) => {
    const { shape } = KINDS.get(n.kind);
    return { id: n.i, x: n.x, y: n.y, shape, size: radius(n) * (SWELL[shape] || 1), ...n.style };
  });
  const edges = EDGES.map(({ i, from, to, style: { dashes, smooth } }) => ({
    id: i, from: from.i, to: to.i, ...(dashes && { dashes }), ...(smooth && { smooth }) }));
  const many = EDGES.length > 1500;
  network = new vis.Network($("graph"), { nodes, edges }, {
    physics: false,
    layout: { improvedLayout: false, randomSeed: 1 },
    interaction: { hover: true, hoverConnectedEdges: false, selectConnectedEdges: false, tooltipDelay: 200,
      hideEdgesOnDrag: many, hideEdgesOnZoom: many, zoomSpeed: 0.7 },
    nodes: { chosen: false, borderWidth: 0 },
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
  NODES.forEach(dressNode);
  EDGES.forEach(dressEdge);
  fitAll(false);
}

function redraw() {
  if (network) network.body.emitter.emit("_requestRedraw"); // with the next frame, not at once
}

function setHovered(node) {
  hovered = node;
  $("graph").classList.toggle("pointing", Boolean(node));
  redraw();
}

/** Bring the picture in line with `shown`; only what changed is touched. */
function applyLevels(all = false) {
  if (!network) return;
  const lit = shown.lit;
  const changedNodes = NODES.filter((n) => change(levelOf.nodes, n.i,
    lit?.nodes.has(n) ? "lit" : !shown.nodes[n.i] ? "off" : lit ? "dim" : "normal") || all);
  const changedEdges = EDGES.filter((e) => change(levelOf.edges, e.i,
    lit?.edges.has(e) ? "lit" : !shown.edges[e.i] ? "off" : lit ? "dim" : "normal") || all);
  changedEdges.forEach(dressEdge);
  changedNodes.forEach(dressNode);
  redraw();
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
    if (x > 0 && x < width) x = Math.max(half + 6, Math.min(width - half - 6, x));
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
