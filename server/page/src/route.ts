// The address: all that a page shows is in its fragment, so that a link can be handed on. The server never sees it.

import { address, parsed, type Route, type Values } from "./model/address";
import { Store, useStore } from "./store";

const current = new Store<Route>(parsed(location.hash));
const follow = (): void => current.set(parsed(location.hash));
let steps = 0;
window.addEventListener("hashchange", () => {
    ++steps;
    follow();
});
window.addEventListener("popstate", follow);

export const useRoute = (): Route => useStore(current);

/** Whether this is another view than the one that was loaded first. */
export const stepped = (): boolean => steps > 0;

export function go(to: string): void {
    location.hash = to;
}

/** Without a step back: for what is only seen otherwise (a filter, a moment), and for secrets that must leave the address. */
export function replace(to: string): void {
    history.replaceState(null, "", to);
    follow();
}

/** The same page with other values. */
export function replaceValues(values: Values): void {
    const { path, values: before } = current.value;
    replace(address(path, { ...Object.fromEntries(before), ...values }));
}
