// The time of the server, by which every age is told: a browser's own clock may be minutes off.

import { useEffect } from "preact/hooks";
import { Store, useStore } from "./store";

let ahead = 0;
const ticking = new Store(Date.now());
let timer: ReturnType<typeof setInterval> | null = null;
let followers = 0;

export const now = (): number => Date.now() + ahead;

export function serverSaid(at: number): void {
    ahead = at - Date.now();
    ticking.set(now());
}

/** The time, drawn anew every second for as long as somebody looks. */
export function useNow(): number {
    useEffect(() => {
        if (++followers === 1) timer = setInterval(() => ticking.set(now()), 1000);
        return () => {
            if (--followers === 0 && timer !== null) clearInterval(timer);
        };
    }, []);
    return useStore(ticking);
}
