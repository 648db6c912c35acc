// The last hour of a machine's load, minute by minute. The whole comes with the list of machines; what follows comes with
// events, one value at a time.

export interface Hour {
    /** Minutes since 1970 of the last value. */
    minute: number;
    values: (number | null)[];
}

const minutes = 60;

export function hourOf(values: readonly (number | null)[] | undefined, now: number): Hour {
    const empty = Array.from({ length: Math.max(0, minutes - (values?.length ?? 0)) }, () => null);
    return { minute: Math.floor(now / 60_000), values: [...empty, ...(values ?? []).slice(-minutes)] };
}

export function withValue(hour: Hour, at: number, value: number | null): Hour {
    const minute = Math.floor(at / 60_000);
    const moved = advanced(hour, minute);
    const place = minutes - 1 - (moved.minute - minute);
    if (place < 0 || value === null) return moved;
    const values = moved.values.slice();
    values[place] = value;
    return { minute: moved.minute, values };
}

export function advanced(hour: Hour, minute: number): Hour {
    const by = minute - hour.minute;
    if (by <= 0) return hour;
    const empty = Array.from({ length: Math.min(by, minutes) }, () => null);
    return { minute, values: [...hour.values, ...empty].slice(-minutes) };
}

/** The `d` of an SVG path in a box of `width` × `height`: a line with gaps. One value alone is a short stroke. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number, top: number): string {
    const x = (index: number): number => (values.length > 1 ? (index / (values.length - 1)) * width : 0);
    const y = (value: number): number => height - 1 - Math.max(0, Math.min(1, value / top)) * (height - 2);
    let path = "";
    let drawing = false;
    let missing = 0;
    values.forEach((value, index) => {
        if (value === null || !Number.isFinite(value)) {
            // A report that came some seconds after its minute leaves one empty place: that is no gap.
            if (++missing > 1) drawing = false;
            return;
        }
        path += `${drawing ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
        if (!drawing && (values[index + 1] ?? null) === null) path += "h1";
        drawing = true;
        missing = 0;
    });
    return path;
}
