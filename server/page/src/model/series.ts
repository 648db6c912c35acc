// From the series of /api/v1 to what uPlot draws: one table with the times in its first row, undefined where a line has
// no value of its own at a time, null where its data has a gap. Pure.

import type { Point, Series, SeriesAnswer } from "../api";

/** Values, least and most: the latter two are the same array as the values where nothing was thinned. */
export type Column = (number | null | undefined)[];

export interface Table {
    times: number[];
    values: Column[];
    least: Column[];
    most: Column[];
    /** Whether least and most say more than the values. */
    banded: boolean;
}

const gapFactor = 2.5;

function middle(numbers: number[]): number {
    numbers.sort((left, right) => left - right);
    return numbers[Math.floor(numbers.length / 2)] ?? 0;
}

/** How far apart points may be that belong together. What was thinned long ago stands further apart than the interval says. */
export function widestStep(points: readonly Point[], stepMs: number, intervalMs: number): number {
    const distances: number[] = [];
    for (let index = 1; index < points.length; ++index)
        distances.push((points[index]?.[0] ?? 0) - (points[index - 1]?.[0] ?? 0));
    const usual = distances.length >= 8 ? middle(distances) : 0;
    return gapFactor * Math.max(stepMs, intervalMs, usual, 1);
}

/** Points in order of time, with a null one in every gap. */
export function withGaps(points: readonly Point[], widest: number): (Point | [number, null])[] {
    const made: (Point | [number, null])[] = [];
    let last: number | null = null;
    for (const point of points) {
        if (last !== null && point[0] - last > widest) made.push([last + Math.ceil((point[0] - last) / 2), null]);
        made.push(point);
        last = point[0];
    }
    return made;
}

export function tableOf(series: readonly Series[], stepMs: number, intervalMs: number): Table {
    const lines = series.map((one) => withGaps(one.points, widestStep(one.points, stepMs, intervalMs)));
    const all = new Set<number>();
    for (const line of lines) for (const point of line) all.add(point[0]);
    const times = Float64Array.from(all).sort();
    const place = new Map<number, number>();
    times.forEach((time, index) => place.set(time, index));

    const table: Table = { times: Array.from(times), values: [], least: [], most: [], banded: false };
    for (const line of lines) {
        const values: Column = new Array<number | null | undefined>(times.length).fill(undefined);
        const least = values.slice();
        const most = values.slice();
        for (const point of line) {
            const at = place.get(point[0]) ?? 0;
            const value = Number.isFinite(point[1]) ? point[1] : null;
            values[at] = value;
            least[at] = point.length === 4 && value !== null ? point[2] : value;
            most[at] = point.length === 4 && value !== null ? point[3] : value;
            if (least[at] !== most[at]) table.banded = true;
        }
        table.values.push(values);
        table.least.push(least);
        table.most.push(most);
    }
    return table;
}

const mostExtraPoints = 4000;

/** What came later, behind what was there: points from `fresh.from` on are taken from it alone. */
export function merged(before: SeriesAnswer, fresh: SeriesAnswer, from: number): SeriesAnswer {
    const later = new Map(fresh.series.map((one) => [one.id, one]));
    const series = before.series.map((one) => {
        const add = later.get(one.id);
        later.delete(one.id);
        const kept = one.points.filter((point) => point[0] >= from && point[0] < fresh.from);
        return { ...one, points: [...kept, ...(add?.points ?? [])] };
    });
    for (const one of later.values()) series.push(one);
    return { from, to: fresh.to, step_ms: before.step_ms, series };
}

/** A window that was followed for long has many points of the finest step: then it is read anew. */
export function tooManyPoints(answer: SeriesAnswer): boolean {
    return answer.series.some((one) => one.points.length > mostExtraPoints);
}

export function newestAt(answer: SeriesAnswer): number | null {
    let newest: number | null = null;
    for (const { points } of answer.series) {
        const at = points[points.length - 1]?.[0];
        if (at !== undefined && (newest === null || at > newest)) newest = at;
    }
    return newest;
}

export function oldestAt(answer: SeriesAnswer): number | null {
    const starts = answer.series.flatMap(({ points }) => points.slice(0, 1).map((point) => point[0]));
    return starts.length > 0 ? Math.min(...starts) : null;
}

export interface Summary {
    newest: number | null;
    least: number | null;
    most: number | null;
}

export function summary(points: readonly Point[]): Summary {
    let least: number | null = null;
    let most: number | null = null;
    for (const point of points) {
        const low = point.length === 4 ? point[2] : point[1];
        const high = point.length === 4 ? point[3] : point[1];
        if (least === null || low < least) least = low;
        if (most === null || high > most) most = high;
    }
    return { newest: points[points.length - 1]?.[1] ?? null, least, most };
}

/** The value of a line at a place of the table, or the nearest one before it that is not beyond a gap. */
export function valueAt(column: Column | undefined, index: number): number | null {
    if (!column) return null;
    for (let at = index; at >= 0 && index - at < 200; --at) {
        const value = column[at];
        if (value === null) return null;
        if (value !== undefined) return value;
    }
    return null;
}
