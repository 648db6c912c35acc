// A value that views follow.

import { useEffect, useState } from "preact/hooks";

export class Store<T> {
    #value: T;
    readonly #listeners = new Set<() => void>();

    constructor(value: T) {
        this.#value = value;
    }

    get value(): T {
        return this.#value;
    }

    set(value: T): void {
        if (Object.is(value, this.#value)) return;
        this.#value = value;
        for (const listener of [...this.#listeners]) listener();
    }

    subscribe(listener: () => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }
}

export function useStore<T>(store: Store<T>): T {
    const [drawn, draw] = useState(store.value);
    useEffect(() => {
        // A state of functions would be called: values are data only. It may have changed between drawing and now.
        const follow = (): void => draw(() => store.value);
        follow();
        return store.subscribe(follow);
    }, [store]);
    return drawn;
}
