// Where a machine reported within a window of time, as the `d` of an SVG path in a box of 1000 × 6. Pure.

import type { Report } from "../api";
import type { Zoom } from "./window";

export const width = 1000;

export function presence(reports: readonly Report[], window: Zoom, intervalMs: number): string {
    const scale = width / Math.max(1, window.to - window.from);
    let path = "";
    let from: number | null = null;
    let to = 0;
    const close = (): void => {
        if (from === null) return;
        const left = Math.max(0, (from - window.from) * scale);
        const right = Math.min(width, (to - window.from) * scale);
        if (right > left) path += `M${left.toFixed(1)} 0H${right.toFixed(1)}V6H${left.toFixed(1)}z`;
    };
    for (const { at } of reports) {
        if (from !== null && at - to > 1.5 * intervalMs) {
            close();
            from = null;
        }
        from ??= at - intervalMs;
        to = at;
    }
    close();
    return path;
}
