// Work in slices: what a click asks for beyond its first answer is done in slices of a few milliseconds, with room
// for frames and for the hand between them. A small page does all of it at once.

const SLICE = 4; // milliseconds
const ASKING = 2; // milliseconds that reading a shard takes of a slice, at its end
// `owed` counts what was asked for and is still to be shown
const slices = { jobs: [], waiting: false, owed: 0, turn: 0, end: 0 };

/** Begin anew: what was asked for before is shown nowhere any more. */
function newSlices() {
  Object.assign(slices, { jobs: [], owed: 0, turn: slices.turn + 1 });
}

/** Do `job` in its turn, soon. */
function soon(job) {
  slices.jobs.push(job);
  if (model.large) nextSlice();
  else settle();
}

function nextSlice() {
  sayBusy();
  if (slices.waiting || !slices.jobs.length) return;
  slices.waiting = true;
  setTimeout(doSlice, 0); // not with the next frame: without a graphics card frames are far apart
}

function doSlice() {
  slices.waiting = false;
  slices.end = performance.now() + SLICE;
  while (slices.jobs.length && performance.now() < slices.end) slices.jobs.shift()();
  nextSlice();
}

/** Do now what waits: somebody needs the end of it. */
function settle() {
  while (slices.jobs.length) slices.jobs.shift()();
  sayBusy();
}

/** A place that is filled in its turn. */
function part(make) {
  const place = el("div");
  soon(() => place.replaceChildren(...[make()].flat(Infinity).filter(Boolean)));
  return place;
}

/** A place that is filled with what `ask` promises: a large page inflates evidence only when it is asked for. */
function later(ask, render) {
  const place = el("div");
  const { turn } = slices;
  const fill = (content) => {
    if (turn !== slices.turn) return;
    soon(() => {
      slices.owed -= 1;
      place.replaceChildren(...[content()].flat(Infinity).filter(Boolean));
    });
  };
  slices.owed += 1;
  const sorry = () => fill(() => el("p", { class: "quiet" }, "This could not be read from the page."));
  soon(() => {
    slices.end -= ASKING;
    ask().then((value) => fill(() => render(value)), sorry);
  });
  return place;
}

/** Tell readers of the screen, and tests, that more of the details is on its way. */
function sayBusy() {
  const busy = String(slices.jobs.length > 0 || slices.owed > 0);
  if ($("panel").getAttribute("aria-busy") !== busy) $("panel").setAttribute("aria-busy", busy);
}
