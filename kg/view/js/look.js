// How things look, shared by the picture on the screen, the pictures that are saved, the legend and the lists.

const SVG = "http://www.w3.org/2000/svg";
/** The shapes of the classes, in a square of 16. */
const OUTLINES = {
  dot: "M8 2a6 6 0 1 0 .01 0z", square: "M2.5 2.5h11v11h-11z", diamond: "M8 1l7 7-7 7-7-7z",
  hexagon: "M4.5 2h7L15 8l-3.5 6h-7L1 8z", triangle: "M8 1.5l7 12.5H1z", triangleDown: "M8 14.5L1 2h14z",
  star: "M8 .8l2.1 4.8 5.2.5-3.9 3.5 1.1 5.1L8 12l-4.5 2.7 1.1-5.1L.7 6.1l5.2-.5z",
};
const NODE_OPACITY = { normal: 1, lit: 1, dim: 0.16, off: 0.06 };
/** The more edges, the fainter each: the sum of them should not hide the nodes. */
const FAINT = Math.min(1, Math.max(0.15, Math.sqrt(500 / (model.edgeCount || 1))));

/** "lit", "normal", "dim" (something else is lit) or "off" (the filters leave it out). */
function nodeLevel(i, lit) {
  return lit?.nodes.has(i) ? "lit" : !model.showsNode(i) ? "off" : lit ? "dim" : "normal";
}

function edgeLevel(e, lit) {
  return lit?.edges.has(e) ? "lit" : !model.showsEdge(e) ? "off" : lit ? "dim" : "normal";
}

function edgeOpacity(edge, level) {
  const weak = edge.relation.key === "mentions";
  return { lit: weak ? 0.5 : 0.75, dim: 0.08, off: 0.03, normal: (weak ? 0.45 : 0.7) * FAINT }[level];
}

const MANY_LIT = 40; // lit edges: more of them are thin and without heads, which would cover a hub

function litWidth(edge, lit) {
  return (lit?.edges.size > MANY_LIT ? 0.2 : 1.2) + edge.confidence;
}

/** The scale at which a box of the layout fits a picture, with room for labels and for the chips along its edges. */
function fitScale(across, down, { width, height }) {
  const room = [width - Math.min(90, width * 0.15), height - Math.min(140, height * 0.25)];
  return Math.min(room[0] / (across + 20), room[1] / (down + 20), 1.6);
}

/** The least scale: the graph, so far across and down, is still a quarter of the picture. */
function leastScale(across, down, view) {
  return Math.max(0.002, Math.min(0.5, fitScale(across, down, view) / 4));
}

const colourProbe = document.createElement("canvas").getContext("2d");
/** Any colour of a style sheet as "#rrggbb" or "rgba(…)"; "" if it is none. */
function plainColour(text) {
  if (typeof text !== "string") return "";
  const tries = ["#000000", "#ffffff"].map((ground) => {
    colourProbe.fillStyle = ground;
    colourProbe.fillStyle = text;
    return colourProbe.fillStyle;
  });
  return tries[0] === tries[1] ? tries[0] : "";
}

/** The shape and colour of a class, for legend and lists. */
function glyph(kindKey) {
  const kind = model.kind(kindKey);
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", OUTLINES[kind.shape] || OUTLINES.dot);
  path.setAttribute("fill", kind[theme()]);
  svg.append(path);
  return svg;
}
