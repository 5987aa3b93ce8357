// The picture of a large page: WebGL draws all nodes and edges (gl.js); over it lies a plain canvas with what is lit,
// rings, labels and names of communities, so that hover and selection never touch the hundred thousand. Members: see
// app.js. Without WebGL the plain canvas draws the most important nodes in view, and says so.

const canvas = (() => {
  const { columns } = model;
  const { x: X, y: Y, kind, source, target, byWeight, nodeShown, edgeShown, style } = columns;
  const HOVER_LIMIT = 150;
  const PLAIN_LIMIT = 1500; // nodes that the plain canvas draws without WebGL
  const LEAST = 1.1; // pixels: the radius below which no node shrinks
  const WIDEST = 8;
  const CROWD = Math.min(1, Math.sqrt(40000 / (model.edgeCount || 1))); // the more edges, the fainter each
  const PAPER = model.kinds.findIndex((k) => k.key === "paper");
  const SWELL = { star: 1.2, diamond: 1.1, triangle: 1.1, triangleDown: 1.1, square: 0.95 };
  const GRIP = 5; // pixels: the radius from which a node can be taken hold of, unless it is lit
  const outlines = Object.fromEntries(Object.entries(OUTLINES).map(([shape, path]) => [shape, new Path2D(path)]));
  /** Number of the look of each node: its class's, or after all classes one of those that were set by hand. */
  const lookOf = Uint16Array.from(kind, (own, i) => (style[i] ? model.kinds.length + style[i] - 1 : own));

  const sizes = new Float32Array(model.nodeCount);
  for (let i = 0; i < sizes.length; i++) {
    const degree = columns.degree(i);
    const { size } = style[i] ? model.styles[style[i] - 1] : {};
    sizes[i] = size > 0 ? size : kind[i] === PAPER ? 7 + Math.min(4, Math.sqrt(degree) * 0.7) : Math.min(60, 5.5 + 2.6 * Math.sqrt(degree));
  }
  const radius = (i) => sizes[i];
  let grid = makeGrid(X, Y);
  const homes = new Map(); // node -> its place in the layout, of those that were moved

  let box = null;
  let handlers = {};
  let surfaces = null; // {gl, plain}: the two canvas elements
  let renderer = null;
  let heard = 0;       // the revision of the filters that the renderer knows
  let paint = {};
  let lit = null;
  let selected = new Set();
  let cursor = -1;
  let hover = -1;
  let placed = [];
  let frame = 0;
  let motion = 0;
  const bends = new Map(); // lit edge -> how far it is bent
  let held = -1; // the node that the hand moves
  let resting = 0;
  let at = { x: 0, y: 0, scale: 1 };
  let seen = { width: 0, height: 0 }; // of the box, kept: to ask for it in the middle of a change costs a layout

  function start(element, given) {
    box = element;
    handlers = given;
    surfaces = { gl: el("canvas", { "aria-hidden": "true" }), plain: el("canvas", { "aria-hidden": "true" }) };
    for (const each of Object.values(surfaces)) {
      Object.assign(each.style, { position: "absolute", inset: "0", width: "100%", height: "100%", touchAction: "none" });
      box.append(each);
    }
    readPaint();
    begin();
    surfaces.gl.addEventListener("webglcontextlost", (event) => {
      event.preventDefault(); // else it never comes back
      renderer = null;
      plainWord("The graphics card left this page.");
      redraw();
    });
    surfaces.gl.addEventListener("webglcontextrestored", begin);
    watchPointer(surfaces.plain, {
      pan: (dx, dy) => go({ ...at, x: at.x - dx / at.scale, y: at.y - dy / at.scale }),
      zoom: zoomAt, rest: moved,
      grab: (px, py) => {
        held = nodeAt(px, py);
        if (held >= 0 && !lit?.nodes.has(held) && !selected.has(held) && sizes[held] * at.scale < GRIP) held = -1;
        return held >= 0;
      },
      drag: (px, py) => { stand(held, unpixel(px, py)); redraw(); },
      drop: () => {
        const i = held;
        held = -1;
        replaced();
        handlers.dropped(i, { x: X[i], y: Y[i] });
      },
      hover: (px, py) => setHover(px === null ? -1 : nodeAt(px, py)),
      tap: (px, py) => {
        const i = nodeAt(px, py);
        if (i >= 0) return handlers.node(model.node(i));
        const e = edgeAt(px, py);
        return e >= 0 ? handlers.edge(model.edge(e)) : handlers.none();
      },
      twice: (px, py) => {
        const i = nodeAt(px, py);
        if (i >= 0) return handlers.deeper(model.node(i));
        const disc = discAt(px, py);
        return disc ? fitBox(disc.x - disc.r, disc.x + disc.r, disc.y - disc.r, disc.y + disc.r) : zoomAt(2, px, py);
      },
    });
    resize();
    fit(null, false);
    new ResizeObserver(() => resize() && draw()).observe(box); // at once: a canvas that changed its size is empty
    performance.measure("kg data and picture", "kg begins");
  }

  function begin() {
    const discs = [...model.communities, ...model.inner].map((d) => [d.x, d.y, d.r]);
    const order = Uint32Array.from(byWeight).reverse();
    renderer = makeRenderer(surfaces.gl, { x: X, y: Y, size: sizes, look: lookOf, order, source, target, discs });
    heard = 0;
    plainWord(renderer ? "" : "This browser has no WebGL.");
    redraw();
  }

  /** Say that the plain canvas draws, and what it leaves out; an empty reason takes the word away. */
  function plainWord(reason) {
    box.querySelector(".chip")?.remove();
    surfaces.gl.style.visibility = reason ? "hidden" : "visible";
    if (!reason) return;
    const words = `${reason} The picture shows the ${PLAIN_LIMIT.toLocaleString("en")} most connected nodes in view and what is selected; search, lists and details hold everything.`;
    const chip = el("p", { class: "chip warn", role: "status" }, words);
    Object.assign(chip.style, { position: "absolute", bottom: "4rem", left: "0.8rem", maxWidth: "28rem", zIndex: "1" });
    box.append(chip);
  }

  function readPaint() {
    paint = { page: colour("--page"), ink: colour("--ink"), quiet: colour("--quiet"), accent: colour("--accent"),
      edge: colour("--edge"), disc: colour("--disc") };
    const fills = model.kinds.map((k) => k[theme()]);
    paint.looks = model.kinds.map(({ shape }, k) => ({ shape, fill: fills[k] }));
    for (const own of model.styles) {
      const base = paint.looks[own.kind];
      paint.looks.push({ shape: own.shape || base.shape, fill: plainColour(own.color) || base.fill });
    }
    paint.gl = { page: glInk(paint.page), disc: glInk(paint.disc), edge: glInk(paint.edge), looks: paint.looks };
  }

  // Drawing

  function redraw() {
    if (!frame && box) frame = requestAnimationFrame(draw);
  }

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    const now = view();
    if (!now.width || !now.height) return;
    const ratio = surfaces.plain.width / now.width;
    if (renderer) {
      if (heard !== model.revision()) renderer.filter(nodeShown, edgeShown);
      heard = model.revision();
      // Far away edges blur into a veil, so they are faint there; near ones stand out.
      const near = Math.min(1, Math.max(0, (Math.log2(at.scale) + 6) / 6)) ** 2;
      renderer.draw({ ...now, ratio }, { ...paint.gl, least: LEAST, faded: NODE_OPACITY.off,
        nodes: lit ? NODE_OPACITY.dim : 1, edges: (lit ? 0.15 : 1) * (0.12 * CROWD * (1 - near) + 0.7 * near) });
    }
    drawPlain(now, ratio);
  }

  function drawPlain({ width, height }, ratio) {
    const context = surfaces.plain.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const pixel = (px, py) => [(px - at.x) * at.scale + width / 2, (py - at.y) * at.scale + height / 2];
    const where = (i) => pixel(X[i], Y[i]);
    if (!renderer) drawBase(context, where, pixel, width, height);
    const near = hover >= 0 ? hover : cursor;
    const line = (e) => [...where(source[e]), ...pixels(route(e), pixel), ...where(target[e])];
    if (near >= 0 && !selected.has(near)) drawEdges(context, firstShown(near), line, 0.45);
    if (held >= 0) drawEdges(context, firstShown(held), line, 0.7);
    if (lit) {
      drawEdges(context, lit.edges, line, 0.7);
      if (model.directed && lit.edges.size <= MANY_LIT) drawHeads(context, lit.edges, line);
      for (const i of lit.nodes) drawNode(context, i, where(i));
    }
    const first = [...new Set([...selected, cursor, hover, held])].filter((i) => i >= 0);
    for (const i of first) {
      drawNode(context, i, where(i));
      drawRing(context, where(i), reach(i), { paint, dashed: !selected.has(i) });
    }
    drawNames(context, { where, pixel, line, width, height, first });
  }

  /** Without WebGL: communities and the most important nodes. */
  function drawBase(context, where, pixel, width, height) {
    context.fillStyle = paint.disc;
    for (const disc of model.communities) {
      context.beginPath();
      context.arc(...pixel(disc.x, disc.y), disc.r * at.scale, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = lit ? NODE_OPACITY.dim : 1;
    let room = PLAIN_LIMIT;
    for (const i of byWeight) {
      if (!room) break;
      const [px, py] = where(i);
      if (!nodeShown[i] || px < -20 || py < -20 || px > width + 20 || py > height + 20) continue;
      drawNode(context, i, [px, py]);
      room--;
    }
    context.globalAlpha = 1;
  }

  function firstShown(i) {
    const found = [];
    for (const e of model.incident(i)) {
      if (edgeShown[e]) found.push(e);
      if (found.length >= HOVER_LIMIT) break;
    }
    return found;
  }

  function drawEdges(context, edges, line, opacity) {
    context.strokeStyle = paint.accent;
    context.globalAlpha = opacity;
    context.lineWidth = 1.2;
    context.beginPath();
    for (const e of edges) trace(context, line(e));
    context.stroke();
    context.globalAlpha = 1;
  }

  function drawHeads(context, edges, line) {
    context.fillStyle = paint.accent;
    context.beginPath();
    for (const e of edges) {
      if (source[e] === target[e]) continue;
      for (const [k, [px, py]] of arrowHead(line(e), reach(target[e]) + 2).entries()) context[k ? "lineTo" : "moveTo"](px, py);
    }
    context.fill();
  }

  /** Lit edges between the same two nodes are bent apart; among all the others nobody could see it. */
  function route(e) {
    const [i, j] = [source[e], target[e]];
    if (i === j) return loopPoints([X[i], Y[i]], sizes[i]);
    if (!lit?.edges.has(e)) return [];
    if (!bends.has(e)) bends.set(e, Math.min(0.15 * parallelsBefore(e, i, j), 2));
    return bends.get(e) ? bendPoint([X[i], Y[i]], [X[j], Y[j]], bends.get(e)) : [];
  }

  function parallelsBefore(e, i, j) {
    let before = 0;
    for (const other of model.incident(columns.degree(i) < columns.degree(j) ? i : j)) {
      if (other < e && Math.min(source[other], target[other]) === Math.min(i, j) && Math.max(source[other], target[other]) === Math.max(i, j)) before++;
    }
    return before;
  }

  function pixels(points, pixel) {
    return points.flatMap((x, k) => (k % 2 ? [] : pixel(x, points[k + 1])));
  }

  function reach(i) {
    return Math.max(sizes[i] * at.scale, LEAST);
  }

  function drawNode(context, i, [px, py]) {
    const r = Math.max(sizes[i] * at.scale, LEAST + (lit?.nodes.has(i) ? 1.5 : 0));
    const { shape, fill } = paint.looks[lookOf[i]];
    const unit = (r * (SWELL[shape] || 1)) / 6;
    context.fillStyle = fill;
    context.save();
    context.translate(px - 8 * unit, py - 8 * unit);
    context.scale(unit, unit);
    context.fill(outlines[shape] || outlines.dot);
    context.restore();
  }

  // Labels

  /** Names of regions from afar, of nodes from near. */
  function drawNames(context, { where, pixel, line, width, height, first }) {
    const regions = [];
    const add = (discs, least, font) => {
      for (const disc of lit ? [] : discs) {
        const across = disc.r * at.scale;
        if (across < least || across > Math.min(width, height) * 0.7 || !disc.name) continue;
        const [x, y] = pixel(disc.x, disc.y);
        if (x > 0 && y > 0 && x < width && y < height) regions.push({ name: disc.name, x, y: y - 6, font });
      }
    };
    add(model.communities, 12, REGION_FONT);
    add(model.inner, 60, NAME_FONT);
    const nodes = lit ? [...lit.nodes].sort((a, b) => columns.weights[b] - columns.weights[a]) : nearOnes(width, height);
    placed = drawLabels(context, { width, height, paint, where, reach, line, lit, first, regions, nodes,
      room: lit ? 60 : Math.min(90, Math.round((width * height) / 11000)) });
  }

  /** Nodes in view that are large enough to be named, most important first, not too many. */
  function nearOnes(width, height) {
    const [left, right] = [at.x - width / 2 / at.scale, at.x + width / 2 / at.scale];
    const [top, bottom] = [at.y - height / 2 / at.scale, at.y + height / 2 / at.scale];
    const found = [];
    for (let k = 0; k < byWeight.length && found.length < 500; k++) {
      const i = byWeight[k];
      if (X[i] < left || X[i] > right || Y[i] < top || Y[i] > bottom || !nodeShown[i]) continue;
      if (sizes[i] * at.scale >= (kind[i] === PAPER ? 8 : 5)) found.push(i);
    }
    return found;
  }

  // What lies under the pointer

  function unpixel(px, py) {
    const { width, height } = view();
    return [at.x + (px - width / 2) / at.scale, at.y + (py - height / 2) / at.scale];
  }

  function nodeAt(px, py) {
    const [wx, wy] = unpixel(px, py);
    const slack = 5 / at.scale;
    let [best, least] = [-1, Infinity];
    grid.around(wx, wy, 60 + slack, (i) => {
      if (!nodeShown[i]) return;
      const beyond = Math.hypot(X[i] - wx, Y[i] - wy) - sizes[i];
      const score = beyond - (lit?.nodes.has(i) ? slack : 0);
      if (beyond <= slack && score < least) [best, least] = [i, score];
    });
    return best;
  }

  /** The nearest edge within a few pixels: of the lit ones, or of those in view if they are few enough to be meant. */
  function edgeAt(px, py) {
    if (!lit && at.scale < 0.2) return -1;
    const [wx, wy] = unpixel(px, py);
    let [best, least] = [-1, (5 / at.scale) ** 2];
    const near = ([ax, ay], [ex, ey], e) => {
      const [bx, by] = [ex - ax, ey - ay];
      const along = Math.min(1, Math.max(0, ((wx - ax) * bx + (wy - ay) * by) / (bx * bx + by * by || 1)));
      const apart = (ax + along * bx - wx) ** 2 + (ay + along * by - wy) ** 2;
      if (apart < least) [best, least] = [e, apart];
    };
    const weigh = (e) => {
      if (!edgeShown[e]) return;
      const [i, j] = [source[e], target[e]];
      if (!lit && i !== j) near([X[i], Y[i]], [X[j], Y[j]], e);
      else for (const [k, point] of pointsAlong([X[i], Y[i], ...route(e), X[j], Y[j]]).entries()) {
        if (k) near(before, point, e);
        before = point;
      }
    };
    let before = null;
    if (lit) for (const e of lit.edges) weigh(e);
    else for (let e = 0; e < source.length; e++) weigh(e);
    return best;
  }

  function discAt(px, py) {
    const [wx, wy] = unpixel(px, py);
    return [...model.inner, ...model.communities]
      .filter((d) => (d.x - wx) ** 2 + (d.y - wy) ** 2 < d.r ** 2 && d.r * at.scale < 250).sort((a, b) => b.r - a.r)[0];
  }

  function setHover(i) {
    if (i === hover) return;
    hover = i;
    box.classList.toggle("pointing", i >= 0);
    redraw();
  }

  // Moving

  function stand(i, [x, y]) {
    if (!homes.has(i)) homes.set(i, { x: X[i], y: Y[i] });
    [X[i], Y[i]] = [Math.round(x), Math.round(y)];
  }

  /** Nodes stand elsewhere: everything that goes by place is made anew. */
  function replaced() {
    grid = makeGrid(X, Y);
    renderer?.place();
    heard = -1; // edges lie in another order now
    redraw();
  }

  function setMoved(places) {
    if (!places.size && !homes.size) return;
    for (const [i, { x, y }] of places) stand(i, [x, y]);
    for (const [i, { x, y }] of homes) {
      if (places.has(i)) continue;
      stand(i, [x, y]);
      homes.delete(i);
    }
    replaced();
  }

  /** Whether the canvases had another size. */
  function resize() {
    const ratio = renderer?.slow ? 1 : Math.min(3, devicePixelRatio || 1);
    seen = { width: box.clientWidth, height: box.clientHeight };
    const [width, height] = [Math.max(1, Math.round(seen.width * ratio)), Math.max(1, Math.round(seen.height * ratio))];
    if (surfaces.plain.width === width && surfaces.plain.height === height) return false;
    for (const each of Object.values(surfaces)) Object.assign(each, { width, height });
    return true;
  }

  function go(place) {
    at = { x: place.x, y: place.y, scale: Math.min(WIDEST, Math.max(least(), place.scale)) };
    redraw();
  }

  function travel(place, animate) {
    cancelAnimationFrame(motion);
    if (REDUCED.matches || !animate) go(place);
    else {
      const from = at;
      let begun = 0;
      const step = (time) => {
        begun ||= time;
        const part = Math.min(1, (time - begun) / 350);
        const eased = part * part * (3 - 2 * part);
        go({ x: from.x + (place.x - from.x) * eased, y: from.y + (place.y - from.y) * eased,
          scale: from.scale * (place.scale / from.scale) ** eased });
        if (part < 1) motion = requestAnimationFrame(step);
      };
      motion = requestAnimationFrame(step);
    }
    if (animate) moved();
  }

  function moved() {
    clearTimeout(resting);
    resting = setTimeout(() => handlers.moved(), 450); // longer than a motion
  }

  function zoomAt(factor, px, py) {
    const [wx, wy] = unpixel(px, py);
    const scale = Math.min(WIDEST, Math.max(least(), at.scale * factor));
    go({ x: wx + (at.x - wx) * (at.scale / scale), y: wy + (at.y - wy) * (at.scale / scale), scale });
    moved();
  }

  function fitBox(left, right, top, bottom, animate = true) {
    const scale = fitScale(right - left, bottom - top, view());
    travel({ x: (left + right) / 2, y: (top + bottom) / 2, scale }, animate);
  }

  let whole = null; // of the layout; a node that is dragged out of it changes little
  function least() {
    whole ??= extent();
    return leastScale(whole.right - whole.left, whole.bottom - whole.top, view());
  }

  function extent(which) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    const widen = (i) => {
      [left, right] = [Math.min(left, X[i]), Math.max(right, X[i])];
      [top, bottom] = [Math.min(top, Y[i]), Math.max(bottom, Y[i])];
    };
    if (which) for (const i of which) widen(i);
    else for (let i = 0; i < X.length; i++) widen(i);
    return { left, right, top, bottom };
  }

  function fit(which, animate = true) {
    const { left, right, top, bottom } = extent(which);
    if (left <= right) fitBox(left, right, top, bottom, animate);
  }

  function view() {
    const known = seen.width ? seen : { width: box?.clientWidth || 0, height: box?.clientHeight || 0 };
    return { ...at, ...known };
  }

  return {
    start, fit, radius, view, route, setMoved,
    look: (i) => paint.looks[lookOf[i]],
    show: (wanted) => { ({ lit, selected } = wanted); bends.clear(); redraw(); },
    point: (i) => { cursor = i; redraw(); },
    focus: (i) => box && travel({ x: X[i], y: Y[i], scale: Math.max(at.scale, 0.9) }, true),
    zoom: (factor) => box && travel({ ...at, scale: at.scale * factor }, true),
    pan: (dx, dy) => box && travel({ ...at, x: at.x + dx / at.scale, y: at.y + dy / at.scale }, true),
    repaint: () => { if (box) { readPaint(); redraw(); } },
    setView: (place) => travel(place, false),
    x: (i) => X[i], y: (i) => Y[i],
    labels: () => placed,
  };
})();
