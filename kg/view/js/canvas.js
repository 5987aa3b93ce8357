// The picture of a small page: vis-network draws nodes and edges; labels, community names, rings and the edges of the
// node under the pointer are drawn around it here, because vis-network lets labels overlap. Members: see app.js.

const canvas = (() => {
  const LABEL_FONT = '12px "Inter", system-ui, sans-serif';
  const NAME_FONT = '600 12px "Inter", system-ui, sans-serif';
  const HOVER_LIMIT = 150;
  const numbers = (n) => Array.from({ length: n }, (_, i) => i);
  const NODE_NUMBERS = numbers(model.nodeCount);
  const EDGE_NUMBERS = numbers(model.edgeCount);
  /** Shapes of one size differ in area as vis-network draws them. */
  const SWELL = { star: 1.35, diamond: 1.2, triangle: 1.15, triangleDown: 1.15, square: 0.9 };

  let network = null;
  let box = null;
  let paint = {};
  let lit = null;
  let selected = new Set();
  let cursor = -1;
  let hover = -1;
  let placed = [];
  let resting = 0;
  let handlers = {};
  const widths = new Map();
  const levelOf = { nodes: NODE_NUMBERS.map(() => "normal"), edges: EDGE_NUMBERS.map(() => "normal") };

  function radius(i) {
    const node = model.node(i);
    if (node.kind === "paper") return 7 + Math.min(4, Math.sqrt(node.degree) * 0.7);
    return Math.min(26, 5.5 + 2.6 * Math.sqrt(node.degree));
  }

  /** One colour object per class and one per look of edges, shared by all that look so. */
  function readPaint() {
    paint = { page: colour("--page"), ink: colour("--ink"), quiet: colour("--quiet"), accent: colour("--accent"),
      edge: colour("--edge"), disc: colour("--disc"), kinds: new Map(), edges: new Map() };
    for (const kind of model.kinds) {
      const both = { background: kind[theme()], border: kind[theme()] };
      paint.kinds.set(kind.key, { ...both, hover: both, highlight: both });
    }
  }

  function edgeColour(edge, level) {
    const weak = edge.relation.key === "mentions";
    const own = typeof edge.style.color === "string" ? edge.style.color : "";
    const key = `${level} ${weak} ${own}`;
    if (!paint.edges.has(key)) {
      const tint = level === "lit" ? paint.accent : own || paint.edge;
      const opacity = edgeOpacity(edge, level);
      paint.edges.set(key, { color: tint, hover: tint, highlight: tint, inherit: false, opacity });
    }
    return paint.edges.get(key);
  }

  const NO_ARROW = { enabled: false, scaleFactor: 0.45, type: "arrow" };
  const ARROWS = { lit: { to: { ...NO_ARROW, enabled: true }, middle: NO_ARROW, from: NO_ARROW },
    other: { to: NO_ARROW, middle: NO_ARROW, from: NO_ARROW } };

  // Looks are set on vis-network's own objects: its DataSet copies every option deeply, which takes half a second for
  // 2,000 nodes, at the start and again at every selection.

  function dressNode(i) {
    const { options } = network.body.nodes[i];
    const node = model.node(i);
    if (!node.style?.color) options.color = paint.kinds.get(node.kind);
    options.opacity = NODE_OPACITY[levelOf.nodes[i]];
  }

  function dressEdge(e) {
    const { options } = network.body.edges[e];
    const edge = model.edge(e);
    const level = levelOf.edges[e];
    options.color = edgeColour(edge, level);
    options.width = level === "lit" ? litWidth(edge, lit) : edge.style.width || 1;
    options.arrows = level === "lit" ? ARROWS.lit : ARROWS.other;
  }

  function start(element, given) {
    box = element;
    handlers = given;
    readPaint();
    const nodes = NODE_NUMBERS.map((i) => {
      const node = model.node(i);
      const { shape } = model.kind(node.kind);
      return { id: i, x: node.x, y: node.y, shape, size: radius(i) * (SWELL[shape] || 1), ...node.style };
    });
    const edges = EDGE_NUMBERS.map((i) => {
      const { from, to, style: { dashes, smooth } } = model.edge(i);
      return { id: i, from: from.i, to: to.i, ...(dashes && { dashes }), ...(smooth && { smooth }) };
    });
    const many = model.edgeCount > 1500;
    network = new vis.Network(box, { nodes, edges }, {
      physics: false,
      layout: { improvedLayout: false, randomSeed: 1 },
      interaction: { hover: true, hoverConnectedEdges: false, selectConnectedEdges: false, tooltipDelay: 200,
        hideEdgesOnDrag: many, hideEdgesOnZoom: many, zoomSpeed: 0.7 },
      nodes: { chosen: false, borderWidth: 0 },
      edges: { chosen: false, smooth: false, hoverWidth: 0, selectionWidth: 0 },
    });
    if (Object.keys(model.options).length) network.setOptions(model.options);
    for (const inner of box.querySelectorAll("[tabindex]")) inner.tabIndex = -1;
    network.on("beforeDrawing", drawGround);
    network.on("afterDrawing", drawLabels);
    network.on("click", ({ nodes: [node], edges: found }) => {
      if (node !== undefined) return handlers.node(model.node(node));
      const edge = found.find((e) => model.showsEdge(e) && (!lit || lit.edges.has(e)));
      return edge === undefined ? handlers.none() : handlers.edge(model.edge(edge));
    });
    network.on("doubleClick", ({ nodes: [node] }) => node !== undefined && handlers.deeper(model.node(node)));
    network.on("hoverNode", ({ node }) => setHover(node));
    network.on("blurNode", () => setHover(-1));
    for (const event of ["dragEnd", "zoom"]) network.on(event, moved);
    for (const event of ["dragging", "dragEnd"]) {
      network.on(event, ({ nodes: dragged }) => {
        for (const [i, place] of Object.entries(network.getPositions(dragged))) Object.assign(model.node(i), place);
      });
    }
    NODE_NUMBERS.forEach(dressNode);
    EDGE_NUMBERS.forEach(dressEdge);
  }

  function redraw() {
    if (network) network.body.emitter.emit("_requestRedraw"); // with the next frame, not at once
  }

  function setHover(i) {
    hover = i;
    box.classList.toggle("pointing", i >= 0);
    redraw();
  }

  function point(i) {
    cursor = i;
    redraw();
  }

  /** Only what changed is touched, unless `all`. */
  function show(wanted, all = false) {
    const thickBefore = lit?.edges.size > 40;
    ({ lit, selected } = wanted);
    if (!network) return;
    all ||= thickBefore !== lit?.edges.size > 40 && lit !== null;
    for (const e of EDGE_NUMBERS) if (change(levelOf.edges, e, edgeLevel(e, lit)) || all) dressEdge(e);
    for (const i of NODE_NUMBERS) if (change(levelOf.nodes, i, nodeLevel(i, lit)) || all) dressNode(i);
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
    show({ lit, selected }, true);
  }

  function move(place, animate = true) {
    if (!network) return;
    const motion = REDUCED.matches || !animate ? false : { duration: 350, easingFunction: "easeInOutQuad" };
    network.moveTo({ ...place, animation: motion });
    if (animate) moved();
  }

  function moved() {
    clearTimeout(resting);
    resting = setTimeout(() => handlers.moved(), 450); // longer than a motion
  }

  /** Fit by hand: vis-network's own fit knows nothing of the labels and zooms into a single node without end. */
  function fit(which, animate = true) {
    const found = which || NODE_NUMBERS;
    if (!network || !found.length) return;
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const i of found) {
      const { x, y } = model.node(i);
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    const scale = fitScale(right - left, bottom - top, view());
    move({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: Math.max(scale, 0.02) }, animate);
  }

  function focus(i) {
    if (network) move({ position: { x: model.node(i).x, y: model.node(i).y }, scale: Math.max(network.getScale(), 0.9) });
  }

  function zoom(factor) {
    if (network) move({ scale: Math.min(8, Math.max(0.02, network.getScale() * factor)) });
  }

  function pan(dx, dy) {
    if (!network) return;
    const { x, y, scale } = view();
    move({ position: { x: x + dx / scale, y: y + dy / scale } });
  }

  function view() {
    const { x, y } = network ? network.getViewPosition() : { x: 0, y: 0 };
    return { x, y, scale: network ? network.getScale() : 1, width: box?.clientWidth || 0, height: box?.clientHeight || 0 };
  }

  function drawGround(context) {
    context.fillStyle = paint.disc;
    for (const disc of model.communities) {
      context.beginPath();
      context.arc(disc.x, disc.y, disc.r, 0, 2 * Math.PI);
      context.fill();
    }
    const near = hover >= 0 ? hover : cursor;
    if (near < 0 || selected.has(near)) return;
    context.strokeStyle = paint.accent;
    context.globalAlpha = 0.6;
    context.lineWidth = 2 / network.getScale();
    context.beginPath();
    for (const e of model.incident(near).filter(model.showsEdge).slice(0, HOVER_LIMIT)) {
      const { from, to } = model.edge(e);
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Labels in screen pixels, most important first, each only where none stands yet. */
  function drawLabels(context) {
    const { width: ratioWidth, clientWidth: width, height: ratioHeight, clientHeight: height } = context.canvas;
    const scale = network.getScale();
    const middle = network.getViewPosition();
    const onScreen = ({ x, y }) => [(x - middle.x) * scale + width / 2, (y - middle.y) * scale + height / 2];
    const taken = [];
    const free = (area) => !taken.some((t) => area[0] < t[2] && area[2] > t[0] && area[1] < t[3] && area[3] > t[1]);
    placed = [];
    context.save();
    context.setTransform(ratioWidth / width, 0, 0, ratioHeight / height, 0, 0);
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = paint.page;
    const put = (text, { bold = false, quiet = false, must = false }, x, y) => {
      const font = bold ? NAME_FONT : LABEL_FONT;
      const half = textWidth(context, text, font) / 2;
      if (x > 0 && x < width) x = Math.max(half + 6, Math.min(width - half - 6, x));
      const area = [x - half - 6, y - 1, x + half + 6, y + 14];
      if (area[2] < 0 || area[0] > width || area[3] < 0 || area[1] > height || (!must && !free(area))) return false;
      taken.push(area);
      placed.push({ text, x, y, bold, quiet });
      context.font = font;
      context.strokeText(text, x, y);
      context.fillStyle = quiet ? paint.quiet : paint.ink;
      context.fillText(text, x, y);
      return true;
    };
    const label = (node, must) => {
      const [x, y] = onScreen(node);
      return put(oneLine(node.label, must ? 60 : 30), { bold: must, must }, x, y + radius(node.i) * scale + 4);
    };
    const first = [...selected, cursor, hover].filter((i, k, all) => i >= 0 && all.indexOf(i) === k);
    for (const i of first) if (i !== hover || selected.has(i) || i === cursor) ring(context, onScreen(model.node(i)), i, scale);
    for (const i of first) label(model.node(i), true);
    if (lit && lit.edges.size <= 12) for (const e of lit.edges) edgeLabel(model.edge(e), onScreen, put, context);
    if (!lit && scale < 0.8) {
      for (const disc of model.communities) {
        const [x, y] = onScreen({ x: disc.x, y: disc.y - disc.r });
        if (disc.r * scale <= 42) continue;
        const [first, second] = oneLine(disc.name, 64).split(" · ");
        if (put(first, { bold: true, quiet: true }, x, y - 12) && second) put(second, { quiet: true }, x, y + 3);
      }
    }
    let room = Math.min(90, Math.round((width * height) / 11000));
    for (const [rank, node] of model.byWeight.entries()) {
      if (!room) break;
      if (first.includes(node.i) || (lit ? !lit.nodes.has(node.i) : !model.showsNode(node.i))) continue;
      const seen = radius(node.i) * scale;
      const important = node.kind === "paper" ? seen > 9 : seen > 6.5 || rank < 12;
      if ((lit || important) && label(node, false)) room--;
    }
    context.restore();
  }

  function edgeLabel({ from, to, relation }, onScreen, put, context) {
    const [[ax, ay], [bx, by]] = [onScreen(from), onScreen(to)];
    if (Math.hypot(ax - bx, ay - by) > textWidth(context, relation.label, LABEL_FONT) + 50) {
      put(oneLine(relation.label, 24), { quiet: true }, (ax + bx) / 2, (ay + by) / 2 - 7);
    }
  }

  function ring(context, [x, y], i, scale) {
    context.save();
    context.strokeStyle = paint.accent;
    context.lineWidth = 2.5;
    if (!selected.has(i)) context.setLineDash([4, 3]);
    context.beginPath();
    context.arc(x, y, radius(i) * scale + 5, 0, 2 * Math.PI);
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

  return {
    start, show, point, fit, focus, zoom, pan, repaint, view, radius,
    setView: ({ x, y, scale }) => move({ position: { x, y }, scale }, false),
    x: (i) => model.node(i).x, y: (i) => model.node(i).y,
    labels: () => placed,
  };
})();
