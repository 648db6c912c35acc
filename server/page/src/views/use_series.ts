// The values that the charts of a machine show: read for a window of time, then continued by each report.

import { useEffect, useRef, useState } from "preact/hooks";
import { get, machinePath, query, type Reports, type SeriesAnswer } from "../api";
import { now } from "../clock";
import type { ReportEvent } from "../events";
import { merged, newestAt, oldestAt, tooManyPoints } from "../model/series";
import { sinceBeginning, windowOf, type Range, type Zoom } from "../model/window";
import { useStore } from "../store";
import { useLive } from "./app";
import { useAsked } from "./hooks";

const usualPoints = 600;
const mostPoints = 2000;
const slideMs = 30_000;
/** An hour may begin with that long without data: it is not asked whether the machine is new. */
const quiet = 300_000;

function readSeries(id: string, from: number, to: number, points: number, signal: AbortSignal): Promise<SeriesAnswer> {
    return get<SeriesAnswer>(
        machinePath(id, "series") + query({ from: Math.floor(from), to: Math.ceil(to), points }),
        signal,
    );
}

/** All that is kept. Where it begins is found by reading: a window that is mostly empty is read again without its beginning. */
async function readAll(id: string, to: number, signal: AbortSignal): Promise<SeriesAnswer> {
    let answer = await readSeries(id, 0, to, mostPoints, signal);
    let window: Zoom = { from: 0, to };
    for (let round = 0; round < 4; ++round) {
        const oldest = oldestAt(answer);
        const fitting = windowOf("all", null, to, oldest === null ? null : oldest - answer.step_ms);
        if (round > 0 && fitting.to - fitting.from > (window.to - window.from) / 2) break;
        window = fitting;
        answer = await readSeries(id, window.from, to, usualPoints, signal);
    }
    return { ...answer, from: windowOf("all", null, to, oldestAt(answer) ?? window.from).from, to };
}

export interface Shown {
    answer: SeriesAnswer | null;
    window: Zoom;
    error: unknown;
    again: () => void;
}

export function useSeries(
    id: string,
    range: Range,
    zoom: Zoom | null,
    report: ReportEvent | null,
    lateOnes: number,
): Shown {
    const { events } = useLive();
    const begun = useStore(events.begun);
    const key = `${id} ${zoom ? `${zoom.from}-${zoom.to}` : range}`;
    const read = async (signal: AbortSignal): Promise<SeriesAnswer> => {
        const to = now();
        if (range === "all" && !zoom) return readAll(id, to, signal);
        const window = windowOf(range, zoom, to, null);
        const answer = await readSeries(id, window.from, window.to, usualPoints, signal);
        const first = oldestAt(answer);
        if (zoom || range !== "1h" || (first !== null && first < window.from + quiet)) return { ...answer, ...window };
        const reports = await get<Reports>(machinePath(id, "reports") + query({ limit: 1 }), signal);
        return { ...answer, ...sinceBeginning(window, reports.oldest_at ?? to) };
    };
    const asked = useAsked(read, key, [begun, zoom ? null : lateOnes]);

    // What was drawn stays until the next window is read: a change of range does not blink.
    const [last, setLast] = useState<SeriesAnswer | null>(null);
    const answer = asked.value ?? last;
    useEffect(() => {
        if (asked.value) setLast(asked.value);
    }, [asked.value]);

    const latest = useRef(asked);
    latest.current = asked;
    useEffect(() => {
        const before = latest.current.value;
        if (!report || report.late || zoom || !before) return;
        const abort = new AbortController();
        const to = Math.max(now(), report.at); // a machine's clock may be ahead
        const newest = newestAt(before);
        const from = newest === null ? before.from : newest + 1;
        readSeries(id, from, to, mostPoints, abort.signal).then(
            (fresh) => {
                if (abort.signal.aborted) return;
                const begin = range === "all" ? 0 : windowOf(range, null, to, null).from;
                const joined = merged(before, { ...fresh, from, to }, Math.max(before.from, begin));
                if (tooManyPoints(joined)) latest.current.again();
                else latest.current.set(joined);
            },
            // The next report tries again; that the server cannot be reached is said at the top of the page.
            () => undefined,
        );
        return () => abort.abort();
    }, [report]);

    // A machine that is silent leaves a growing gap at the end.
    useEffect(() => {
        if (zoom) return;
        const timer = setInterval(() => {
            const before = latest.current.value;
            const to = now();
            if (!before || to - before.to < slideMs) return;
            const begin = range === "all" ? 0 : windowOf(range, null, to, null).from;
            const nothing = { from: to, to, step_ms: 0, series: [] };
            latest.current.set(merged(before, nothing, Math.max(before.from, begin)));
        }, slideMs);
        return () => clearInterval(timer);
    }, [key]);

    const window = answer ? { from: answer.from, to: answer.to } : windowOf(range, zoom, now(), null);
    return { answer, window, error: asked.error, again: asked.again };
}
