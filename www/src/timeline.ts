// The timeline: stacked benign, review and related records on a calendar that shows the year.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h, put } from "./dom.ts";
import type { Timeline } from "./protocol.ts";
import { soon } from "./tasks.ts";
import { clock, line, number, offset, plural } from "./text.ts";

const HEIGHT = 190;

export class Chart {
  readonly element = h("section", { class: "timeline", "aria-labelledby": "timeline-title" });
  private readonly plot = h("div", { class: "plot" });
  private readonly words = h("p", { class: "about", id: "timeline-words" });
  private readonly zone = h(
    "select",
    { "aria-label": "Time zone" },
    ...zones().map((zone) =>
      h("option", { value: zone }, zone === 0 ? "UTC" : `UTC${offset(zone)}`),
    ),
  );
  private readonly from = h("input", { type: "datetime-local", step: 1, "aria-label": "From" });
  private readonly to = h("input", { type: "datetime-local", step: 1, "aria-label": "To" });
  private readonly out = h("button", { type: "button", class: "quiet" }, "Show all");
  private chart: uPlot | undefined;
  private timeline: Timeline | null = null;

  constructor(
    private readonly range: (from: number | null, to: number | null) => void,
    zoned: (zone: number) => void,
  ) {
    this.out.addEventListener("click", () => range(null, null));
    this.zone.addEventListener("change", () => zoned(Number(this.zone.value)));
    const typed = () => {
      const [from, to] = [this.from, this.to].map((input) => Date.parse(`${input.value}Z`) / 1000);
      if (from !== undefined && to !== undefined && from < to) range(from, to);
    };
    this.from.addEventListener("change", typed);
    this.to.addEventListener("change", typed);
    put(
      this.element,
      h(
        "div",
        { class: "bar" },
        h("h2", { id: "timeline-title" }, "When"),
        h(
          "ul",
          { class: "legend", "aria-label": "Legend" },
          ...["benign", "review", "related"].map((name) => h("li", { class: name }, name)),
          h("li", { class: "against" }, "related event that points to another cause"),
        ),
        h("span", { class: "range" }, this.zone, this.from, " to ", this.to, this.out),
      ),
      this.plot,
      this.words,
      h("p", { class: "about hint" }, "To zoom in, drag over the bars or set the times."),
    );
    new ResizeObserver(([seen]) => {
      const width = Math.floor(seen?.contentRect.width ?? 0);
      // The chart is resized in its own task, and only while it is visible.
      if (width > 0) soon(() => this.fit(width));
    }).observe(this.plot);
    for (const query of ["(prefers-color-scheme: dark)", "print"])
      matchMedia(query).addEventListener("change", () => this.again());
  }

  show(timeline: Timeline | null, limited: boolean, zone: number): void {
    this.timeline = timeline;
    this.element.hidden = timeline === null;
    this.out.disabled = !limited;
    this.zone.value = String(zone);
    this.zone.hidden = timeline?.zoned === 0;
    this.draw();
  }

  private fit(width: number): void {
    if (this.chart && this.chart.width !== width) this.chart.setSize({ width, height: HEIGHT });
  }

  private draw(): void {
    const { timeline } = this;
    if (!timeline) return;
    const { start, step, benign, review, related } = timeline;
    const x = benign.map((_, i) => start + step * i + step / 2);
    const low = benign.map((count, i) => count + (review[i] ?? 0));
    const all = low.map((count, i) => count + (related[i] ?? 0));
    this.chart ??= this.create();
    this.chart.setData([x, all, low, benign]);
    this.say(timeline, all);
  }

  /** A change of colours needs a new chart. */
  private again(): void {
    this.chart?.destroy();
    this.chart = undefined;
    this.draw();
  }

  private create(): uPlot {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const bars = uPlot.paths.bars?.({ size: [0.86, 40], align: 0 });
    const series = (name: string) => {
      const fill = color(name);
      return {
        label: name,
        stroke: fill,
        fill,
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      };
    };
    const axis = {
      stroke: color("soft"),
      grid: { stroke: color("hair"), width: 1 },
      ticks: { stroke: color("hair"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    const label = (time: number) => {
      const text = clock(time, false);
      const days = (this.timeline?.step ?? 0) >= 86_400;
      return days ? text.slice(0, 10) : `${text.slice(11, 16)}\n${text.slice(0, 10)}`;
    };
    const colors = { review: color("review"), against: color("against") };
    const chart = new uPlot(
      {
        width: this.plot.clientWidth || 600,
        height: HEIGHT,
        // The last label extends beyond the last bar by half its width.
        padding: [null, 40, null, null],
        legend: { show: false },
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
        scales: {
          x: { time: true, range: () => this.span() },
          y: { range: (_, __, max) => [0, Math.max(1, max * 1.12)] },
        },
        cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
        axes: [
          { ...axis, size: 44, space: 96, values: (_, ticks) => ticks.map(label) },
          {
            ...axis,
            size: 56,
            values: (_, ticks) => ticks.map((n) => (Number.isInteger(n) ? number(n) : "")),
          },
        ],
        series: [{}, series("related"), series("review"), series("benign")],
        hooks: {
          setSelect: [(chart) => this.brushed(chart)],
          draw: [(chart) => this.mark(chart, colors)],
        },
      },
      undefined,
      this.plot,
    );
    const canvas = this.plot.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute("aria-label", "Records over time, by verdict");
    canvas?.setAttribute("aria-describedby", "timeline-words");
    return chart;
  }

  private span(): [number, number] {
    const { start = 0, step = 1, benign = [] } = this.timeline ?? {};
    return [start, start + step * Math.max(1, benign.length)];
  }

  private brushed(chart: uPlot): void {
    const { left, width } = chart.select;
    if (width < 4 || !this.timeline) return;
    const { step } = this.timeline;
    const [start, end] = this.span();
    const at = (pixel: number) => chart.posToVal(pixel, "x") / step;
    const from = Math.max(start, Math.floor(at(left)) * step);
    const to = Math.min(end, Math.ceil(at(left + width)) * step);
    chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.range(from, to);
  }

  /**
   * Marks records to review and neighbours, which could be invisible among thousands of benign
   * records.
   */
  private mark(chart: uPlot, colors: { review: string; against: string }): void {
    const { start, step, review, marks } = this.timeline ?? { review: [], marks: [] };
    if (start === undefined || step === undefined) return;
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.fillStyle = colors.review;
    review.forEach((count, i) => {
      if (count === 0) return;
      const at = chart.valToPos(start + step * (i + 0.5), "x", true);
      ctx.beginPath();
      ctx.moveTo(at - 5, bbox.top);
      ctx.lineTo(at + 5, bbox.top);
      ctx.lineTo(at, bbox.top + 8);
      ctx.fill();
    });
    ctx.strokeStyle = colors.against;
    ctx.globalAlpha = 0.55;
    ctx.setLineDash([4, 3]);
    ctx.beginPath();
    for (const mark of marks) {
      const at = Math.round(chart.valToPos(mark.time, "x", true)) + 0.5;
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
    }
    ctx.stroke();
    ctx.restore();
  }

  /** Describes the chart in words. */
  private say(timeline: Timeline, all: number[]): void {
    const { untimed, zoned, bare, marks, marked, step } = timeline;
    const [start, end] = this.span();
    const input = (time: number) => new Date(time * 1000).toISOString().slice(0, 19);
    this.from.value = input(start);
    this.to.value = input(end);
    const empty = all.filter((count) => count === 0).length;
    const sentences = [
      `${clock(start, false)} to ${clock(end, false)}; a bar is ${words(step)}.`,
      zoned > 0 &&
        bare > 0 &&
        `${plural(bare, "record has", "records have")} no time zone; such times are shown as they are.`,
      empty > 0 && `${plural(empty, "bar is", "bars are")} empty.`,
      ...dashed(marks, marked),
      untimed > 0 && `${plural(untimed, "record has", "records have")} no time and no bar.`,
    ];
    this.words.textContent = sentences.filter(Boolean).join(" ");
  }
}

/** Explains the dashed lines. */
function dashed(marks: Timeline["marks"], count: number): string[] {
  const [mark] = marks;
  if (!mark) return [];
  const lines = count === 1 ? "The dashed line marks" : "Dashed lines mark";
  const events = plural(count, "related event that points", "related events that point");
  const example = `${line(mark.event)} on ${line(mark.computer)} at ${clock(mark.time, false)}`;
  return [`${lines} ${events} to another cause${count === 1 ? ":" : ", such as"} ${example}.`];
}

function words(step: number): string {
  if (step % 86_400 === 0) return plural(step / 86_400, "day");
  if (step % 3600 === 0) return plural(step / 3600, "hour");
  return plural(Math.round(step / 60), "minute");
}

/** The whole hours from UTC, and the zone of this computer. */
function zones(): number[] {
  const hours = Array.from({ length: 27 }, (_, hour) => 60 * (hour - 12));
  const all = new Set([...hours, -new Date().getTimezoneOffset()]);
  return [...all].sort((a, b) => a - b);
}
