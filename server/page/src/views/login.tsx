import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError, ask, type Session } from "../api";
import { t } from "../texts";
import { Copy, Field, Problem, useTitle, wordsOf } from "./common";

interface Props {
    /** No administrator has a password yet. */
    setup: boolean;
    /** Somebody was logged in until now. */
    ended: boolean;
    onEntered: (session: Session) => void;
    onAgain: () => void;
}

/** It is drawn instead of the view that the address names, which is there again after the log-in. */
export function Login({ setup, ended, onEntered, onAgain }: Props): JSX.Element {
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [error, setError] = useState<string | null>(null);
    const [busy, setBusy] = useState(false);
    useTitle(setup ? t.login.setupTitle : t.login.title);

    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        try {
            onEntered(await ask<Session>("POST", "/session", { name, password }, { ownUnauthorized: true }));
        } catch (failure) {
            setError(failure instanceof ApiError && failure.status === 401 ? t.login.wrong : wordsOf(failure));
            setBusy(false);
        }
    };

    return (
        <main class="gate">
            <p class="brand">{t.product}</p>
            {setup ? (
                <div class="sheet">
                    <h1>{t.login.setupTitle}</h1>
                    <p>{t.login.setup}</p>
                    <Copy text={t.login.setupCommand} label={t.add.commandLabel} />
                    <p>{t.login.setupThen}</p>
                    <button type="button" onClick={onAgain}>
                        {t.login.setupAgain}
                    </button>
                </div>
            ) : (
                <form class="sheet" onSubmit={(event) => void submit(event)}>
                    <h1>{t.login.title}</h1>
                    {ended && <p>{t.login.ended}</p>}
                    <Field
                        id="name"
                        label={t.login.name}
                        value={name}
                        onInput={setName}
                        autocomplete="username"
                        required
                        autoFocus
                        maxLength={128}
                    />
                    <Field
                        id="password"
                        label={t.login.password}
                        type="password"
                        value={password}
                        onInput={setPassword}
                        autocomplete="current-password"
                        required
                    />
                    <Problem text={error} />
                    <button type="submit" class="main" disabled={busy}>
                        {t.login.button}
                    </button>
                </form>
            )}
        </main>
    );
}
