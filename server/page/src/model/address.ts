// What stands behind the # of an address, read and written. Pure.

export interface Route {
    path: string[];
    values: URLSearchParams;
}

export function parsed(hash: string): Route {
    const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
    const segments = path.split("/").filter(Boolean).map(decoded);
    return { path: segments, values: new URLSearchParams(query) };
}

function decoded(segment: string): string {
    try {
        return decodeURIComponent(segment);
    } catch {
        return segment;
    }
}

export type Values = Record<string, string | number | null | undefined>;

/** `#/machine/ID?range=6h`: what is null or empty is left out. */
export function address(path: readonly string[], values: Values = {}): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
    }
    const text = query.toString();
    return `#/${path.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}
