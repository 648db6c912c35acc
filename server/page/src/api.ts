// What the page asks of /api/v1: the types of its answers, and one function that asks. It knows nothing of views.

export type Role = "administrator" | "reader";

export interface Session {
    name: string;
    role: Role;
    ends_at: number;
    server: { version: string; url: string };
}

interface Nobody {
    name: null;
    setup?: boolean;
}

export interface LinkFacts {
    name: string;
    role: Role;
    purpose: "password" | "enter";
}

export interface Person {
    name: string;
    role: Role;
    has_password: boolean;
    created_at: number;
    seen_at: number | null;
}

export interface PersonLink {
    name: string;
    role: Role;
    link: string;
    link_ends_at: number;
}

export interface Token {
    id: string;
    name: string;
    role: Role;
    created_at: number;
    ends_at: number | null;
    used_at: number | null;
}

export interface NewToken extends Omit<Token, "used_at"> {
    token: string;
}

export interface Enrolment {
    id: string;
    command: string | null;
    steps?: { text: string; command: string }[];
    ends_at: number;
}

export interface EnrolmentState {
    id: string;
    ends_at: number;
    state: "waiting" | "enrolled" | "reported" | "ended";
    machines: { id: string; name: string; reported_at: number | null }[];
}

export type MachineState = "reporting" | "late" | "never" | "stopped" | "problem";

export interface Machine {
    id: string;
    name: string;
    state: MachineState;
    since_at: number | null;
    problem: string | null;
    last_at: number | null;
    interval_seconds: number;
    load: number | null;
    cpu_count: number | null;
    memory: number | null;
    disk: number | null;
    disk_name: string | null;
    hour?: (number | null)[];
    tags: string[];
    agent: string | null;
    address: string | null;
    os: string | null;
}

export interface Ended {
    words: string;
    good: boolean;
    exit: number | null;
    signal: string | null;
    seconds: number | null;
    cpu_seconds: number | null;
    memory_bytes: number | null;
    timed_out: boolean;
    leftovers: number;
    bytes_seen: number | null;
    age_seconds: number;
}

export interface Command {
    name: string;
    line: string | null;
    listed: boolean;
    wanted: boolean;
    problem: string | null;
    last_at: number | null;
    ended: Ended | null;
}

export interface Commands {
    all: boolean;
    delay_seconds: number;
    commands: Command[];
}

export interface Report {
    id: number | string;
    at: number;
    received_at: number;
    late: boolean;
}

export interface Reports {
    oldest_at: number | null;
    newest_at: number | null;
    reports: Report[];
}

export interface Output {
    command: string;
    bytes: number;
    text: string;
    truncated: boolean;
    binary: boolean;
    ended: Ended | null;
}

export interface Outputs {
    report: Report | null;
    previous: Report | null;
    next: Report | null;
    outputs: Output[];
}

/** [at, value] as it came, or [at, average, least, most] of a step. */
export type Point = [number, number] | [number, number, number, number];

export interface Series {
    id: number | string;
    command: string;
    name: string;
    instance: string | null;
    unit: string | null;
    chart: string | null;
    points: Point[];
}

export interface SeriesAnswer {
    from: number;
    to: number;
    step_ms: number;
    series: Series[];
}

export interface Feedback {
    at: number;
    code: number | string;
    message: string;
    details: string;
}

/** An answer that is not what was asked for. `status` 0: there was no answer at all. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly setup = false,
        readonly retryAfterSeconds: number | null = null,
    ) {
        super(message);
    }
}

export const apiRoot = "/api/v1";

/** Called for every 401 but those of logging in: whoever shows the page then asks for a password again. */
let onUnauthorized: (error: ApiError) => void = () => undefined;
export function whenUnauthorized(call: (error: ApiError) => void): void {
    onUnauthorized = call;
}

async function errorOf(answer: Response): Promise<ApiError> {
    let code = "unknown";
    let message = "";
    let setup = false;
    try {
        const body = (await answer.json()) as { error?: { code?: unknown; message?: unknown }; setup?: unknown };
        if (typeof body.error?.code === "string") code = body.error.code;
        if (typeof body.error?.message === "string") message = body.error.message;
        setup = body.setup === true;
    } catch {
        // What a proxy in between says is not JSON; its status is all that counts then.
    }
    const after = Number(answer.headers.get("Retry-After"));
    return new ApiError(answer.status, code, message, setup, after > 0 ? after : null);
}

export interface Options {
    signal?: AbortSignal;
    /** A 401 of this request is an answer to show where it was asked (a wrong password), not the end of the session. */
    ownUnauthorized?: boolean;
}

/** Throws ApiError for everything but 2xx, and what AbortSignal throws. `undefined` for 204. */
export async function ask<T>(method: string, path: string, body?: unknown, options: Options = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (method !== "GET") headers["X-Trafikito-Request"] = "1";
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const request: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) request.body = JSON.stringify(body);
    if (options.signal) request.signal = options.signal;
    let answer: Response;
    try {
        answer = await fetch(apiRoot + path, request);
    } catch (error) {
        if (options.signal?.aborted) throw error;
        throw new ApiError(0, "unreachable", "");
    }
    if (!answer.ok) {
        const error = await errorOf(answer);
        if (answer.status === 401 && !options.ownUnauthorized) onUnauthorized(error);
        throw error;
    }
    if (answer.status === 204) return undefined as T;
    return (await answer.json()) as T;
}

/** Who is logged in. Nobody is no failure there: a 401 would stand in the browser's console as an error. */
export async function whoAmI(options: Options = {}): Promise<Session> {
    const who = await ask<Session | Nobody>("GET", "/session", undefined, options);
    if (who.name !== null) return who;
    const error = new ApiError(401, "unauthorized", "", who.setup === true);
    if (!options.ownUnauthorized) onUnauthorized(error);
    throw error;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
    ask<T>("GET", path, undefined, signal ? { signal } : {});

/** `/machines/ID/…`: an id or a command's name is hostile text, and stays one segment of a path. */
export function machinePath(id: string, ...more: string[]): string {
    return ["/machines", encodeURIComponent(id), ...more.map(encodeURIComponent)].join("/");
}

export function query(values: Record<string, string | number | null | undefined>): string {
    const parts = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) {
        if (value !== null && value !== undefined) parts.set(name, String(value));
    }
    const text = parts.toString();
    return text ? `?${text}` : "";
}
