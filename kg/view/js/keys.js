// The keyboard: in the picture arrows walk from node to node, in the details from line to line.

let at = -1; // the node that the keyboard is on in the picture

/** The node that lies next in a direction, among those that are lit, or else shown: near and not far off the line. */
function nextNode(from, [dx, dy]) {
  const candidates = shown.lit ? [...shown.lit.nodes] : Array.from({ length: model.nodeCount }, (_, i) => i).filter(model.showsNode);
  let best = -1;
  let least = Infinity;
  for (const i of candidates) {
    const [x, y] = [canvas.x(i) - canvas.x(from), canvas.y(i) - canvas.y(from)];
    const along = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (i === from || along <= 0 || aside > 2 * along) continue;
    if (along + 2 * aside < least) [best, least] = [i, along + 2 * aside];
  }
  return best;
}

function walk(direction) {
  const start = at >= 0 ? at : state.node ? state.node.i : -1;
  const next = start < 0 ? model.kinds.flatMap((k) => model.ranked(k.key, 1).nodes).sort((a, b) => b.degree - a.degree)[0]?.i ?? -1 : nextNode(start, direction);
  if (next < 0) return tell("No node lies further in this direction.");
  at = next;
  canvas.point(at);
  const { x, y, scale, width, height } = canvas.view();
  const [px, py] = [(canvas.x(at) - x) * scale + width / 2, (canvas.y(at) - y) * scale + height / 2];
  if (px < 40 || py < 40 || px > width - 40 || py > height - 40) canvas.focus(at);
  const node = model.node(at);
  return tell(`${oneLine(node.label)}, ${model.kind(node.kind).label}, ${plural(node.degree, "connection")}. Enter opens it.`);
}

function leavePicture() {
  at = -1;
  canvas.point(-1);
}

/** Arrows in the details move among the nodes listed there. */
function walkList(step) {
  const buttons = [...$("panel").querySelectorAll("button.node")].filter((b) => b.offsetParent);
  const next = buttons[buttons.indexOf(document.activeElement) + step];
  if (next) next.focus();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onKey(event) {
  const typing = event.target.matches("input:not([type=checkbox]):not([type=range]), select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || $("help-box").open) return;
  if (event.key === "Escape") escape(typing);
  else if (typing || (event.target.matches("input[type=range]") && ARROWS[event.key])) return;
  else if (!onArrow(event) && !onLetter(event)) return;
  event.preventDefault();
}

function escape(typing) {
  if ($("share").open) {
    $("share").open = false;
    $("share").querySelector("summary").focus();
  } else if (picking) unpick();
  else if (at >= 0) leavePicture();
  else if (!typing && (state.node || state.edge || state.grown.length)) select({ grown: [] });
}

function onArrow(event) {
  const direction = ARROWS[event.key];
  if (event.target === $("graph")) {
    if (direction && event.shiftKey) canvas.pan(60 * direction[0], 60 * direction[1]);
    else if (direction) walk(direction);
    else if (event.key === "Enter" && at >= 0) select({ node: model.node(at), focus: false });
    else return false;
    return true;
  }
  if ($("panel").contains(event.target) && (event.key === "ArrowDown" || event.key === "ArrowUp")) walkList(event.key === "ArrowDown" ? 1 : -1);
  else return false;
  return true;
}

function zoom(factor) {
  if (state.view === "graph") canvas.zoom(factor);
}

function onLetter({ key }) {
  const actions = { "/": () => $("search").focus(), 0: fitAll, "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3),
    g: () => showView("graph"), c: () => showView("claims"), b: () => steps && history.back(), p: () => state.node && pick(state.node),
    "?": () => $("help-box").showModal() };
  if (!Object.hasOwn(actions, key)) return false;
  actions[key]();
  return true;
}
