// Which lines of an output are new since the one before. Bounded: an output of thousands of lines that are all others
// costs what one of a few hundred does.

const mostLines = 2000;
const mostCells = 1_000_000;

export interface LineChanges {
    /** One for each line of the new text. */
    changed: boolean[];
    /** Lines of the old text that are not in the new one. */
    gone: number;
}

/** Null when the texts are longer than is looked at. */
export function lineChanges(before: readonly string[], now: readonly string[]): LineChanges | null {
    if (before.length > mostLines || now.length > mostLines) return null;
    let head = 0;
    while (head < before.length && head < now.length && before[head] === now[head]) ++head;
    let tail = 0;
    while (
        tail < before.length - head &&
        tail < now.length - head &&
        before[before.length - 1 - tail] === now[now.length - 1 - tail]
    )
        ++tail;
    const old = before.slice(head, before.length - tail);
    const fresh = now.slice(head, now.length - tail);
    const changed = now.map((_, index) => index >= head && index < now.length - tail);
    if (old.length * fresh.length > mostCells) return { changed, gone: old.length };
    const kept = common(old, fresh);
    for (const index of kept) changed[head + index] = false;
    return { changed, gone: old.length - kept.length };
}

/** The places in `fresh` of a longest common subsequence. */
function common(old: readonly string[], fresh: readonly string[]): number[] {
    const width = fresh.length + 1;
    const lengths = new Uint16Array((old.length + 1) * width);
    for (let row = old.length - 1; row >= 0; --row) {
        for (let column = fresh.length - 1; column >= 0; --column) {
            lengths[row * width + column] =
                old[row] === fresh[column]
                    ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
                    : Math.max(lengths[(row + 1) * width + column] ?? 0, lengths[row * width + column + 1] ?? 0);
        }
    }
    const places: number[] = [];
    let row = 0;
    let column = 0;
    while (row < old.length && column < fresh.length) {
        if (old[row] === fresh[column]) {
            places.push(column);
            ++row;
            ++column;
        } else if ((lengths[(row + 1) * width + column] ?? 0) >= (lengths[row * width + column + 1] ?? 0)) ++row;
        else ++column;
    }
    return places;
}
