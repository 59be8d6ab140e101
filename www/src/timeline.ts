// When: benign, review and related records stacked, along a calendar that shows the year.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h, put } from "./dom.ts";
import type { Timeline } from "./protocol.ts";
import { clock, number, plural } from "./text.ts";

const HEIGHT = 190;

export class Chart {
  readonly element = h("section", { class: "timeline", "aria-labelledby": "timeline-title" });
  private readonly plot = h("div", { class: "plot" });
  private readonly words = h("p", { class: "about", id: "timeline-words" });
  private readonly from = h("input", { type: "datetime-local", step: 1, "aria-label": "From" });
  private readonly to = h("input", { type: "datetime-local", step: 1, "aria-label": "To" });
  private readonly out = h("button", { type: "button", class: "quiet" }, "Show all");
  private chart: uPlot | undefined;
  private timeline: Timeline | null = null;
  private soon: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly range: (from: number | null, to: number | null) => void) {
    this.out.addEventListener("click", () => range(null, null));
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
          h("li", { class: "against" }, "speaks against the cause"),
        ),
        h("span", { class: "range" }, this.from, " to ", this.to, this.out),
      ),
      this.plot,
      this.words,
    );
    new ResizeObserver(() => {
      this.chart?.setSize({ width: this.plot.clientWidth, height: HEIGHT });
    }).observe(this.plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  show(timeline: Timeline | null, limited: boolean): void {
    this.timeline = timeline;
    this.element.hidden = timeline === null;
    this.out.disabled = !limited;
    // In a task of its own, after what else the new view changes.
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.draw());
  }

  private draw(): void {
    const { timeline } = this;
    this.chart?.destroy();
    this.chart = undefined;
    if (!timeline) return;
    const { start, step, benign, review, related, marks } = timeline;
    const end = start + step * benign.length;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const x = benign.map((_, i) => start + step * i + step / 2);
    const low = benign.map((count, i) => count + (review[i] ?? 0));
    const all = low.map((count, i) => count + (related[i] ?? 0));
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
      const text = clock(time, true);
      return step >= 86_400 ? text.slice(0, 10) : `${text.slice(11, 16)}\n${text.slice(0, 10)}`;
    };
    this.chart = new uPlot(
      {
        width: this.plot.clientWidth || 600,
        height: HEIGHT,
        legend: { show: false },
        tzDate: (time) => uPlot.tzDate(new Date(time * 1000), "Etc/UTC"),
        scales: {
          x: { time: true, range: () => [start, end] },
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
          setSelect: [
            (chart) => {
              const { left, width } = chart.select;
              if (width < 4) return;
              const at = (pixel: number) => chart.posToVal(pixel, "x");
              const from = Math.floor(at(left) / step) * step;
              this.range(
                Math.max(start, from),
                Math.min(end, Math.ceil(at(left + width) / step) * step),
              );
            },
          ],
          draw: [
            (chart) => {
              const { ctx, bbox } = chart;
              ctx.save();
              ctx.fillStyle = color("review");
              // A few records to review must not vanish beside thousands that are benign.
              review.forEach((count, i) => {
                if (count === 0) return;
                const at = chart.valToPos(x[i] ?? 0, "x", true);
                ctx.beginPath();
                ctx.moveTo(at - 5, bbox.top);
                ctx.lineTo(at + 5, bbox.top);
                ctx.lineTo(at, bbox.top + 8);
                ctx.fill();
              });
              ctx.strokeStyle = color("against");
              ctx.setLineDash([4, 3]);
              for (const mark of marks) {
                const at = Math.round(chart.valToPos(mark.time, "x", true)) + 0.5;
                ctx.beginPath();
                ctx.moveTo(at, bbox.top);
                ctx.lineTo(at, bbox.top + bbox.height);
                ctx.stroke();
              }
              ctx.restore();
            },
          ],
        },
      },
      [x, all, low, benign],
      this.plot,
    );
    const canvas = this.plot.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute("aria-label", "Records along the calendar, by verdict");
    canvas?.setAttribute("aria-describedby", "timeline-words");
    const input = (time: number) => new Date(time * 1000).toISOString().slice(0, 19);
    this.from.value = input(start);
    this.to.value = input(end);
    const empty = all.filter((count) => count === 0).length;
    const first = marks[0];
    const against = first
      ? ` Marked: ${plural(marks.length, "event")} that ${marks.length === 1 ? "says" : "say"} more about the cause, the first ${first.event} on ${first.computer} at ${clock(first.time, false)}.`
      : "";
    const untimed =
      timeline.untimed > 0 ? ` ${plural(timeline.untimed, "record")} without a time.` : "";
    this.words.textContent = `${clock(start, false)} to ${clock(end, false)}, a bar ${words(step)}, ${plural(empty, "bar")} empty. Drag to look closer.${against}${untimed}`;
  }
}

function words(step: number): string {
  if (step % 86_400 === 0) return plural(step / 86_400, "day");
  if (step % 3600 === 0) return plural(step / 3600, "hour");
  return plural(Math.round(step / 60), "minute");
}
