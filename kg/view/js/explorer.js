// The picture of a large page: WebGL draws all nodes and edges (gl.js); over it lies a plain canvas with what is lit,
// rings, labels and names of communities, so that hover and selection never touch the hundred thousand. Members: see
// app.js. Without WebGL the plain canvas draws the most important nodes in view, and says so.

const canvas = (() => {
  const { columns } = model;
  const { x: X, y: Y, kind, source, target, byWeight, nodeShown, edgeShown } = columns;
  const LABEL_FONT = '12px "Inter", system-ui, sans-serif';
  const NAME_FONT = '600 12px "Inter", system-ui, sans-serif';
  const REGION_FONT = '600 14px "Inter", system-ui, sans-serif';
  const HOVER_LIMIT = 150;
  const PLAIN_LIMIT = 1500; // nodes that the plain canvas draws without WebGL
  const LEAST = 1.1; // pixels: the radius below which no node shrinks
  const WIDEST = 8;
  const CROWD = Math.min(1, Math.sqrt(40000 / (model.edgeCount || 1))); // the more edges, the fainter each
  const PAPER = model.kinds.findIndex((k) => k.key === "paper");
  const SWELL = { star: 1.2, diamond: 1.1, triangle: 1.1, triangleDown: 1.1, square: 0.95 };
  const outlines = model.kinds.map((k) => new Path2D(OUTLINES[k.shape] || OUTLINES.dot));

  const sizes = new Float32Array(model.nodeCount);
  for (let i = 0; i < sizes.length; i++) {
    const degree = columns.degree(i);
    sizes[i] = kind[i] === PAPER ? 7 + Math.min(4, Math.sqrt(degree) * 0.7) : Math.min(60, 5.5 + 2.6 * Math.sqrt(degree));
  }
  const radius = (i) => sizes[i];
  const grid = makeGrid(X, Y);

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
  let resting = 0;
  let at = { x: 0, y: 0, scale: 1 };
  let seen = { width: 0, height: 0 }; // of the box, kept: to ask for it in the middle of a change costs a layout
  const widths = new Map();

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
    const shapes = model.kinds.map((k) => k.shape);
    const order = Uint32Array.from(byWeight).reverse();
    renderer = makeRenderer(surfaces.gl, { x: X, y: Y, size: sizes, kind, order, source, target, discs, shapes });
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
      edge: colour("--edge"), disc: colour("--disc"), kinds: model.kinds.map((k) => k[theme()]) };
    paint.gl = { page: glInk(paint.page), disc: glInk(paint.disc), edge: glInk(paint.edge), kinds: paint.kinds.map(glInk) };
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
    if (near >= 0 && !selected.has(near)) drawEdges(context, firstShown(near), where, 0.45);
    if (lit) {
      drawEdges(context, lit.edges, where, 0.7);
      for (const i of lit.nodes) drawNode(context, i, where(i));
    }
    const first = [...new Set([...selected, cursor, hover])].filter((i) => i >= 0);
    for (const i of first) {
      drawNode(context, i, where(i));
      ring(context, where(i), i);
    }
    drawLabels(context, { where, pixel, width, height, first });
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

  function drawEdges(context, edges, where, opacity) {
    context.strokeStyle = paint.accent;
    context.globalAlpha = opacity;
    context.lineWidth = 1.2;
    context.beginPath();
    for (const e of edges) {
      context.moveTo(...where(source[e]));
      context.lineTo(...where(target[e]));
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  function drawNode(context, i, [px, py]) {
    const r = Math.max(sizes[i] * at.scale, LEAST + (lit?.nodes.has(i) ? 1.5 : 0));
    const unit = (r * (SWELL[model.kinds[kind[i]].shape] || 1)) / 6;
    context.fillStyle = paint.kinds[kind[i]];
    context.save();
    context.translate(px - 8 * unit, py - 8 * unit);
    context.scale(unit, unit);
    context.fill(outlines[kind[i]]);
    context.restore();
  }

  function ring(context, [px, py], i) {
    context.save();
    context.strokeStyle = paint.accent;
    context.lineWidth = 2.5;
    if (!selected.has(i)) context.setLineDash([4, 3]);
    context.beginPath();
    context.arc(px, py, Math.max(sizes[i] * at.scale, LEAST) + 5, 0, 2 * Math.PI);
    context.stroke();
    context.restore();
  }

  // Labels

  /** Names of regions from afar, of nodes from near; most important first, each only where none stands yet. */
  function drawLabels(context, { where, pixel, width, height, first }) {
    const taken = makeMask(width, height);
    placed = [];
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = paint.page;
    const put = (text, px, py, { font = LABEL_FONT, quiet = false, must = false } = {}) => {
      const half = textWidth(context, text, font) / 2;
      if (must || (px > 0 && px < width)) px = Math.max(half + 6, Math.min(width - half - 6, px));
      if (!taken(px - half - 5, py - 3, px + half + 5, py + 15, must)) return false;
      placed.push({ text, x: px, y: py, bold: font !== LABEL_FONT, quiet });
      context.font = font;
      context.strokeText(text, px, py);
      context.fillStyle = quiet ? paint.quiet : paint.ink;
      context.fillText(text, px, py);
      return true;
    };
    const below = (i, py) => py + Math.max(sizes[i] * at.scale, LEAST) + 4;
    for (const i of first) {
      const [px, py] = where(i);
      if (px > -50 && px < width + 50 && py > -50 && py < height + 50) put(oneLine(model.node(i).label, 60), px, below(i, py), { font: NAME_FONT, must: true });
    }
    const label = (i) => {
      const [px, py] = where(i);
      return put(oneLine(model.node(i).label, 30), px, below(i, py));
    };
    if (lit) {
      let room = 60;
      const ordered = [...lit.nodes].sort((a, b) => columns.weights[b] - columns.weights[a]);
      for (const i of ordered) if (room && !selected.has(i) && label(i)) room--;
      return;
    }
    const regions = (discs, least, most, font) => {
      for (const disc of discs) {
        const across = disc.r * at.scale;
        if (across < least || across > most || !disc.name) continue;
        const [px, py] = pixel(disc.x, disc.y);
        if (px < 0 || py < 0 || px > width || py > height) continue;
        const [above, under] = oneLine(disc.name, 60).split(" · ");
        if (put(above, px, py - (under ? 19 : 8), { font }) && under) put(under, px, py + 3, { quiet: true });
      }
    };
    regions(model.communities, 12, Math.min(width, height) * 0.7, REGION_FONT);
    regions(model.inner, 60, Math.min(width, height) * 0.7, NAME_FONT);
    let room = Math.min(90, Math.round((width * height) / 11000));
    let tries = 500;
    const [left, right] = [at.x - width / 2 / at.scale, at.x + width / 2 / at.scale];
    const [top, bottom] = [at.y - height / 2 / at.scale, at.y + height / 2 / at.scale];
    for (let k = 0; k < byWeight.length && room && tries; k++) {
      const i = byWeight[k];
      if (X[i] < left || X[i] > right || Y[i] < top || Y[i] > bottom || !nodeShown[i]) continue;
      const across = sizes[i] * at.scale;
      if (kind[i] === PAPER ? across < 8 : across < 5) continue;
      tries--;
      if (label(i)) room--;
    }
  }

  function textWidth(context, text, font) {
    const key = font + text;
    if (!widths.has(key)) {
      if (widths.size > 5000) widths.clear();
      context.font = font;
      widths.set(key, context.measureText(text).width);
    }
    return widths.get(key);
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
    const weigh = (e) => {
      if (!edgeShown[e]) return;
      const [ax, ay] = [X[source[e]], Y[source[e]]];
      const [bx, by] = [X[target[e]] - ax, Y[target[e]] - ay];
      const along = Math.min(1, Math.max(0, ((wx - ax) * bx + (wy - ay) * by) / (bx * bx + by * by || 1)));
      const apart = (ax + along * bx - wx) ** 2 + (ay + along * by - wy) ** 2;
      if (apart < least) [best, least] = [e, apart];
    };
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
    at = { x: place.x, y: place.y, scale: Math.min(WIDEST, Math.max(0.002, place.scale)) };
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
    const scale = Math.min(WIDEST, Math.max(0.002, at.scale * factor));
    go({ x: wx + (at.x - wx) * (at.scale / scale), y: wy + (at.y - wy) * (at.scale / scale), scale });
    moved();
  }

  function fitBox(left, right, top, bottom, animate = true) {
    const scale = fitScale(right - left, bottom - top, view());
    travel({ x: (left + right) / 2, y: (top + bottom) / 2, scale }, animate);
  }

  function fit(which, animate = true) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    const widen = (i) => {
      [left, right] = [Math.min(left, X[i]), Math.max(right, X[i])];
      [top, bottom] = [Math.min(top, Y[i]), Math.max(bottom, Y[i])];
    };
    if (which) for (const i of which) widen(i);
    else for (let i = 0; i < X.length; i++) widen(i);
    if (left <= right) fitBox(left, right, top, bottom, animate);
  }

  function view() {
    const known = seen.width ? seen : { width: box?.clientWidth || 0, height: box?.clientHeight || 0 };
    return { ...at, ...known };
  }

  return {
    start, fit, radius, view,
    show: (wanted) => { ({ lit, selected } = wanted); redraw(); },
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
