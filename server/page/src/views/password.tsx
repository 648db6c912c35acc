// One-time links, and passwords.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, ask, type LinkFacts, type Session } from "../api";
import { address } from "../model/address";
import { replace } from "../route";
import { t } from "../texts";
import { Field, Loading, Problem, useTitle, wordsOf } from "./common";

interface LinkProps {
    secret: string;
    onEntered: (session: Session) => void;
}

const start = address(["machines"]);

function GoneLink({ error }: { error: unknown }): JSX.Element {
    const gone = error instanceof ApiError && (error.status === 404 || error.status === 401);
    return (
        <div class="sheet">
            <h1>{t.password.title}</h1>
            <Problem text={gone ? t.password.gone : wordsOf(error)} />
            <button type="button" onClick={() => replace(start)}>
                {t.password.toLogin}
            </button>
        </div>
    );
}

export function PasswordByLink({ secret, onEntered }: LinkProps): JSX.Element {
    const [facts, setFacts] = useState<LinkFacts | null>(null);
    const [error, setError] = useState<unknown>(null);
    useTitle(t.password.title);
    useEffect(() => {
        setFacts(null);
        setError(null);
        ask<LinkFacts>("POST", "/link", { link: secret }, { ownUnauthorized: true }).then(setFacts, setError);
    }, [secret]);
    const done = (session: Session): void => {
        onEntered(session);
        replace(start);
    };
    return (
        <main class="gate">
            <p class="brand">{t.product}</p>
            {error ? (
                <GoneLink error={error} />
            ) : facts ? (
                <div class="sheet">
                    <h1>{t.password.title}</h1>
                    <p>{t.password.forWhom(facts.name)}</p>
                    <PasswordForm user={facts.name} link={secret} onDone={done} onGone={setError} />
                </div>
            ) : (
                <Loading />
            )}
        </main>
    );
}

export function EnterByLink({ secret, onEntered }: LinkProps): JSX.Element {
    const [error, setError] = useState<unknown>(null);
    useTitle(t.login.title);
    useEffect(() => {
        ask<Session>("POST", "/session", { link: secret }, { ownUnauthorized: true }).then((session) => {
            onEntered(session);
            replace(start);
        }, setError);
    }, [secret]);
    return (
        <main class="gate">
            <p class="brand">{t.product}</p>
            {error ? <GoneLink error={error} /> : <p aria-busy="true">{t.password.entering}</p>}
        </main>
    );
}

interface FormProps {
    user: string;
    /** Without a link the current password is asked for. */
    link?: string;
    onDone: (session: Session) => void;
    onGone?: (error: unknown) => void;
}

export function PasswordForm({ user, link, onDone, onGone }: FormProps): JSX.Element {
    const [current, setCurrent] = useState("");
    const [fresh, setFresh] = useState("");
    const [again, setAgain] = useState("");
    const [error, setError] = useState<string | null>(null);
    const [busy, setBusy] = useState(false);

    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        if ([...fresh].length < 10) return setError(t.password.short);
        if (fresh !== again) return setError(t.password.different);
        setBusy(true);
        setError(null);
        try {
            const body = link === undefined ? { current, password: fresh } : { link, password: fresh };
            const session = await ask<Session>("POST", "/password", body, { ownUnauthorized: true });
            setCurrent("");
            setFresh("");
            setAgain("");
            onDone(session);
        } catch (failure) {
            const status = failure instanceof ApiError ? failure.status : null;
            if (link !== undefined && status === 404) onGone?.(failure);
            else setError(link === undefined && status === 401 ? t.password.wrong : wordsOf(failure));
        }
        setBusy(false);
    };

    return (
        <form onSubmit={(event) => void submit(event)}>
            {/* So that a password manager knows whose password it keeps. */}
            <input
                class="hidden"
                type="text"
                name="username"
                autocomplete="username"
                value={user}
                readOnly
                tabIndex={-1}
                aria-hidden="true"
            />
            {link === undefined && (
                <Field
                    id="current-password"
                    label={t.password.current}
                    type="password"
                    value={current}
                    onInput={setCurrent}
                    autocomplete="current-password"
                    required
                />
            )}
            <Field
                id="new-password"
                label={t.password.fresh}
                type="password"
                value={fresh}
                onInput={setFresh}
                autocomplete="new-password"
                hint={t.password.rule}
                required
                autoFocus={link !== undefined}
            />
            <Field
                id="new-password-again"
                label={t.password.again}
                type="password"
                value={again}
                onInput={setAgain}
                autocomplete="new-password"
                required
            />
            <Problem text={error} />
            <button type="submit" class="main" disabled={busy}>
                {t.password.button}
            </button>
        </form>
    );
}
