// Numbers, ages and times as people read them. Pure: the time of now is always handed in.

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Three digits that count: 0.04, 3.14, 42, 1 234. */
export function plainNumber(value: number): string {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (size >= 1e9) return value.toExponential(2);
    if (size >= 100 || Number.isInteger(value)) return grouped(Math.round(value));
    if (size >= 10) return trimmed(value.toFixed(1));
    if (size >= 0.01 || size === 0) return trimmed(value.toFixed(2));
    return trimmed(value.toPrecision(2));
}

function trimmed(text: string): string {
    return /\.\d*0+$/.test(text) && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

function grouped(value: number): string {
    const digits = String(Math.abs(value));
    const parts = digits.replace(/\B(?=(\d{3})+$)/g, "\u202f");
    return value < 0 ? `−${parts}` : parts;
}

export function bytes(value: number): string {
    if (!Number.isFinite(value)) return "–";
    let size = Math.abs(value);
    let unit = 0;
    while (size >= 1024 && unit + 1 < binaryUnits.length) {
        size /= 1024;
        ++unit;
    }
    const digits = unit === 0 || size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(2);
    return `${value < 0 ? "−" : ""}${digits} ${binaryUnits[unit] ?? ""}`;
}

export function percent(value: number): string {
    return `${Math.abs(value) < 10 ? trimmed(value.toFixed(1)) : Math.round(value)} %`;
}

export function isBytes(unit: string | null): boolean {
    return unit === "B" || unit === "bytes";
}

/** The unit is hostile text and stays what it is: it is written behind the number, at most 12 characters of it. */
export function withUnit(value: number | null | undefined, unit: string | null): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    if (unit === "%") return percent(value);
    if (isBytes(unit)) return bytes(value);
    if (unit === "B/s" || unit === "bytes/s") return `${bytes(value)}/s`;
    if (unit === null || unit === "") return plainNumber(value);
    return `${plainNumber(value)} ${unit.slice(0, 12)}`;
}

/** A length of time in at most two parts: 8 s, 12 min, 3 h 5 min, 4 d 2 h. */
export function span(milliseconds: number): string {
    const seconds = Math.max(0, Math.round(milliseconds / 1000));
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return `${minutes} min`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return minutes % 60 === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
    const days = Math.floor(hours / 24);
    return hours % 24 === 0 || days >= 10 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** The time that a command took: to the millisecond where that matters. */
export function seconds(value: number): string {
    if (value < 10) return `${trimmed(value.toFixed(value < 1 ? 3 : 2))} s`;
    return span(value * 1000);
}

const two = (value: number): string => String(value).padStart(2, "0");

function parts(date: Date, utc: boolean): { day: string; time: string } {
    const get = utc
        ? [
              date.getUTCFullYear(),
              date.getUTCMonth() + 1,
              date.getUTCDate(),
              date.getUTCHours(),
              date.getUTCMinutes(),
              date.getUTCSeconds(),
          ]
        : [
              date.getFullYear(),
              date.getMonth() + 1,
              date.getDate(),
              date.getHours(),
              date.getMinutes(),
              date.getSeconds(),
          ];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = get;
    return { day: `${year}-${two(month)}-${two(day)}`, time: `${two(hour)}:${two(minute)}:${two(second)}` };
}

/** In the zone of the browser; without the day when that is the day of `now`. */
export function moment(at: number, now: number): string {
    const { day, time } = parts(new Date(at), false);
    return day === parts(new Date(now), false).day ? time : `${day} ${time}`;
}

export function fullMoment(at: number): string {
    const { day, time } = parts(new Date(at), false);
    return `${day} ${time}`;
}

export function utcMoment(at: number): string {
    const { day, time } = parts(new Date(at), true);
    return `${day} ${time} UTC`;
}
