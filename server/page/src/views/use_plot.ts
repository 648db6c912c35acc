// The uPlot of a chart, as long as the chart is there.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { Chart } from "../model/charts";
import type { Table } from "../model/series";
import type { Zoom } from "../model/window";
import { plotOptions, rowsOf, type PlotState } from "./plot";

type Box = { current: HTMLDivElement | null };

/** Whether it is, or was, near the part of the page that is seen. */
export function useNear(box: Box, lazy: boolean): boolean {
    const [near, setNear] = useState(!lazy);
    useEffect(() => {
        if (near || !box.current) return;
        const sight = new IntersectionObserver((seen) => setNear(seen.some((each) => each.isIntersecting)), {
            rootMargin: "600px",
        });
        sight.observe(box.current);
        return () => sight.disconnect();
    }, [near]);
    return near;
}

interface Calls {
    onZoom: (zoom: Zoom | null) => void;
    onMoment: (at: number | null) => void;
    onCursor: (index: number | null) => void;
}

/** The uPlot of a chart: made anew for other lines or colours, else only given other data. */
export function usePlot(
    box: Box,
    chart: Chart,
    table: Table,
    window: Zoom,
    at: number | null,
    scheme: string,
    calls: Calls,
): { current: uPlot | null } {
    const plot = useRef<uPlot | null>(null);
    const state = useRef<PlotState>({ window, at });
    const latest = useRef(calls);
    latest.current = calls;
    const lines = chart.lines.length;

    useEffect(() => {
        const place = box.current;
        if (!place) return;
        const own = {
            onZoom: (zoom: Zoom | null) => latest.current.onZoom(zoom),
            onMoment: (moment: number) => latest.current.onMoment(moment),
            onCursor: (index: number | null) => latest.current.onCursor(index),
        };
        const made = new uPlot(
            plotOptions(lines, table.banded, chart.unit, place.clientWidth, state.current, own),
            rowsOf(table),
            place,
        );
        plot.current = made;
        const sizes = new ResizeObserver(() => {
            if (place.clientWidth > 0 && place.clientWidth !== made.width)
                made.setSize({ width: place.clientWidth, height: made.height });
        });
        sizes.observe(place);
        return () => {
            sizes.disconnect();
            made.destroy();
            plot.current = null;
        };
    }, [box, lines, table.banded, chart.unit, scheme]);

    useEffect(() => {
        state.current.window = window;
        plot.current?.setData(rowsOf(table));
    }, [table, window.from, window.to]);
    useEffect(() => {
        state.current.at = at;
        plot.current?.redraw(false, false);
    }, [at]);
    return plot;
}
