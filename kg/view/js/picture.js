// Pictures to save: what is on the screen, drawn anew as vectors or at any size, with a title and a legend.

const SAVED_FONT = "Inter, system-ui, 'DejaVu Sans', sans-serif";

/** What is in view, back to front: {width, height, ground, items}, an item being a circle, line, polygon, path or text in pixels. */
function scene() {
  const { x: middleX, y: middleY, scale, width, height } = canvas.view();
  const at = (x, y) => [(x - middleX) * scale + width / 2, (y - middleY) * scale + height / 2];
  const inView = ([x, y], margin) => x > -margin && y > -margin && x < width + margin && y < height + margin;
  const { lit } = shown;
  const inks = { ink: colour("--ink"), quiet: colour("--quiet"), page: colour("--page"), accent: colour("--accent"), edge: colour("--edge"), disc: colour("--disc") };
  const items = [];
  for (const { x, y, r } of model.communities) items.push({ circle: [...at(x, y), r * scale], fill: inks.disc });
  const edges = { off: [], dim: [], normal: [], lit: [] };
  for (let e = 0; e < model.edgeCount; e++) {
    const level = edgeLevel(e, lit);
    const [i, j] = [model.source(e), model.target(e)];
    const [a, b] = [at(canvas.x(i), canvas.y(i)), at(canvas.x(j), canvas.y(j))];
    if (i !== j && (Math.max(a[0], b[0]) < 0 || Math.min(a[0], b[0]) > width || Math.max(a[1], b[1]) < 0 || Math.min(a[1], b[1]) > height)) continue;
    const edge = model.edge(e);
    const between = canvas.route(e);
    const line = [...a, ...between.flatMap((x, k) => (k % 2 ? [] : at(x, between[k + 1]))), ...b];
    edges[level].push({ line, stroke: level === "lit" ? inks.accent : inks.edge, opacity: edgeOpacity(edge, level),
      width: (level === "lit" ? litWidth(edge, lit) : 1) * Math.max(scale, 0.5) });
    if (level === "lit" && i !== j && model.directed && lit.edges.size <= MANY_LIT) edges.lit.push({ polygon: arrowHead(line, canvas.radius(j) * scale + 2), fill: inks.accent, opacity: edgeOpacity(edge, level) });
  }
  items.push(...edges.off, ...edges.dim, ...edges.normal, ...edges.lit);
  for (let i = 0; i < model.nodeCount; i++) {
    const place = at(canvas.x(i), canvas.y(i));
    const r = canvas.radius(i) * scale;
    if (!inView(place, r)) continue;
    const { shape, fill } = canvas.look(i);
    items.push({ path: OUTLINES[shape] || OUTLINES.dot, at: place, size: r * 2.4, fill, opacity: NODE_OPACITY[nodeLevel(i, lit)] });
  }
  for (const i of [state.node, state.goal].filter(Boolean).map((n) => n.i)) {
    items.push({ circle: [...at(canvas.x(i), canvas.y(i)), canvas.radius(i) * scale + 5], stroke: inks.accent, width: 2.5 });
  }
  for (const { text, x, y, bold, quiet } of canvas.labels()) {
    items.push({ text, at: [x, y + 10.5], bold, anchor: "middle", fill: quiet ? inks.quiet : inks.ink, halo: inks.page });
  }
  items.push(...legend(width, height, inks));
  return { width, height, ground: inks.page, items };
}

/** The classes in view at the foot, the title at the head. */
function legend(width, height, inks) {
  const items = [{ polygon: [[0, height - 34], [width, height - 34], [width, height], [0, height]], fill: inks.page, opacity: 0.85 },
    { text: oneLine(model.title, 80), at: [14, 24], bold: true, anchor: "start", fill: inks.ink, halo: inks.page }];
  let x = 14;
  for (const kind of model.kinds.filter((k) => !state.kindsOff.has(k.key))) {
    items.push({ path: OUTLINES[kind.shape] || OUTLINES.dot, at: [x + 6, height - 18], size: 13, fill: kind[theme()], opacity: 1 },
      { text: kind.plural, at: [x + 18, height - 14], anchor: "start", fill: inks.quiet, halo: inks.page });
    x += 34 + kind.plural.length * 7;
  }
  return items;
}

function drawScene({ width, height, ground, items }, ratio) {
  const sheet = el("canvas");
  [sheet.width, sheet.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = sheet.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.lineJoin = "round";
  for (const item of items) {
    context.save();
    context.globalAlpha = item.opacity ?? 1;
    context.fillStyle = item.fill || "transparent";
    context.strokeStyle = item.stroke || "transparent";
    context.lineWidth = item.width || 1;
    context.beginPath();
    if (item.circle) context.arc(...item.circle, 0, 2 * Math.PI);
    if (item.line) trace(context, item.line);
    for (const [k, [x, y]] of (item.polygon || []).entries()) context[k ? "lineTo" : "moveTo"](x, y);
    if ((item.circle && item.fill) || item.polygon) context.fill();
    if (item.stroke) context.stroke();
    if (item.path) {
      context.translate(item.at[0] - item.size / 2, item.at[1] - item.size / 2);
      context.scale(item.size / 16, item.size / 16);
      context.fill(new Path2D(item.path));
    }
    if (item.text) drawText(context, item);
    context.restore();
  }
  return sheet;
}

function drawText(context, { text, at: [x, y], bold, anchor, halo }) {
  context.font = `${bold ? "600 " : ""}12px ${SAVED_FONT}`;
  context.textAlign = anchor === "middle" ? "center" : "start";
  context.strokeStyle = halo;
  context.lineWidth = 3.5;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

function svgText({ width, height, ground, items }) {
  const escape = (text) => text.replace(/[^\u0009\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "").replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const round = (n) => String(Math.round(n * 100) / 100);
  const look = ({ fill = "none", stroke, width: line, opacity = 1 }) => ` fill="${fill}"${stroke ? ` stroke="${stroke}" stroke-width="${round(line)}"` : ""}${opacity < 1 ? ` opacity="${round(opacity)}"` : ""}`;
  const shapes = items.map((item) => {
    if (item.circle) return `<circle cx="${round(item.circle[0])}" cy="${round(item.circle[1])}" r="${round(item.circle[2])}"${look(item)}/>`;
    if (item.line) return `<path d="${svgLine(item.line, round)}"${look(item)}/>`;
    if (item.polygon) return `<polygon points="${item.polygon.flat().map(round).join(" ")}"${look(item)}/>`;
    if (item.path) {
      const [x, y] = item.at;
      return `<path d="${item.path}" transform="translate(${round(x - item.size / 2)} ${round(y - item.size / 2)}) scale(${round(item.size / 16)})"${look(item)}/>`;
    }
    return `<text x="${round(item.at[0])}" y="${round(item.at[1])}" text-anchor="${item.anchor}"${item.bold ? ' font-weight="600"' : ""} fill="${item.fill}" stroke="${item.halo}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke">${escape(item.text)}</text>`;
  });
  return `<svg xmlns="${SVG}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${SAVED_FONT}" font-size="12">
<title>${escape(oneLine(model.title))}</title>
<rect width="${width}" height="${height}" fill="${ground}"/>
${shapes.join("\n")}
</svg>
`;
}

function savePicture(ratio) {
  if (state.view !== "graph" || !model.nodeCount) return say("There is no picture to save here: open the graph first.");
  if (!ratio) return save(fileName("svg"), svgText(scene()), "image/svg+xml;charset=utf-8");
  const name = fileName(ratio === 1 ? "png" : `${ratio}x.png`);
  return drawScene(scene(), ratio).toBlob((blob) => (blob ? save(name, blob) : say("This browser can't make a picture so large; choose a smaller size.", true)));
}
