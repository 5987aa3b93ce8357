// Drawing a hundred thousand nodes with WebGL2. It knows columns and colours, nothing of what they mean.

const GL_SHAPES = { dot: 0, square: 1, diamond: 2, hexagon: 3, triangle: 4, triangleDown: 5, star: 6 };

const PLACE = `
uniform vec2 middle, half_size; uniform float scale, ratio;
vec4 at(vec2 place) { vec2 p = (place - middle) * scale / half_size; return vec4(p.x, -p.y, 0.0, 1.0); }`;

const DISC_SHADERS = [`#version 300 es
in vec3 disc; out vec2 corner; out float radius; ${PLACE}
void main() {
  corner = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0;
  radius = disc.z * scale * ratio;
  gl_Position = at(disc.xy + corner * disc.z * 1.02);
}`, `#version 300 es
precision highp float; in vec2 corner; in float radius; uniform vec4 ink; out vec4 colour;
void main() {
  float inside = clamp(0.5 - (length(corner) * 1.02 - 1.0) * radius, 0.0, 1.0);
  colour = vec4(ink.rgb, 1.0) * ink.a * inside;
}`];

// Long edges are many and say little: the longer on the screen, the fainter, until they are not drawn at all.
const EDGE_SHADERS = [`#version 300 es
in vec3 end; in float shown; uniform float alpha; out float opacity; ${PLACE}
void main() {
  opacity = alpha * clamp(70.0 / (end.z * scale), 0.0, 1.0);
  gl_Position = shown < 0.5 ? vec4(2.0, 2.0, 2.0, 1.0) : at(end.xy);
}`, `#version 300 es
precision mediump float; in float opacity; uniform vec4 ink; out vec4 colour;
void main() { colour = vec4(ink.rgb, 1.0) * ink.a * opacity; }`];

const NODE_SHADERS = [`#version 300 es
in vec2 place; in float size, look, shown; uniform float level, faded, least; uniform sampler2D palette;
flat out vec3 ink; flat out int form; out float radius, opacity; ${PLACE}
void main() {
  radius = max(size * scale, least) * ratio;
  int number = int(look);
  vec4 entry = texelFetch(palette, ivec2(number & 255, number >> 8), 0); // colour, and the shape in place of its alpha
  ink = entry.rgb;
  form = int(entry.a * 255.0 + 0.5);
  opacity = shown < 0.5 ? faded : level;
  gl_PointSize = radius * 2.7 + 1.0;
  gl_Position = at(place);
}`, `#version 300 es
precision highp float; flat in vec3 ink; flat in int form; in float radius, opacity; out vec4 colour;
float star(vec2 p) {
  const float part = 0.62831853;
  float turn = abs(mod(atan(p.x, -p.y) + part, 2.0 * part) - part);
  vec2 q = length(p) * vec2(cos(turn), sin(turn));
  const vec2 tip = vec2(1.3, 0.0); const vec2 dent = 0.56 * vec2(cos(part), sin(part));
  vec2 side = dent - tip;
  return dot(q - tip, normalize(vec2(side.y, -side.x)));
}
void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * (radius * 2.7 + 1.0) / (2.0 * radius);
  vec2 a = abs(p);
  int shape = radius < 2.5 ? 0 : form;
  float d = length(p) - 1.0;
  if (shape == 1) d = max(a.x, a.y) - 0.88;
  else if (shape == 2) d = (a.x + a.y - 1.25) * 0.7071;
  else if (shape == 3) d = max(a.x * 0.866 + a.y * 0.5, a.y) - 0.93;
  else if (shape == 4) d = max(p.y - 0.72, 0.874 * a.x - 0.486 * p.y - 0.56);
  else if (shape == 5) d = max(-p.y - 0.72, 0.874 * a.x + 0.486 * p.y - 0.56);
  else if (shape == 6) d = star(p);
  float inside = clamp(0.5 - d * radius, 0.0, 1.0) * opacity;
  if (inside < 0.004) discard;
  colour = vec4(ink, 1.0) * inside;
}`];

/** "rgb(1, 2, 3)", "#123456" or what else a style sheet gives, as four numbers in [0, 1]. */
function glInk(colour) {
  const hex = /^#(..)(..)(..)$/.exec(colour);
  if (hex) return [...hex.slice(1).map((part) => parseInt(part, 16) / 255), 1];
  if (colour.startsWith("color(")) return [...colour.match(/[\d.]+/g).slice(0, 3).map(Number), Number(/\/\s*([\d.]+)/.exec(colour)?.[1] ?? 1)];
  const [r, g, b, a = 1] = (colour.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
  return [r / 255, g / 255, b / 255, a];
}

/** Numbers of the edges by length, shortest first in steps of a quarter octave; `upTo(length)` tells how many come before it. */
function byLength({ x, y, source, target }) {
  const STEPS = 96;
  const step = (length) => Math.min(STEPS - 1, Math.floor(4 * Math.log2(1 + length)));
  const steps = Uint8Array.from(source, (i, e) => step(Math.hypot(x[i] - x[target[e]], y[i] - y[target[e]])));
  const { starts, members } = grouped(STEPS, steps.length, (e) => steps[e], (e) => e);
  return { order: members, upTo: (length) => starts[step(length)] };
}

/** Whether WebGL is computed by the processor; asked of another canvas, because an answer settles what a canvas can do. */
function isSlow() {
  const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!gl) return true;
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const card = String(gl.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(card);
}

/**
 * A renderer on a canvas element, or null if this browser has no WebGL2. `slow` tells that no graphics card helps it.
 * `data`: {x, y, size, look (number of each node's look), order (drawn in this order), source, target, discs [[x, y, r]]};
 * places are read again by `place()`.
 */
function makeRenderer(element, data) {
  const slow = isSlow();
  const gl = element.getContext("webgl2", { antialias: !slow, powerPreference: "high-performance" });
  if (!gl || gl.isContextLost()) return null;
  const [longest, most] = slow ? [300, 50000] : [1400, Infinity]; // of the edges drawn: pixels, number
  const program = ([vertex, fragment]) => {
    const made = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(made, shader);
    }
    gl.linkProgram(made);
    return made; // whether it linked is asked once for all: asking waits for the compiler
  };
  const programs = { discs: program(DISC_SHADERS), edges: program(EDGE_SHADERS), nodes: program(NODE_SHADERS) };
  if (Object.values(programs).some((made) => !gl.getProgramParameter(made, gl.LINK_STATUS))) return null;
  const uniforms = Object.fromEntries(Object.entries(programs).map(([name, made]) => [name, new Proxy({}, {
    get: (known, key) => (known[key] ??= gl.getUniformLocation(made, key)) })]));

  function buffer(values) {
    const made = gl.createBuffer();
    write(made, values);
    return made;
  }
  function write(made, values) {
    gl.bindBuffer(gl.ARRAY_BUFFER, made);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }
  function array(name, attributes) {
    const made = gl.createVertexArray();
    gl.bindVertexArray(made);
    for (const [attribute, [values, count, type, divisor = 0]] of Object.entries(attributes)) {
      const place = gl.getAttribLocation(programs[name], attribute);
      gl.bindBuffer(gl.ARRAY_BUFFER, values);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, count, type, false, 0, 0);
      gl.vertexAttribDivisor(place, divisor);
    }
    return made;
  }

  const n = data.x.length;
  const m = data.source.length;
  let edges;
  function placesNow() {
    const places = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      places[2 * i] = data.x[i];
      places[2 * i + 1] = data.y[i];
    }
    return places;
  }
  /** Of each edge twice: an end, and the length. */
  function endsNow() {
    const ends = new Float32Array(6 * m);
    edges = byLength(data);
    for (let k = 0, at = 0; k < m; k++) {
      const i = data.source[edges.order[k]];
      const j = data.target[edges.order[k]];
      const length = Math.hypot(data.x[i] - data.x[j], data.y[i] - data.y[j]);
      ends[at++] = data.x[i];
      ends[at++] = data.y[i];
      ends[at++] = length;
      ends[at++] = data.x[j];
      ends[at++] = data.y[j];
      ends[at++] = length;
    }
    return ends;
  }
  const stand = { nodes: buffer(placesNow()), ends: buffer(endsNow()) };
  const shown = { nodes: buffer(new Uint8Array(n).fill(1)), edges: buffer(new Uint8Array(2 * m).fill(1)) };
  const arrays = {
    discs: array("discs", { disc: [buffer(new Float32Array(data.discs.flat())), 3, gl.FLOAT, 1] }),
    edges: array("edges", { end: [stand.ends, 3, gl.FLOAT], shown: [shown.edges, 1, gl.UNSIGNED_BYTE] }),
    nodes: array("nodes", { place: [stand.nodes, 2, gl.FLOAT], size: [buffer(data.size), 1, gl.FLOAT],
      look: [buffer(data.look), 1, gl.UNSIGNED_SHORT], shown: [shown.nodes, 1, gl.UNSIGNED_BYTE] }),
  };
  gl.bindVertexArray(arrays.nodes);
  gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, data.order, gl.STATIC_DRAW);
  gl.bindVertexArray(null);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);

  function use(name, view) {
    gl.useProgram(programs[name]);
    gl.bindVertexArray(arrays[name]);
    gl.uniform2f(uniforms[name].middle, view.x, view.y);
    gl.uniform2f(uniforms[name].half_size, view.width / 2, view.height / 2);
    gl.uniform1f(uniforms[name].scale, view.scale);
    gl.uniform1f(uniforms[name].ratio, view.ratio);
  }

  let painted = null; // the looks that the texture holds
  function paintLooks(looks) {
    painted = looks;
    const rows = Math.ceil(looks.length / 256);
    const texels = new Uint8Array(1024 * rows);
    for (const [k, { fill, shape }] of looks.entries()) {
      texels.set([...glInk(fill).slice(0, 3).map((part) => Math.round(255 * part)), GL_SHAPES[shape] ?? 0], 4 * k);
    }
    gl.bindTexture(gl.TEXTURE_2D, palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }
  const palette = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, palette);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);

  return {
    slow,
    /** Read the places anew: nodes were moved. Edges change their order, so `filter` must follow. */
    place() {
      write(stand.nodes, placesNow());
      write(stand.ends, endsNow());
    },
    /** What the filters show, as bytes for each node and edge. */
    filter(nodeShown, edgeShown) {
      const ordered = new Uint8Array(2 * m);
      for (let k = 0; k < m; k++) ordered[2 * k] = ordered[2 * k + 1] = edgeShown[edges.order[k]];
      for (const [target, bytes] of [[shown.nodes, nodeShown], [shown.edges, ordered]]) {
        gl.bindBuffer(gl.ARRAY_BUFFER, target);
        gl.bufferSubData(gl.ARRAY_BUFFER, 0, bytes);
      }
    },
    /** `view`: {x, y, scale, width, height, ratio}; `look`: {page, disc, edge: inks; looks: [{fill, shape}]; edges, nodes, faded: opacities; least: pixels}. */
    draw(view, look) {
      gl.viewport(0, 0, element.width, element.height);
      gl.clearColor(...look.page);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (data.discs.length) {
        use("discs", view);
        gl.uniform4fv(uniforms.discs.ink, look.disc);
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, data.discs.length);
      }
      // Edges lie in the buffer by length, so what is too short or too long to be seen is not even sent.
      const first = edges.upTo(2 / view.scale);
      const last = Math.min(edges.upTo(longest / view.scale), first + most);
      if (last > first && look.edges > 0) {
        use("edges", view);
        gl.uniform4fv(uniforms.edges.ink, look.edge);
        gl.uniform1f(uniforms.edges.alpha, look.edges);
        gl.drawArrays(gl.LINES, 2 * first, 2 * (last - first));
      }
      use("nodes", view);
      if (painted !== look.looks) paintLooks(look.looks);
      gl.uniform1f(uniforms.nodes.level, look.nodes);
      gl.uniform1f(uniforms.nodes.faded, look.faded);
      gl.uniform1f(uniforms.nodes.least, look.least);
      gl.drawElements(gl.POINTS, n, gl.UNSIGNED_INT, 0);
    },
  };
}
