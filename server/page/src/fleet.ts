// All machines as the list shows them: read once, then kept by events.

import { get, type Machine } from "./api";
import { now, serverSaid } from "./clock";
import type { Batch } from "./events";
import { hourOf, withValue, type Hour } from "./model/hour";
import { Store } from "./store";

const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export class Fleet {
    /** In the order of names; null until it was read. A new array for every change. */
    readonly machines = new Store<readonly Machine[] | null>(null);
    readonly hours = new Map<string, Hour>();
    /** What the list shows, in its order: a view of one machine goes to its neighbours. */
    shown: readonly Machine[] = [];
    /** How far down the list was left. */
    scrolled = 0;
    /** The machine that was looked at last: the keys go on from there. */
    opened: string | null = null;

    #during: Machine[] | null = null;

    async read(signal: AbortSignal): Promise<void> {
        this.#during = [];
        try {
            const answer = await get<{ now: number; machines: Machine[] }>("/machines", signal);
            serverSaid(answer.now);
            const came = this.#during;
            this.hours.clear();
            for (const machine of answer.machines) this.hours.set(machine.id, hourOf(machine.hour, answer.now));
            this.machines.set(answer.machines.sort((left, right) => byName.compare(left.name, right.name)));
            // What was told while the list was on its way may be newer than the list.
            this.#put(came.filter((machine) => this.#isNewer(machine)));
        } finally {
            this.#during = null;
        }
    }

    take(batch: Batch): void {
        this.#during?.push(...batch.machines);
        if (!this.machines.value) return;
        this.#put(batch.machines);
        if (batch.removed.length > 0) {
            const gone = new Set(batch.removed);
            this.machines.set(this.machines.value.filter((machine) => !gone.has(machine.id)));
            for (const id of gone) this.hours.delete(id);
        }
    }

    #isNewer(machine: Machine): boolean {
        const known = this.machines.value?.find((other) => other.id === machine.id);
        return !known || (machine.last_at ?? 0) >= (known.last_at ?? 0);
    }

    #put(fresh: readonly Machine[]): void {
        if (fresh.length === 0 || !this.machines.value) return;
        const latest = new Map(fresh.map((machine) => [machine.id, machine]));
        let sortAgain = false;
        const next = this.machines.value.map((before) => {
            const machine = latest.get(before.id);
            if (!machine) return before;
            latest.delete(before.id);
            sortAgain ||= machine.name !== before.name;
            if (machine.last_at !== null && machine.last_at !== before.last_at) {
                const hour = this.hours.get(machine.id) ?? hourOf(undefined, now());
                this.hours.set(machine.id, withValue(hour, machine.last_at, machine.load));
            }
            return machine;
        });
        for (const machine of latest.values()) {
            next.push(machine);
            this.hours.set(machine.id, hourOf(machine.hour, now()));
            sortAgain = true;
        }
        if (sortAgain) next.sort((left, right) => byName.compare(left.name, right.name));
        this.machines.set(next);
    }
}
