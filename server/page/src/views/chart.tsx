// One chart: a canvas of uPlot's, a legend that says the values at the cursor, and the same in words.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Series } from "../api";
import { lineLabel, type Chart } from "../model/charts";
import { fullMoment, isBytes, withUnit } from "../model/format";
import { summary, tableOf, valueAt } from "../model/series";
import { shown } from "../model/visible";
import type { Zoom } from "../model/window";
import { t } from "../texts";
import { lineColours, rowsOfLine } from "./plot";
import { useNear, usePlot } from "./use_plot";

interface Props {
    chart: Chart;
    stepMs: number;
    intervalMs: number;
    window: Zoom;
    at: number | null;
    scheme: string;
    /** Drawn only when it comes in sight: a machine may have hundreds. */
    lazy: boolean;
    onZoom: (zoom: Zoom | null) => void;
    onMoment: (at: number | null) => void;
}

export function titleOf(chart: Chart): string {
    if (!chart.known) return t.charts.inUnit(shown(t.charts.word(chart.name) ?? chart.name, 60), shown(chart.unit, 12));
    const title = t.charts.titles[chart.known];
    if (chart.unit === "%" || chart.known === "load" || chart.known === "processes") return title;
    return isBytes(chart.unit) ? t.charts.inBytes(title) : t.charts.inUnit(title, shown(chart.unit, 12));
}

export function ChartView({
    chart,
    stepMs,
    intervalMs,
    window,
    at,
    scheme,
    lazy,
    onZoom,
    onMoment,
}: Props): JSX.Element {
    const table = useMemo(() => tableOf(chart.lines, stepMs, intervalMs), [chart, stepMs, intervalMs]);
    const labels = useMemo(() => chart.lines.map((line) => shown(lineLabel(chart, line, t.charts.word), 60)), [chart]);
    const [hidden, setHidden] = useState<ReadonlySet<Series["id"]>>(new Set());
    const [cursor, setCursor] = useState<number | null>(null);
    const [said, setSaid] = useState("");
    const box = useRef<HTMLDivElement>(null);
    const near = useNear(box, lazy);
    const plot = usePlot(near ? box : nowhere, chart, table, window, at, scheme, {
        onZoom,
        onMoment,
        onCursor: setCursor,
    });
    const title = titleOf(chart);
    const id = `chart-${useMemo(() => ++lastId, [])}`;

    useEffect(() => {
        chart.lines.forEach(({ id: own }, line) => {
            for (const row of rowsOfLine(line, labels.length, table.banded)) {
                const show = !hidden.has(own);
                if (plot.current && plot.current.series[row]?.show !== show) plot.current.setSeries(row, { show });
            }
        });
    });

    const summaries = useMemo(() => chart.lines.map((line) => summary(line.points)), [chart]);
    const value = (line: number, index: number | null, unit = chart.unit): string =>
        withUnit(index === null ? summaries[line]?.newest : valueAt(table.values[line], index), unit);
    // The title has said the unit, but for those that a number cannot do without.
    const short = (line: number): string =>
        value(line, cursor, chart.unit === "%" || isBytes(chart.unit) ? chart.unit : "");
    const words = summaries.map(({ newest, least, most }, line) =>
        t.charts.summary(
            labels[line] ?? "",
            withUnit(newest, chart.unit),
            withUnit(least, chart.unit),
            withUnit(most, chart.unit),
        ),
    );
    const pressed = (event: KeyboardEvent): void => {
        const drawn = plot.current;
        if (!drawn || event.ctrlKey || event.metaKey || event.altKey) return;
        const index = nextIndex(event.key, cursor, table.times, window);
        const time = table.times[index ?? cursor ?? -1];
        if (index !== null && time !== undefined) {
            publishCursor(drawn, drawn.valToPos(time, "x"));
            setSaid(
                `${t.charts.at(fullMoment(time))}: ${labels.map((label, line) => `${label} ${value(line, index)}`).join(", ")}`,
            );
        } else if (event.key === "Enter" && time !== undefined) onMoment(time);
        else if (event.key === "+" || event.key === "-")
            onZoom(zoomed(event.key === "+" ? 0.5 : 2, time ?? window.to, window));
        else return;
        event.preventDefault();
        event.stopPropagation();
    };

    return (
        <figure class="sheet chart" aria-labelledby={id}>
            <figcaption>
                <span id={id} class="chart-title">
                    {title}
                </span>
                {!chart.known && <span class="soft">{shown(chart.command, 60)}</span>}
            </figcaption>
            <div
                class="plot"
                ref={box}
                role="img"
                tabIndex={0}
                aria-label={`${title}. ${words.join("; ")}`}
                aria-describedby="chart-keys"
                onKeyDown={pressed}
            />
            <ul class="legend">
                {chart.lines.map(({ id: own }, line) => (
                    <li key={own}>
                        <button
                            type="button"
                            aria-pressed={!hidden.has(own)}
                            onClick={() => setHidden(toggled(hidden, own))}
                        >
                            <span
                                class={`swatch line-${line % lineColours}${line >= lineColours ? " dashed" : ""}`}
                                aria-hidden="true"
                            />
                            <span class="label">{labels[line]}</span>
                            <span class="number">{short(line)}</span>
                        </button>
                    </li>
                ))}
                {chart.left > 0 && <li class="soft">{t.charts.left(chart.left)}</li>}
            </ul>
            <p class="hidden" role="status">
                {said}
            </p>
        </figure>
    );
}

let lastId = 0;
const nowhere = { current: null };

/** Moves the cursor of all charts. (The types of uPlot do not know the third argument.) */
function publishCursor(plot: uPlot, left: number): void {
    (plot.setCursor as (place: { left: number; top: number }, fire: boolean, publish: boolean) => void)(
        { left, top: 10 },
        true,
        true,
    );
}

function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
    const next = new Set(set);
    if (!next.delete(item)) next.add(item);
    return next;
}

/** Where the arrows lead; null for other keys. */
function nextIndex(key: string, index: number | null, times: readonly number[], window: Zoom): number | null {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
    const last = times.length - 1;
    const first = times.findIndex((time) => time >= window.from);
    if (index === null) return key === "ArrowLeft" ? last : Math.max(0, first);
    return Math.max(Math.max(0, first), Math.min(last, index + (key === "ArrowLeft" ? -1 : 1)));
}

function zoomed(factor: number, around: number, window: Zoom): Zoom {
    const length = Math.max(60_000, (window.to - window.from) * factor);
    const share = (around - window.from) / (window.to - window.from);
    const from = around - length * share;
    return { from, to: from + length };
}
