// A grid that finds nodes near a place.

/** `around(x, y, reach, visit)` visits the nodes in the cells that a square touches: some beyond it, none within missed. */
function makeGrid(X, Y) {
  const n = X.length;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < n; i++) {
    [left, right] = [Math.min(left, X[i]), Math.max(right, X[i])];
    [top, bottom] = [Math.min(top, Y[i]), Math.max(bottom, Y[i])];
  }
  const size = Math.max(50, Math.sqrt(((right - left + 1) * (bottom - top + 1)) / (n || 1)) * 2);
  const across = Math.floor((right - left) / size) + 1 || 1;
  const down = Math.floor((bottom - top) / size) + 1 || 1;
  const cell = (i) => Math.floor((Y[i] - top) / size) * across + Math.floor((X[i] - left) / size);
  const cells = grouped(across * down, n, cell, (i) => i);
  return {
    around(x, y, reach, visit) {
      const first = Math.max(0, Math.floor((x - reach - left) / size));
      const last = Math.min(across - 1, Math.floor((x + reach - left) / size));
      for (let row = Math.max(0, Math.floor((y - reach - top) / size)); row <= Math.min(down - 1, Math.floor((y + reach - top) / size)); row++) {
        if (last < first) return;
        for (let k = cells.starts[row * across + first]; k < cells.starts[row * across + last + 1]; k++) visit(cells.members[k]);
      }
    },
  };
}
