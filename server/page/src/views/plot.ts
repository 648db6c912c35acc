// How a chart is drawn: what uPlot is told. It knows lines, colours and scales, nothing of machines.

import uPlot from "uplot";
import { isBytes } from "../model/format";
import type { Column, Table } from "../model/series";
import { withUnit } from "../model/format";
import type { Zoom } from "../model/window";
import { t } from "../texts";

export const lineColours = 8;

export interface PlotCalls {
    onCursor: (index: number | null) => void;
    onZoom: (zoom: Zoom | null) => void;
    onMoment: (at: number) => void;
}

export interface PlotState {
    window: Zoom;
    at: number | null;
}

const height = 160;
const clickReach = 4;

function colourOf(name: string): string {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Times of the x axis: days where a day begins, seconds only where they differ. */
function timeTicks(splits: number[], step: number): string[] {
    return splits.map((at) => {
        const date = new Date(at);
        const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
        if (midnight && step >= 60_000) return `${date.getDate()} ${t.months[date.getMonth()] ?? ""}`;
        const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
        return step < 60_000 ? `${time}:${two(date.getSeconds())}` : time;
    });
}

/** A point with a gap on both sides would not be seen as a line. */
function lonely(column: Column, from: number, to: number): number[] {
    const found: number[] = [];
    let previous: number | null | undefined = null;
    for (let index = from; index <= to; ++index) {
        const value = column[index];
        if (value === undefined) continue;
        if (value !== null && previous === null) {
            let next = index + 1;
            while (next <= to && column[next] === undefined) ++next;
            if (next > to || column[next] === null) found.push(index);
        }
        previous = value;
    }
    return found;
}

/** The rows of uPlot: times, values, and where something was thinned the least and most of each line. */
export function rowsOf(table: Table): uPlot.AlignedData {
    const bands = table.banded
        ? table.values.flatMap((_, line) => [table.least[line] ?? [], table.most[line] ?? []])
        : [];
    return [table.times, ...table.values, ...bands] as uPlot.AlignedData;
}

/** The rows of uPlot's list that belong to one line. */
export function rowsOfLine(line: number, lines: number, banded: boolean): number[] {
    return banded ? [1 + line, 1 + lines + 2 * line, 2 + lines + 2 * line] : [1 + line];
}

const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

export function plotOptions(
    lines: number,
    banded: boolean,
    unit: string,
    width: number,
    state: PlotState,
    calls: PlotCalls,
): uPlot.Options {
    const soft = colourOf("--soft");
    const rule = colourOf("--rule");
    const mark = colourOf("--accent");
    const colours = Array.from({ length: lineColours }, (_, index) => colourOf(`--line-${index}`));
    const colour = (line: number): string => colours[line % lineColours] ?? soft;
    const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
    const series: uPlot.Series[] = [{}];
    for (let line = 0; line < lines; ++line) {
        series.push({
            stroke: colour(line),
            width: 1.5,
            ...(line >= lineColours ? { dash: [5, 3] } : {}),
            ...(lines === 1 && !banded ? { fill: `${colour(0)}1c` } : {}),
            points: {
                show: true,
                size: 4,
                fill: colour(line),
                filter: (plot, row, show) => {
                    const [from, to] = plot.series[0]?.idxs ?? [0, 0];
                    return show ? lonely(plot.data[row] as Column, from, to) : null;
                },
            },
        });
    }
    if (banded)
        for (let row = 0; row < 2 * lines; ++row)
            series.push({ stroke: "transparent", width: 0, points: { show: false } });
    let pressed: number | null = null;
    return {
        width,
        height,
        ms: 1,
        padding: [8, 18, 0, 0],
        legend: { show: false },
        series,
        bands: banded
            ? Array.from({ length: lines }, (_, line) => ({
                  series: [2 + lines + 2 * line, 1 + lines + 2 * line] as [number, number],
                  fill: `${colour(line)}2e`,
              }))
            : [],
        scales: {
            x: { time: true, range: () => [state.window.from, state.window.to] },
            y: { range: (_plot, least, most) => valueRange(least, most, unit) },
        },
        axes: [
            {
                stroke: soft,
                font,
                size: 22,
                gap: 4,
                space: 64,
                grid: { stroke: rule, width: 1 },
                ticks: { show: false },
                values: (_plot, splits, _axis, _space, step) => timeTicks(splits, step),
            },
            {
                stroke: soft,
                font,
                size: 58,
                gap: 6,
                space: 32,
                grid: { stroke: rule, width: 1 },
                ticks: { show: false },
                ...(isBytes(unit) ? { incrs: binarySteps } : {}),
                values: (_plot, splits) => splits.map((value) => withUnit(value, unit.length > 4 ? "" : unit)),
            },
        ],
        cursor: {
            y: false,
            sync: { key: "machine", setSeries: false },
            drag: { x: true, y: false, setScale: false, dist: clickReach },
            points: { size: 7, width: 2 },
            bind: {
                dblclick: () => () => {
                    calls.onZoom(null);
                    return null;
                },
            },
        },
        hooks: {
            ready: [
                (plot) => {
                    plot.over.addEventListener("mousedown", (event) => {
                        pressed = event.button === 0 ? event.clientX : null;
                    });
                    plot.over.addEventListener("click", (event) => {
                        if (pressed === null || Math.abs(event.clientX - pressed) > clickReach || event.detail > 1)
                            return;
                        calls.onMoment(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
                    });
                },
            ],
            setCursor: [(plot) => calls.onCursor(plot.cursor.idx ?? null)],
            setSelect: [
                (plot) => {
                    const { left, width: wide } = plot.select;
                    if (wide === 0) return;
                    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
                    // All charts hear of the dragging in one; that one says what it means.
                    if (pressed === null) return;
                    pressed = null;
                    calls.onZoom({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + wide, "x") });
                },
            ],
            draw: [
                (plot) => {
                    if (state.at === null || state.at < state.window.from || state.at > state.window.to) return;
                    const x = Math.round(plot.valToPos(state.at, "x", true)) + 0.5;
                    const { ctx, bbox } = plot;
                    ctx.save();
                    ctx.strokeStyle = mark;
                    ctx.lineWidth = devicePixelRatio;
                    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
                    ctx.beginPath();
                    ctx.moveTo(x, bbox.top);
                    ctx.lineTo(x, bbox.top + bbox.height);
                    ctx.stroke();
                    ctx.restore();
                },
            ],
        },
    };
}

/** From zero, and percentages to a hundred: a quiet machine looks quiet. */
function valueRange(least: number | null, most: number | null, unit: string): [number, number] {
    const low = Math.min(0, least ?? 0);
    const high = most ?? 0;
    if (unit === "%") return [low, Math.max(100, high)];
    return [low, high > low ? high + (high - low) * 0.06 : low + 1];
}
