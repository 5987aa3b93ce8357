// The picture of a small page: vis-network draws nodes and edges; labels, community names, rings and the edges of the
// node under the pointer are drawn around it here, because vis-network lets labels overlap. Members: see app.js.

const canvas = (() => {
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
  const homes = new Map(); // node -> its place in the layout, of those that were moved
  const levelOf = { nodes: NODE_NUMBERS.map(() => "normal"), edges: EDGE_NUMBERS.map(() => "normal") };

  function radius(i) {
    const node = model.node(i);
    if (node.style?.size > 0) return Number(node.style.size);
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
    options.arrows = level === "lit" && model.directed && lit.edges.size <= MANY_LIT ? ARROWS.lit : ARROWS.other;
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
    network.on("afterDrawing", drawNames);
    network.on("click", ({ nodes: [node], edges: found }) => {
      if (node !== undefined) return handlers.node(model.node(node));
      const edge = found.find((e) => model.showsEdge(e) && (!lit || lit.edges.has(e)));
      return edge === undefined ? handlers.none() : handlers.edge(model.edge(edge));
    });
    network.on("doubleClick", ({ nodes: [node] }) => node !== undefined && handlers.deeper(model.node(node)));
    network.on("hoverNode", ({ node }) => setHover(node));
    network.on("blurNode", () => setHover(-1));
    network.on("zoom", () => network.getScale() < least() && network.moveTo({ scale: least() }));
    for (const event of ["dragEnd", "zoom"]) network.on(event, moved);
    for (const event of ["dragStart", "dragging", "dragEnd"]) network.on(event, ({ nodes: [i] }) => i !== undefined && dragged(event, i));
    NODE_NUMBERS.forEach(dressNode);
    EDGE_NUMBERS.forEach(dressEdge);
  }

  function dragged(event, i) {
    const node = model.node(i);
    if (event === "dragStart") leaveHome(i);
    Object.assign(node, network.getPosition(i));
    // Where forces are at work nobody can say where a node will stay.
    if (event === "dragEnd" && !network.physics.physicsEnabled) handlers.dropped(i, { x: node.x, y: node.y });
  }

  function leaveHome(i) {
    const { x, y } = model.node(i);
    if (!homes.has(i)) homes.set(i, { x, y });
  }

  function setMoved(places) {
    for (const i of places.keys()) leaveHome(i);
    for (const [i, home] of homes) {
      const place = places.get(i) || home;
      Object.assign(model.node(i), place);
      if (network) Object.assign(network.body.nodes[i], place);
      if (!places.has(i)) homes.delete(i);
    }
    redraw();
  }

  function look(i) {
    const { kind, style } = model.node(i);
    const own = style?.color?.background || style?.color;
    return { shape: style?.shape || model.kind(kind).shape, fill: plainColour(own) || model.kind(kind)[theme()] };
  }

  /** The control points of an edge as vis-network bends it. */
  function route(e) {
    const { from, to } = model.edge(e);
    if (from === to) return loopPoints([from.x, from.y], radius(from.i));
    const via = network ? [network.body.edges[e].edgeType.getViaNode() ?? []].flat() : [];
    return via.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)) ? via.flatMap(({ x, y }) => [x, y]) : [];
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
    const thickBefore = lit?.edges.size > MANY_LIT;
    ({ lit, selected } = wanted);
    if (!network) return;
    all ||= thickBefore !== lit?.edges.size > MANY_LIT && lit !== null;
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
    if (place.scale !== undefined) place = { ...place, scale: Math.max(place.scale, least()) };
    const motion = REDUCED.matches || !animate ? false : { duration: 350, easingFunction: "easeInOutQuad" };
    network.moveTo({ ...place, animation: motion });
    if (animate) moved();
  }

  function moved() {
    clearTimeout(resting);
    resting = setTimeout(() => handlers.moved(), 450); // longer than a motion
  }

  function extent(found) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const i of found) {
      const { x, y } = model.node(i);
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    return { left, right, top, bottom };
  }

  function least() {
    const { left, right, top, bottom } = extent(NODE_NUMBERS);
    return leastScale(right - left, bottom - top, view());
  }

  /** Fit by hand: vis-network's own fit knows nothing of the labels and zooms into a single node without end. */
  function fit(which, animate = true) {
    const found = which || NODE_NUMBERS;
    if (!network || !found.length) return;
    const { left, right, top, bottom } = extent(found);
    move({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: fitScale(right - left, bottom - top, view()) }, animate);
  }

  function focus(i) {
    if (network) move({ position: { x: model.node(i).x, y: model.node(i).y }, scale: Math.max(network.getScale(), 0.9) });
  }

  function zoom(factor) {
    if (network) move({ scale: Math.min(8, network.getScale() * factor) });
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
      trace(context, [from.x, from.y, ...route(e), to.x, to.y]);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Rings and labels, in screen pixels. */
  function drawNames(context) {
    const { width: ratioWidth, clientWidth: width, height: ratioHeight, clientHeight: height } = context.canvas;
    const scale = network.getScale();
    const middle = network.getViewPosition();
    const pixel = (x, y) => [(x - middle.x) * scale + width / 2, (y - middle.y) * scale + height / 2];
    const where = (i) => pixel(model.node(i).x, model.node(i).y);
    const reach = (i) => radius(i) * scale;
    const line = (e) => {
      const { from, to } = model.edge(e);
      const points = [from.x, from.y, ...route(e), to.x, to.y];
      return points.flatMap((x, k) => (k % 2 ? [] : pixel(x, points[k + 1])));
    };
    context.save();
    context.setTransform(ratioWidth / width, 0, 0, ratioHeight / height, 0, 0);
    const first = [...new Set([...selected, cursor, hover])].filter((i) => i >= 0);
    for (const i of first) if (i !== hover || selected.has(i) || i === cursor) drawRing(context, where(i), reach(i), { paint, dashed: !selected.has(i) });
    const regions = lit || scale >= 0.8 ? [] : model.communities.filter((disc) => disc.name && disc.r * scale > 42).map((disc) => {
      const [x, y] = pixel(disc.x, disc.y - disc.r);
      return { name: disc.name, x, y: y - 17, font: NAME_FONT, quiet: true };
    });
    const named = model.byWeight.filter((node, rank) => {
      if (lit) return lit.nodes.has(node.i);
      const seen = reach(node.i);
      return model.showsNode(node.i) && (node.kind === "paper" ? seen > 9 : seen > 6.5 || rank < 12);
    }).map((node) => node.i);
    placed = drawLabels(context, { width, height, paint, where, reach, line, lit, first, regions, nodes: named, room: Math.min(90, Math.round((width * height) / 11000)) });
    context.restore();
  }

  return {
    start, show, point, fit, focus, zoom, pan, repaint, view, radius, look, route, setMoved,
    setView: ({ x, y, scale }) => move({ position: { x, y }, scale }, false),
    x: (i) => model.node(i).x, y: (i) => model.node(i).y,
    labels: () => placed,
  };
})();
