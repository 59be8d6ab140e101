// Draws the curves as one plain SVG with four panels, which needs no library.

const PANELS = [
  { curve: "seconds", title: "Time, by length of the input", x: "bytes", y: "seconds" },
  { curve: "memory", title: "Memory, by length of the input", x: "bytes", y: "MB" },
  { curve: "hits", title: "Rate, by share of Crypt32 8", x: "percent", y: "MB/s" },
  { curve: "chunk", title: "Rate, by size of the chunks", x: "bytes", y: "MB/s" },
];
const COLORS = ["#0969da", "#bc4c00", "#1a7f37", "#8250df"];
const WIDTH = 460;
const HEIGHT = 300;
const EDGE = { left: 60, right: 16, top: 34, bottom: 70 };

const clean = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const round = (value) => Math.round(value * 10) / 10;

function short(value) {
  for (const [unit, step] of [
    ["G", 1e9],
    ["M", 1e6],
    ["k", 1e3],
  ]) {
    if (value >= step) return `${Number((value / step).toPrecision(3))}${unit}`;
  }
  return String(Number(value.toPrecision(2)));
}

/** Powers of ten around the values, and a function that maps a value to a position from 0 to 1. */
function scale(values) {
  const positive = values.filter((value) => value > 0);
  // The value 0 is drawn at the edge.
  const zero = values.includes(0) ? 1 : 0;
  const low = Math.floor(Math.log10(Math.min(...positive))) - zero;
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive))));
  const ticks = [];
  const step = Math.ceil((high - low) / 8);
  for (let power = low; power <= high; power += step)
    ticks.push(power === low && zero ? 0 : 10 ** power);
  const at = (value) => (value > 0 ? (Math.log10(value) - low) / (high - low) : 0);
  return { ticks, at };
}

function panel({ curve, title, x, y }, rows, left, top) {
  const points = rows.filter((row) => row.curve === curve);
  const across = scale(points.map((point) => point.x));
  const up = scale(points.map((point) => point.value));
  const px = (value) =>
    round(left + EDGE.left + across.at(value) * (WIDTH - EDGE.left - EDGE.right));
  const py = (value) =>
    round(top + HEIGHT - EDGE.bottom - up.at(value) * (HEIGHT - EDGE.top - EDGE.bottom));
  const bottom = top + HEIGHT - EDGE.bottom;
  const right = left + WIDTH - EDGE.right;
  const out = [
    `<text x="${left + EDGE.left}" y="${top + 20}" class="title">${clean(title)}</text>`,
  ];
  for (const tick of up.ticks) {
    out.push(`<path d="M${left + EDGE.left} ${py(tick)}H${right}"/>`);
    out.push(
      `<text x="${left + EDGE.left - 6}" y="${py(tick) + 4}" class="y">${short(tick)}</text>`,
    );
  }
  for (const tick of across.ticks) {
    out.push(`<text x="${px(tick)}" y="${bottom + 16}" class="x">${short(tick)}</text>`);
  }
  out.push(`<text x="${right}" y="${bottom + 30}" class="y">${x}</text>`);
  out.push(`<text x="${left + EDGE.left - 6}" y="${top + 20}" class="y">${y}</text>`);
  [...new Set(points.map((point) => point.series))].forEach((series, i) => {
    const line = points.filter((point) => point.series === series);
    const color = COLORS[i];
    const path = line.map((point) => `${px(point.x)},${py(point.value)}`).join(" ");
    out.push(`<polyline points="${path}" stroke="${color}"/>`);
    for (const { x, value } of line) {
      out.push(`<circle cx="${px(x)}" cy="${py(value)}" r="2.5" fill="${color}"/>`);
    }
    const at = left + EDGE.left + (i % 2) * 200;
    const under = bottom + 46 + Math.floor(i / 2) * 16;
    out.push(`<rect x="${at}" y="${under - 9}" width="10" height="10" fill="${color}"/>`);
    out.push(`<text x="${at + 15}" y="${under}">${clean(series)}</text>`);
  });
  return out.join("\n");
}

/** All panels. Both axes are logarithmic. */
export function chart(rows) {
  const panels = PANELS.map((one, i) =>
    panel(one, rows, (i % 2) * WIDTH, Math.floor(i / 2) * HEIGHT),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * 2} ${HEIGHT * 2}" font-family="sans-serif" font-size="12" fill="#1f2328">
<title>Time and memory by length of the input, share of hits and size of the chunks</title>
<style>path{stroke:#d1d9e0}polyline{fill:none;stroke-width:1.5}.title{font-weight:bold}.x{text-anchor:middle}.y{text-anchor:end}</style>
<rect width="100%" height="100%" fill="#fff"/>
${panels.join("\n")}
</svg>
`;
}
