// What the server tells by itself (server-sent events): one connection for the whole page, none while its tab is hidden,
// because a browser allows six connections to a host.

import { apiRoot, whoAmI, type Machine } from "./api";
import { serverSaid } from "./clock";
import { Store } from "./store";

export interface ReportEvent {
    machine: string;
    id: number | string;
    at: number;
    late: boolean;
}

export interface Batch {
    machines: Machine[];
    removed: string[];
    reports: ReportEvent[];
}

/** After that long without a first word views read by themselves. */
const patienceMs = 700;
const slowestRetryMs = 30_000;

export class Events {
    /** How often the stream began: whoever shows something reads it anew when this changes. 0: wait. */
    readonly begun = new Store(0);
    readonly lost = new Store(false);

    readonly #listeners = new Set<(batch: Batch) => void>();
    #source: EventSource | null = null;
    #waiting: Batch = { machines: [], removed: [], reports: [] };
    #frame = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #failures = 0;
    #stopped = false;

    start(): void {
        document.addEventListener("visibilitychange", this.#seen);
        this.#timer = setTimeout(() => {
            if (this.begun.value === 0) this.begun.set(1);
        }, patienceMs);
        this.#seen();
    }

    stop(): void {
        document.removeEventListener("visibilitychange", this.#seen);
        this.#stopped = true;
        clearTimeout(this.#timer);
        cancelAnimationFrame(this.#frame);
        this.#close();
    }

    /** Called with all that came since the last frame. */
    follow(listener: (batch: Batch) => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    readonly #seen = (): void => {
        if (document.hidden) this.#close();
        else if (!this.#source) this.#open();
    };

    #close(): void {
        this.#source?.close();
        this.#source = null;
    }

    #open(): void {
        const source = new EventSource(`${apiRoot}/events`);
        this.#source = source;
        const on = <T>(name: string, take: (data: T) => void): void =>
            source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
        on<{ now: number }>("hello", ({ now }) => {
            this.#failures = 0;
            serverSaid(now);
            this.lost.set(false);
            this.begun.set(this.begun.value + 1);
        });
        on<Machine[]>("machines", (machines) => this.#add("machines", machines));
        on<{ id: string }>("removed", ({ id }) => this.#add("removed", [id]));
        on<ReportEvent[]>("reports", (reports) => this.#add("reports", reports));
        source.onerror = () => void this.#failed(source);
    }

    #add<K extends keyof Batch>(kind: K, items: Batch[K]): void {
        (this.#waiting[kind] as unknown[]).push(...items);
        if (this.#frame === 0) {
            this.#frame = requestAnimationFrame(() => {
                this.#frame = 0;
                const batch = this.#waiting;
                this.#waiting = { machines: [], removed: [], reports: [] };
                for (const listener of [...this.#listeners]) listener(batch);
            });
        }
    }

    /** The browser tries again by itself, but not after an answer that is no stream: then it may be that nobody is logged in. */
    async #failed(source: EventSource): Promise<void> {
        if (source !== this.#source) return;
        this.lost.set(true);
        if (source.readyState !== EventSource.CLOSED) return;
        this.#close();
        try {
            await whoAmI();
        } catch {
            // A 401 has asked for the password by now; with no answer at all it is tried again below.
        }
        if (this.#stopped) return;
        const pause = Math.min(slowestRetryMs, 2000 * 2 ** this.#failures++);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
            if (!this.#source && !document.hidden) this.#open();
        }, pause);
    }
}
