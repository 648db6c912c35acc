import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { apiRoot } from "../api";
import { shown } from "../model/visible";
import { t } from "../texts";
import { useLive } from "./app";
import { useHeading, useTitle } from "./common";
import { PasswordForm } from "./password";
import { People } from "./people";
import { Tokens } from "./tokens";

export function Settings(): JSX.Element {
    const { session, setSession } = useLive();
    const [done, setDone] = useState(false);
    useTitle(t.settings.title);
    useHeading(true);
    return (
        <div class="narrow-view">
            <h1 tabIndex={-1}>{t.settings.title}</h1>
            {session.role === "administrator" && (
                <>
                    <People />
                    <Tokens />
                </>
            )}
            <section aria-labelledby="own-title">
                <h2 id="own-title">{t.settings.own}</h2>
                <div class="sheet pad">
                    <PasswordForm
                        user={session.name}
                        onDone={(fresh) => {
                            setSession(fresh);
                            setDone(true);
                        }}
                    />
                    <p role="status">{done && t.password.done}</p>
                </div>
            </section>
            <section aria-labelledby="about-title">
                <h2 id="about-title">{t.settings.about}</h2>
                <ul class="plain">
                    <li>{t.settings.version(shown(session.server.version))}</li>
                    <li>{shown(session.server.url)}</li>
                    <li>
                        <a href={`${apiRoot}/openapi.json`}>{t.settings.description}</a>
                    </li>
                    <li>{t.settings.metrics}</li>
                </ul>
            </section>
        </div>
    );
}
