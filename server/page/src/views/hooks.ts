// What views do with requests, keys and the width of the window.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api";

export interface Asked<T> {
    value: T | null;
    error: unknown;
    again: () => void;
    /** For what the server answered to a write: shown at once, without asking anew. */
    set: (value: T) => void;
}

/**
 * Asks again when `inputs` change, and leaves what was shown in place meanwhile; `key` says what it is about: with another
 * key what was shown is dropped. A 401 is no error here: the whole page asks for a password then.
 */
export function useAsked<T>(
    ask: (signal: AbortSignal) => Promise<T>,
    key: string,
    inputs: readonly unknown[],
): Asked<T> {
    const [state, setState] = useState<{ key: string; value: T | null; error: unknown }>({
        key,
        value: null,
        error: null,
    });
    const [count, setCount] = useState(0);
    useEffect(() => {
        const abort = new AbortController();
        ask(abort.signal).then(
            (value) => {
                if (!abort.signal.aborted) setState({ key, value, error: null });
            },
            (error: unknown) => {
                if (abort.signal.aborted || (error instanceof ApiError && error.status === 401)) return;
                setState((before) => ({ key, value: before.key === key ? before.value : null, error }));
            },
        );
        return () => abort.abort();
    }, [key, count, ...inputs]);
    const again = useCallback(() => setCount((before) => before + 1), []);
    const set = useCallback((value: T) => setState({ key, value, error: null }), [key]);
    return state.key === key ? { ...state, again, set } : { value: null, error: null, again, set };
}

const typesText = (target: EventTarget | null): boolean =>
    target instanceof HTMLElement &&
    (target.isContentEditable ||
        /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
        (target instanceof HTMLInputElement && !/^(checkbox|radio|range|button)$/.test(target.type)));

/** Of the browser, not of ours. On many keyboards [ and ] need AltGr or Option. */
function isShortcut(event: KeyboardEvent): boolean {
    if (event.metaKey) return true;
    return (
        (event.ctrlKey || event.altKey) &&
        !event.getModifierState("AltGraph") &&
        !(event.altKey && !event.ctrlKey && /^[[\]/?]$/.test(event.key))
    );
}

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Keys of a whole view; not while somebody types text, nor under a dialog (but for Escape in a search field, which says so itself). */
export function useKeys(keys: Keys): void {
    const latest = useRef(keys);
    latest.current = keys;
    // With what is shown, and not after it: a key that is pressed at once counts.
    useLayoutEffect(() => {
        const pressed = (event: KeyboardEvent): void => {
            if (isShortcut(event) || event.defaultPrevented || typesText(event.target)) return;
            if (document.querySelector("dialog[open]")) return;
            if (!Object.hasOwn(latest.current, event.key)) return;
            event.preventDefault();
            latest.current[event.key]?.(event);
        };
        document.addEventListener("keydown", pressed);
        return () => document.removeEventListener("keydown", pressed);
    }, []);
}

export function useMedia(condition: string): boolean {
    const [matches, setMatches] = useState(() => matchMedia(condition).matches);
    useEffect(() => {
        const media = matchMedia(condition);
        const follow = (): void => setMatches(media.matches);
        follow();
        media.addEventListener("change", follow);
        return () => media.removeEventListener("change", follow);
    }, [condition]);
    return matches;
}

export const useScheme = (): "light" | "dark" => (useMedia("(prefers-color-scheme: dark)") ? "dark" : "light");
