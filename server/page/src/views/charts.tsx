// All charts of a machine: one range of time, one cursor, one zoom.

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Machine } from "../api";
import { chartsOf } from "../model/charts";
import { fullMoment, span } from "../model/format";
import { ranges, type Range, type Zoom } from "../model/window";
import { t } from "../texts";
import { ChartView } from "./chart";
import { Loading, Problem, wordsOf } from "./common";
import { useScheme } from "./hooks";
import type { Shown } from "./use_series";

const drawnAtOnce = 24;

interface Props {
    machine: Machine;
    series: Shown;
    range: Range;
    zoom: Zoom | null;
    at: number | null;
    onRange: (range: Range) => void;
    onZoom: (zoom: Zoom | null) => void;
    onMoment: (at: number | null) => void;
}

export function Charts({ machine, series, range, zoom, at, onRange, onZoom, onMoment }: Props): JSX.Element {
    const scheme = useScheme();
    const { answer, window } = series;
    const charts = useMemo(() => chartsOf((answer?.series ?? []).filter((one) => one.points.length > 0)), [answer]);
    return (
        <section aria-labelledby="charts-title" class="charts">
            <div class="section-head">
                <h2 id="charts-title">{t.charts.title}</h2>
                <div class="segments" role="group" aria-label={t.charts.range}>
                    {ranges.map((each) => (
                        <button
                            key={each}
                            type="button"
                            aria-pressed={!zoom && each === range}
                            title={t.charts.rangeWords[each]}
                            onClick={() => onRange(each)}
                        >
                            {t.charts.ranges[each]}
                        </button>
                    ))}
                </div>
                {zoom && (
                    <span class="zoomed">
                        <span class="soft">
                            {fullMoment(zoom.from)} – {fullMoment(zoom.to)}
                        </span>{" "}
                        <button type="button" onClick={() => onZoom(null)}>
                            {t.charts.zoomOut}
                        </button>
                    </span>
                )}
                <span class="soft hint">
                    {answer && answer.step_ms > 0 && `${t.charts.thinned(span(answer.step_ms))} `}
                    {charts.length > 0 && t.charts.hint}
                </span>
            </div>
            <Problem text={series.error ? wordsOf(series.error) : null} />
            {!answer && !series.error && <Loading />}
            {answer && charts.length === 0 && (
                <p class="soft empty-charts">{machine.last_at === null ? t.charts.noneYet : t.charts.none}</p>
            )}
            <p class="hidden" id="chart-keys">
                {t.charts.keys}
            </p>
            <div class="chart-grid">
                {answer &&
                    charts.map((chart, index) => (
                        <ChartView
                            key={chart.key}
                            chart={chart}
                            stepMs={answer.step_ms}
                            intervalMs={machine.interval_seconds * 1000}
                            window={window}
                            at={at}
                            scheme={scheme}
                            lazy={index >= drawnAtOnce}
                            onZoom={onZoom}
                            onMoment={onMoment}
                        />
                    ))}
            </div>
        </section>
    );
}
