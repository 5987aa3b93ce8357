// How an edge runs: straight, bent, or in a loop; on the screen and in saved pictures. A line is [x, y, …]: its two ends,
// and between them nothing, or one or two control points.

/** The control point of an edge that is bent as vis-network bends its "curvedCW". */
function bendPoint([ax, ay], [bx, by], roundness) {
  const part = 0.5 * roundness + 0.5;
  const angle = Math.atan2(ay - by, bx - ax) + part * Math.PI;
  const reach = part * Math.hypot(bx - ax, by - ay);
  return [ax + reach * Math.sin(angle), ay + reach * Math.cos(angle)];
}

/** The control points of a loop at a node. */
function loopPoints([x, y], radius) {
  const reach = 50 + 2 * radius;
  return [x + reach, y - 0.2 * reach, x + 0.2 * reach, y - reach];
}

function trace(context, line) {
  context.moveTo(line[0], line[1]);
  if (line.length === 4) context.lineTo(line[2], line[3]);
  else if (line.length === 6) context.quadraticCurveTo(...line.slice(2));
  else context.bezierCurveTo(...line.slice(2));
}

function svgLine(line, round) {
  const letter = { 4: "L", 6: "Q", 8: "C" }[line.length];
  return `M${line.slice(0, 2).map(round).join(" ")}${letter}${line.slice(2).map(round).join(" ")}`;
}

/** The corners of an arrow head at the rim of the node that a line leads to. */
function arrowHead(line, rim) {
  const [ax, ay, bx, by] = line.slice(-4);
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
  const [x, y] = [bx - dx * rim, by - dy * rim];
  return [[x, y], [x - 8 * dx - 3.5 * dy, y - 8 * dy + 3.5 * dx], [x - 8 * dx + 3.5 * dy, y - 8 * dy - 3.5 * dx]];
}

/** Places along a line, its ends among them: enough of them to aim at it. */
function pointsAlong(line) {
  if (line.length === 4) return [line.slice(0, 2), line.slice(2)];
  const STEPS = 16;
  const last = line.length / 2 - 1;
  const choose = { 2: [1, 2, 1], 3: [1, 3, 3, 1] }[last];
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const t = step / STEPS;
    const weights = choose.map((times, k) => times * (1 - t) ** (last - k) * t ** k);
    const along = (axis) => weights.reduce((sum, weight, k) => sum + weight * line[2 * k + axis], 0);
    return [along(0), along(1)];
  });
}

/** The point half way along a line. */
function midpoint(line) {
  const points = pointsAlong(line);
  if (points.length > 2) return points[points.length >> 1];
  return [(points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2];
}
