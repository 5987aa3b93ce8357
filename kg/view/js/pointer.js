// The hand on the picture: mouse, pen and fingers as pan, zoom, hover and clicks, in pixels of the element.

/**
 * `on`: {pan(dx, dy), zoom(factor, x, y), hover(x, y) or hover(null), tap(x, y), twice(x, y), rest(), and for what is
 * held at a place: grab(x, y) -> whether there is something, drag(x, y), drop()}.
 */
function watchPointer(element, on) {
  const SLIP = 4; // pixels a finger may move and still tap
  const down = new Map();
  let travelled = 0;
  let held = null; // null until the hand moves, then whether it moves a thing or the picture
  let first = null;
  let last = { time: 0, x: 0, y: 0 };
  const place = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const spread = () => {
    const [a, b] = [...down.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, width: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    if (down.size) { // a second finger: no tap any more
      travelled = Infinity;
      letGo();
    } else {
      travelled = 0;
      first = place(event);
      held = null;
    }
    down.set(event.pointerId, place(event));
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" || event.pointerType === "pen") on.hover(now.x, now.y);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (down.size === 1) {
      down.set(event.pointerId, now);
      if (travelled <= SLIP) return;
      held ??= on.grab(first.x, first.y);
      if (held) on.drag(now.x, now.y);
      else on.pan(now.x - before.x, now.y - before.y);
    } else if (down.size === 2) {
      const old = spread();
      down.set(event.pointerId, now);
      const { x, y, width } = spread();
      on.pan(x - old.x, y - old.y);
      on.zoom(width / old.width, x, y);
    }
  });
  function letGo() {
    const thing = held;
    held = false;
    if (thing) on.drop();
    return thing;
  }
  const up = (event) => {
    if (!down.delete(event.pointerId)) return;
    if (travelled > SLIP) return letGo() || on.rest();
    if (event.type === "pointercancel") return;
    const { x, y } = place(event);
    const twice = event.timeStamp - last.time < 350 && Math.hypot(x - last.x, y - last.y) < 12;
    last = { time: twice ? 0 : event.timeStamp, x, y };
    if (twice) on.twice(x, y);
    else on.tap(x, y);
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => on.hover(null));
  let resting = 0;
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    const lines = event.deltaMode === 1 ? 30 : 1;
    on.zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.0016)), x, y);
    clearTimeout(resting);
    resting = setTimeout(on.rest, 200);
  }, { passive: false });
}
