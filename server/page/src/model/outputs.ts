// An output as lines that are drawn: spans of colour, what is not seen made visible, changed lines marked, and no more
// lines than a browser draws at once.

import { ansiSpans, spanLines, withoutSequences, type Span } from "./ansi";
import { lineChanges } from "./diff";

export const mostLinesAtOnce = 400;

export interface Drawn {
    lines: { spans: Span[]; changed: boolean }[];
    /** Lines that are not in `lines`. */
    left: number;
    changed: number;
    gone: number;
    /** False where there was nothing to compare with, or too much. */
    compared: boolean;
}

/** The line breaks of a terminal are CR LF; an output that ends in a newline has no empty line behind it. */
function tidy(text: string): string {
    return text.replace(/\r+\n/g, "\n").replace(/\n$/, "");
}

export function drawn(text: string, before: string | null, coloured: boolean, whole: boolean): Drawn {
    const clean = tidy(text);
    const lines = coloured
        ? spanLines(ansiSpans(clean))
        : withoutSequences(clean)
              .split("\n")
              .map((line) => [{ text: line, style: null }]);
    const plain = withoutSequences(clean).split("\n");
    const changes = before === null ? null : lineChanges(withoutSequences(tidy(before)).split("\n"), plain);
    const most = whole ? lines.length : mostLinesAtOnce;
    return {
        lines: lines.slice(0, most).map((spans, index) => ({ spans, changed: changes?.changed[index] ?? false })),
        left: Math.max(0, lines.length - most),
        changed: changes?.changed.filter(Boolean).length ?? 0,
        gone: changes?.gone ?? 0,
        compared: changes !== null,
    };
}

/** Neighbouring lines of one kind, so that ten unchanged lines are one element. */
export function blocks(lines: Drawn["lines"]): { changed: boolean; lines: Span[][] }[] {
    const made: { changed: boolean; lines: Span[][] }[] = [];
    for (const { spans, changed } of lines) {
        const last = made[made.length - 1];
        if (last && last.changed === changed) last.lines.push(spans);
        else made.push({ changed, lines: [spans] });
    }
    return made;
}
