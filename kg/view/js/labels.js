// Words and rings on the picture, the same in both pages: what matters most first, each label only where none stands yet.

const LABEL_FONT = '12px "Inter", system-ui, sans-serif';
const NAME_FONT = '600 12px "Inter", system-ui, sans-serif';
const REGION_FONT = '600 14px "Inter", system-ui, sans-serif';
const EDGE_NAMES = 12; // lit edges that are named on the picture; among more of them nobody could read

/** `taken(left, top, right, bottom, must)` marks a box and tells whether it was free (or `must`) and on the screen. */
function makeMask(width, height) {
  const CELL = 9;
  const across = Math.ceil(width / CELL);
  const down = Math.ceil(height / CELL);
  const cells = new Uint8Array(across * down);
  return (left, top, right, bottom, must) => {
    const [a, b] = [Math.max(0, Math.floor(left / CELL)), Math.min(across - 1, Math.floor(right / CELL))];
    const [c, d] = [Math.max(0, Math.floor(top / CELL)), Math.min(down - 1, Math.floor(bottom / CELL))];
    if (a > b || c > d) return false;
    for (let row = c; row <= d && !must; row++) for (let k = a; k <= b; k++) if (cells[row * across + k]) return false;
    for (let row = c; row <= d; row++) cells.fill(1, row * across + a, row * across + b + 1);
    return true;
  };
}

const textWidths = new Map();

function textWidth(context, text, font) {
  const key = font + text;
  if (!textWidths.has(key)) {
    if (textWidths.size > 5000) textWidths.clear();
    context.font = font;
    textWidths.set(key, context.measureText(text).width);
  }
  return textWidths.get(key);
}

/**
 * Draw labels in pixels of the element and give back those that found room: [{text, x, y (top centre), bold, quiet}].
 * `scene`: {width, height, paint, where(i) -> [x, y], reach(i) (radius in pixels), line(e), lit,
 *   first [nodes that are named whatever is there], regions [{name, x, y, font, quiet}], nodes (numbers, in order; those
 *   that `first` has are left out), room (how many of them)}.
 */
function drawLabels(context, { width, height, paint, where, reach, line, lit, first, regions, nodes, room }) {
  const taken = makeMask(width, height);
  const placed = [];
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineJoin = "round";
  context.lineWidth = 3.5;
  context.strokeStyle = paint.page;
  /** `held` tells that room was made already. */
  const write = (text, x, y, { font = LABEL_FONT, quiet = false, must = false, held = false } = {}) => {
    const half = textWidth(context, text, font) / 2;
    if (must || (x > 0 && x < width)) x = Math.max(half + 6, Math.min(width - half - 6, x));
    if (!held && !taken(x - half - 5, y - 3, x + half + 5, y + 15, must)) return false;
    placed.push({ text, x, y, bold: font !== LABEL_FONT, quiet });
    context.font = font;
    context.strokeText(text, x, y);
    context.fillStyle = quiet ? paint.quiet : paint.ink;
    context.fillText(text, x, y);
    return true;
  };
  const name = (i, must) => {
    const [x, y] = where(i);
    if (must && (x < -50 || x > width + 50 || y < -50 || y > height + 50)) return false;
    return write(oneLine(model.node(i).label, must ? 60 : 30), x, y + reach(i) + 4, must ? { font: NAME_FONT, must } : {});
  };
  for (const i of first) name(i, true);
  if (lit && lit.edges.size <= EDGE_NAMES) {
    for (const e of lit.edges) {
      const way = line(e);
      const { label } = model.edge(e).relation;
      const [x, y] = midpoint(way);
      if (Math.hypot(way[0] - way.at(-2), way[1] - way.at(-1)) > textWidth(context, label, LABEL_FONT) + 50) write(oneLine(label, 24), x, y - 7, { quiet: true });
    }
  }
  for (const region of regions) {
    const [above, under] = oneLine(region.name, 64).split(" · ");
    const { x, y, font, quiet } = region;
    const half = Math.max(textWidth(context, above, font), under ? textWidth(context, under, LABEL_FONT) : 0) / 2;
    if (under && x - half > 6 && x + half < width - 6 && taken(x - half - 5, y - 16, x + half + 5, y + 18)) {
      write(above, x, y - 13, { font, quiet, held: true });
      write(under, x, y + (font === REGION_FONT ? 5 : 2), { quiet: true, held: true });
    } else write(above, x, y, { font, quiet });
  }
  let left = room;
  for (const i of nodes) {
    if (!left) break;
    if (!first.includes(i) && name(i, false)) left--;
  }
  return placed;
}

/** A ring around a node; dashed around what is only pointed at. */
function drawRing(context, [x, y], radius, { paint, dashed }) {
  context.save();
  context.strokeStyle = paint.accent;
  context.lineWidth = 2.5;
  if (dashed) context.setLineDash([4, 3]);
  context.beginPath();
  context.arc(x, y, radius + 5, 0, 2 * Math.PI);
  context.stroke();
  context.restore();
}
