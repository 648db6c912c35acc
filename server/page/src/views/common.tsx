// Small things that most views use.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Role } from "../api";
import { fullMoment, moment, utcMoment } from "../model/format";
import { stepped } from "../route";
import { t } from "../texts";

export function useTitle(text: string): void {
    useEffect(() => {
        document.title = text ? t.titleOf(text) : t.product;
    }, [text]);
}

/** After a step to another view a keyboard or a screen reader goes on at its heading, as soon as there is one. */
export function useHeading(ready: boolean): void {
    useEffect(() => {
        if (!ready || !stepped()) return;
        document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    }, [ready]);
}

/** What went wrong, for a person. */
export function wordsOf(error: unknown): string {
    if (!(error instanceof ApiError)) return t.errors.broken;
    if (error.status === 0) return t.errors.unreachable;
    if (error.status === 429) return t.errors.tooMany(error.retryAfterSeconds);
    if (error.message) return error.message;
    if (error.status === 403) return t.errors.forbidden;
    if (error.status === 404) return t.errors.notFound;
    if (error.status === 503) return t.errors.unavailable;
    return t.errors.other(error.status);
}

export function Problem({ text }: { text: string | null }): JSX.Element {
    return <div role="alert">{text && <p class="problem-note">{text}</p>}</div>;
}

/** A moment in the browser's zone; UTC when pointed at. */
export function Time({ at, now }: { at: number; now?: number }): JSX.Element {
    return (
        <time dateTime={new Date(at).toISOString()} title={utcMoment(at)}>
            {now === undefined ? fullMoment(at) : moment(at, now)}
        </time>
    );
}

interface DialogProps {
    title: string;
    onClose: () => void;
    children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside, closes at Escape, and gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
    const element = useRef<HTMLDialogElement>(null);
    // Before a field in it takes the focus.
    const [before] = useState(() => document.activeElement);
    useEffect(() => {
        const dialog = element.current;
        dialog?.showModal();
        return () => {
            dialog?.close(); // as long as it is open nothing else takes the focus
            if (before instanceof HTMLElement && before.isConnected) before.focus();
        };
    }, []);
    return (
        <dialog ref={element} aria-labelledby="dialog-title" onClose={onClose}>
            <div class="dialog-head">
                <h2 id="dialog-title">{title}</h2>
                <button type="button" class="quiet icon" aria-label={t.close} onClick={() => element.current?.close()}>
                    ✕
                </button>
            </div>
            {children}
        </dialog>
    );
}

/** Text to take along, with a button that copies it; where a browser does not let us, it is selected. */
export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
    const code = useRef<HTMLElement>(null);
    const [done, setDone] = useState("");
    const take = async (): Promise<void> => {
        try {
            await navigator.clipboard.writeText(text);
            setDone(t.copied);
        } catch {
            if (code.current) getSelection()?.selectAllChildren(code.current);
            setDone(t.selected);
        }
        setTimeout(() => setDone(""), 4000);
    };
    return (
        <div class="copy">
            <code ref={code} tabIndex={0} role="group" aria-label={label}>
                {text}
            </code>
            <button type="button" onClick={() => void take()}>
                {done || t.copy}
            </button>
            <span class="hidden" role="status">
                {done}
            </span>
        </div>
    );
}

interface FieldProps extends Omit<JSX.HTMLAttributes<HTMLInputElement>, "onInput"> {
    label: string;
    value: string;
    onInput: (value: string) => void;
    hint?: string;
    type?: string;
    name?: string;
    autocomplete?: string;
    required?: boolean;
    maxLength?: number;
}

export function Field({ label, value, onInput, hint, id, ...more }: FieldProps & { id: string }): JSX.Element {
    return (
        <div class="field">
            <label for={id}>{label}</label>
            <input
                id={id}
                value={value}
                aria-describedby={hint ? `${id}-hint` : undefined}
                onInput={(event) => onInput(event.currentTarget.value)}
                {...more}
            />
            {hint && (
                <p class="hint" id={`${id}-hint`}>
                    {hint}
                </p>
            )}
        </div>
    );
}

export function RoleField({
    id,
    value,
    onInput,
}: {
    id: string;
    value: Role;
    onInput: (role: Role) => void;
}): JSX.Element {
    return (
        <div class="field">
            <label for={id}>{t.settings.role}</label>
            <select
                id={id}
                value={value}
                onChange={(event) =>
                    onInput(event.currentTarget.value === "administrator" ? "administrator" : "reader")
                }
            >
                <option value="reader">{t.settings.roles.reader}</option>
                <option value="administrator">{t.settings.roles.administrator}</option>
            </select>
        </div>
    );
}

export function Loading(): JSX.Element {
    return (
        <p class="opening" aria-busy="true">
            {t.loading}
        </p>
    );
}
