// Which part of time a page of a machine shows. Pure.

export const ranges = ["1h", "6h", "24h", "7d", "all"] as const;
export type Range = (typeof ranges)[number];

const hour = 3_600_000;
const lengths: Record<Exclude<Range, "all">, number> = {
    "1h": hour,
    "6h": 6 * hour,
    "24h": 24 * hour,
    "7d": 168 * hour,
};

export interface Zoom {
    from: number;
    to: number;
}

export function rangeOf(text: string | null | undefined): Range {
    return ranges.find((range) => range === text) ?? "1h";
}

const shortest = 300_000;

/** Of a machine that is new, the hour begins where its data does: else its first minutes were a stroke at the edge. */
export function sinceBeginning(window: Zoom, oldest: number | null): Zoom {
    if (oldest === null || oldest <= window.from) return window;
    return { from: Math.max(window.from, Math.min(oldest, window.to - shortest)), to: window.to };
}

/** `oldest`: of all that is kept; where it is not known yet, "all" is a day. */
export function windowOf(range: Range, zoom: Zoom | null, now: number, oldest: number | null): Zoom {
    if (zoom) return zoom;
    if (range === "all") return { from: Math.min(oldest ?? now - 24 * hour, now - shortest), to: now };
    return { from: now - lengths[range], to: now };
}

/** FROM-TO of an address; nothing that is no window, and nothing shorter than ten seconds. */
export function zoomOf(text: string | null | undefined): Zoom | null {
    const found = /^(\d{10,15})-(\d{10,15})$/.exec(text ?? "");
    if (!found) return null;
    const zoom = { from: Number(found[1]), to: Number(found[2]) };
    return zoom.to - zoom.from >= 10_000 ? zoom : null;
}

export function momentOf(text: string | null | undefined): number | null {
    return text && /^\d{10,15}$/.test(text) ? Number(text) : null;
}
