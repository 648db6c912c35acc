// Who is logged in, and which view the address asks for.

import { createContext, type JSX } from "preact";
import { useContext, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError, ask, whenUnauthorized, whoAmI, type Session } from "../api";
import { Events } from "../events";
import { Fleet } from "../fleet";
import { address, type Route } from "../model/address";
import { go, replace, useRoute } from "../route";
import { useStore } from "../store";
import { t } from "../texts";
import { AddMachine } from "./add_machine";
import { Loading, Problem, wordsOf } from "./common";
import { Help } from "./help";
import { useKeys } from "./hooks";
import { Login } from "./login";
import { MachineView } from "./machine";
import { Machines } from "./machines";
import { EnterByLink, PasswordByLink } from "./password";
import { Settings } from "./settings";

export interface Live {
    session: Session;
    events: Events;
    fleet: Fleet;
    setSession: (session: Session) => void;
}

const LiveContext = createContext<Live | null>(null);

/** What is there as long as somebody is logged in. */
export function useLive(): Live {
    const live = useContext(LiveContext);
    if (!live) throw new Error("a view of the inside was drawn outside");
    return live;
}

type Known = { session: Session } | { session: null; setup: boolean; ended: boolean } | null;

export function App(): JSX.Element {
    const [broken] = useErrorBoundary((error) => console.error(error));
    const route = useRoute();
    const [known, setKnown] = useState<Known>(null);
    const [failed, setFailed] = useState<unknown>(null);

    const look = (): void => {
        setFailed(null);
        whoAmI({ ownUnauthorized: true }).then(
            (session) => setKnown({ session }),
            (error: unknown) => {
                if (error instanceof ApiError && error.status === 401)
                    setKnown({ session: null, setup: error.setup, ended: false });
                else setFailed(error);
            },
        );
    };
    const [first, secret] = route.path;
    const byLink = (first === "password" || first === "enter") && secret !== undefined;
    useEffect(() => {
        whenUnauthorized((error) =>
            setKnown((before) => (before?.session ? { session: null, setup: error.setup, ended: true } : before)),
        );
    }, []);
    useEffect(() => {
        // A link says by itself who comes; to ask before would only find that nobody is logged in.
        if (!byLink && known === null) look();
    }, [byLink]);
    const enter = (session: Session): void => setKnown({ session });

    if (broken) {
        return (
            <main class="gate">
                <h1>{t.product}</h1>
                <p>{t.errors.broken}</p>
                <button type="button" onClick={() => location.reload()}>
                    {t.errors.reload}
                </button>
            </main>
        );
    }
    if (first === "password" && secret) return <PasswordByLink secret={secret} onEntered={enter} />;
    if (first === "enter" && secret) return <EnterByLink secret={secret} onEntered={enter} />;
    if (known?.session)
        return (
            <Inside
                session={known.session}
                setSession={enter}
                onLeft={() => setKnown({ session: null, setup: false, ended: false })}
                route={route}
            />
        );
    if (known) return <Login setup={known.setup} ended={known.ended} onEntered={enter} onAgain={look} />;
    return (
        <>
            <header class="bar">
                <span class="brand">{t.product}</span>
            </header>
            <main class="gate">
                {failed ? (
                    <>
                        <Problem text={wordsOf(failed)} />
                        <button type="button" onClick={look}>
                            {t.retry}
                        </button>
                    </>
                ) : (
                    <Loading />
                )}
            </main>
        </>
    );
}

interface InsideProps {
    session: Session;
    setSession: (session: Session) => void;
    onLeft: () => void;
    route: Route;
}

function Inside({ session, setSession, onLeft, route }: InsideProps): JSX.Element {
    const [help, setHelp] = useState(false);
    const events = useMemo(() => new Events(), [session.name]);
    const fleet = useMemo(() => new Fleet(), [session.name]);
    useEffect(() => {
        const stop = events.follow((batch) => fleet.take(batch));
        events.start();
        return () => {
            stop();
            events.stop();
        };
    }, [events, fleet]);
    useKeys({ "?": () => setHelp(true), m: () => go(address(["machines"])) });

    const place = route.path.join("/");
    const main = useRef<HTMLElement>(null);
    const isList = !["machine", "settings", "add"].includes(route.path[0] ?? "");
    useLayoutEffect(() => {
        // The list knows where it was left.
        if (!isList) scrollTo(0, 0);
    }, [place]);

    const logOut = async (): Promise<void> => {
        try {
            await ask("DELETE", "/session", undefined, { ownUnauthorized: true });
        } catch (error) {
            if (!(error instanceof ApiError && error.status === 401)) return;
        }
        replace(address([]));
        onLeft();
    };

    return (
        <LiveContext.Provider value={{ session, events, fleet, setSession }}>
            <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
                {t.skip}
            </a>
            <Bar
                route={route}
                session={session}
                events={events}
                onHelp={() => setHelp(true)}
                onLogOut={() => void logOut()}
            />
            <main id="main" ref={main} tabIndex={-1}>
                <View route={route} />
            </main>
            {help && <Help onClose={() => setHelp(false)} />}
        </LiveContext.Provider>
    );
}

function View({ route }: { route: Route }): JSX.Element {
    const [first, id] = route.path;
    if (first === "machine" && id) return <MachineView key={id} id={id} values={route.values} />;
    if (first === "settings") return <Settings />;
    if (first === "add") return <AddMachine />;
    return <Machines values={route.values} />;
}

interface BarProps {
    route: Route;
    session: Session;
    events: Events;
    onHelp: () => void;
    onLogOut: () => void;
}

function Bar({ route, session, events, onHelp, onLogOut }: BarProps): JSX.Element {
    const lost = useStore(events.lost);
    const first = route.path[0] ?? "machines";
    return (
        <>
            <header class="bar">
                <a class="brand" href={address(["machines"])}>
                    {t.product}
                </a>
                <nav aria-label={t.nav.label}>
                    <a href={address(["machines"])} aria-current={first === "machines" ? "page" : undefined}>
                        {t.nav.machines}
                    </a>
                    <a href={address(["settings"])} aria-current={first === "settings" ? "page" : undefined}>
                        {t.nav.settings}
                    </a>
                </nav>
                <div class="bar-end">
                    <span class="user">{t.nav.user(session.name, session.role)}</span>
                    <button
                        type="button"
                        class="quiet icon"
                        aria-label={t.nav.help}
                        title={t.nav.help}
                        onClick={onHelp}
                    >
                        ?
                    </button>
                    <button type="button" class="quiet" onClick={onLogOut}>
                        {t.nav.logOut}
                    </button>
                </div>
            </header>
            <div role="status">{lost && <p class="lost">{t.nav.lost}</p>}</div>
        </>
    );
}
