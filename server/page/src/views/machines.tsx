// The list of machines. Only the rows that are in sight are elements, so that 5,000 scroll like 20.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Machine, MachineState } from "../api";
import { useNow } from "../clock";
import { columns, listed, states, type Column, type Listing } from "../model/machines";
import { plainNumber } from "../model/format";
import { address } from "../model/address";
import { replaceValues } from "../route";
import { useStore } from "../store";
import { t } from "../texts";
import { useLive } from "./app";
import { Loading, Problem, useHeading, useTitle, wordsOf } from "./common";
import { useAsked, useKeys, useMedia } from "./hooks";
import { MachineRow } from "./machine_row";

const wideRow = 44;
const narrowRow = 72;
const beyondSight = 8;

function listingOf(values: URLSearchParams): Listing {
    const state = values.get("state");
    const sort = values.get("sort");
    return {
        search: values.get("search") ?? "",
        state: states.find((each) => each === state) ?? null,
        sort: columns.find((each) => each === sort) ?? "name",
        down: values.get("down") === "1",
    };
}

export function Machines({ values }: { values: URLSearchParams }): JSX.Element {
    const { events, fleet, session } = useLive();
    const begun = useStore(events.begun);
    const machines = useStore(fleet.machines);
    const asked = useAsked(async (signal) => (begun > 0 ? fleet.read(signal) : undefined), "machines", [begun]);
    const listing = listingOf(values);
    const { rows, counts, found } = useMemo(
        () => listed(machines ?? [], listing),
        [machines, listing.search, listing.state, listing.sort, listing.down],
    );
    fleet.shown = rows;
    useTitle(t.machines.title);
    useHeading(machines !== null);

    const search = useRef<HTMLInputElement>(null);
    useKeys({ "/": () => search.current?.select() });

    const administrator = session.role === "administrator";
    return (
        <div class="machines">
            <div class="head">
                <h1 tabIndex={-1}>
                    {t.machines.title} {machines && <span class="count">{plainNumber(machines.length)}</span>}
                </h1>
                {administrator && machines?.length !== 0 && (
                    <a class="button main" href={address(["add"])}>
                        {t.machines.add}
                    </a>
                )}
            </div>
            <Problem text={asked.error ? wordsOf(asked.error) : null} />
            {machines === null ? (
                !asked.error && <Loading />
            ) : machines.length === 0 ? (
                <div class="empty">
                    <h2>{t.machines.emptyTitle}</h2>
                    <p>{administrator ? t.machines.empty : t.machines.emptyReader}</p>
                    {administrator && (
                        <a class="button main" href={address(["add"])}>
                            {t.machines.add}
                        </a>
                    )}
                </div>
            ) : (
                <>
                    <div class="tools">
                        <input
                            ref={search}
                            type="search"
                            class="search"
                            aria-label={t.machines.search}
                            title={t.machines.search}
                            placeholder={`${t.machines.searchShort}  /`}
                            value={listing.search}
                            onInput={(event) => replaceValues({ search: event.currentTarget.value })}
                            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
                        />
                        <Filter listing={listing} counts={counts} found={found} />
                    </div>
                    <Table rows={rows} listing={listing} />
                    <p class="hidden" role="status">
                        {t.machines.found(rows.length)}
                    </p>
                    {rows.length === 0 && (
                        <div class="empty">
                            <p>{t.machines.nothing}</p>
                            <button type="button" onClick={() => replaceValues({ search: null, state: null })}>
                                {t.machines.showAll}
                            </button>
                        </div>
                    )}
                </>
            )}
        </div>
    );
}

interface FilterProps {
    listing: Listing;
    counts: Map<MachineState, number>;
    found: number;
}

function Filter({ listing, counts, found }: FilterProps): JSX.Element {
    const button = (state: MachineState | null, words: string, count: number): JSX.Element => (
        <button
            key={words}
            type="button"
            class="chip"
            aria-pressed={listing.state === state}
            onClick={() => replaceValues({ state })}
        >
            {state && <span class={`dot ${state}`} aria-hidden="true" />}
            {words} <span class="count">{plainNumber(count)}</span>
        </button>
    );
    return (
        <div class="chips" role="group" aria-label={t.machines.filter}>
            {button(null, t.machines.all, found)}
            {states
                .filter((state) => (counts.get(state) ?? 0) > 0 || listing.state === state)
                .map((state) => button(state, t.states[state], counts.get(state) ?? 0))}
        </div>
    );
}

/** The rows in sight of a list as long as the page: from, to. */
function useSight(box: { current: HTMLElement | null }, count: number, height: number): [number, number] {
    const [sight, setSight] = useState<[number, number]>([0, 40]);
    useLayoutEffect(() => {
        const look = (): void => {
            const top = -(box.current?.getBoundingClientRect().top ?? 0);
            const first = Math.max(0, Math.floor(top / height) - beyondSight);
            const last = Math.min(count, Math.ceil((top + window.innerHeight) / height) + beyondSight);
            setSight((before) => (before[0] === first && before[1] === last ? before : [first, Math.max(first, last)]));
        };
        look();
        addEventListener("scroll", look, { passive: true });
        addEventListener("resize", look);
        return () => {
            removeEventListener("scroll", look);
            removeEventListener("resize", look);
        };
    }, [count, height]);
    return sight;
}

function Table({ rows, listing }: { rows: Machine[]; listing: Listing }): JSX.Element {
    const { fleet } = useLive();
    const now = useNow();
    const narrow = useMedia("(max-width: 820px)");
    const height = narrow ? narrowRow : wideRow;
    const box = useRef<HTMLDivElement>(null);
    const [from, to] = useSight(box, rows.length, height);
    const [focused, setFocused] = useState<string | null>(fleet.opened);
    const wanted = useRef<string | null>(null);
    useLayoutEffect(() => {
        // Back from a machine the list stands where it was.
        scrollTo(0, fleet.scrolled);
        const keep = (): void => void (fleet.scrolled = scrollY);
        addEventListener("scroll", keep, { passive: true });
        return () => removeEventListener("scroll", keep);
    }, [fleet]);

    const reveal = (index: number): void => {
        const list = box.current;
        if (!list) return;
        const top = list.getBoundingClientRect().top + index * height;
        const head = 96;
        if (top < head) scrollBy(0, top - head);
        else if (top + height > innerHeight) scrollBy(0, top + height - innerHeight + 8);
    };
    const move = (by: number): void => {
        const at = rows.findIndex((machine) => machine.id === focused);
        const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + by));
        const machine = rows[next];
        if (!machine) return;
        reveal(next);
        wanted.current = machine.id;
        setFocused(machine.id);
    };
    useKeys({ j: () => move(1), k: () => move(-1) });

    // The row may become an element only after the scrolling.
    useEffect(() => {
        if (wanted.current === null) return;
        const link = box.current?.querySelector<HTMLElement>(
            `[data-row="${rows.findIndex((machine) => machine.id === wanted.current)}"] a`,
        );
        if (!link) return;
        wanted.current = null;
        link.focus({ preventScroll: true });
    });

    return (
        <div
            role="table"
            aria-label={t.machines.table}
            aria-rowcount={rows.length + 1}
            class={narrow ? "table narrow" : "table"}
        >
            <Head listing={listing} />
            <div role="rowgroup" ref={box} class="rows" style={{ height: `${rows.length * height}px` }}>
                {rows.slice(from, to).map((machine, index) => (
                    <MachineRow
                        key={machine.id}
                        machine={machine}
                        hour={fleet.hours.get(machine.id)}
                        index={from + index}
                        top={(from + index) * height}
                        now={now}
                        onFocus={setFocused}
                    />
                ))}
            </div>
        </div>
    );
}

function Head({ listing }: { listing: Listing }): JSX.Element {
    const sortBy = (column: Column): void =>
        replaceValues({
            sort: column,
            down: listing.sort === column ? (listing.down ? null : 1) : startsDown(column) ? 1 : null,
        });
    return (
        <div role="rowgroup">
            <div role="row" class="row header" aria-rowindex={1}>
                {columns.map((column) => (
                    <div
                        key={column}
                        role="columnheader"
                        class={`cell-${column}`}
                        aria-sort={listing.sort === column ? (listing.down ? "descending" : "ascending") : "none"}
                    >
                        <button type="button" class="sort" onClick={() => sortBy(column)}>
                            {t.machines.columns[column]}
                            <span aria-hidden="true">{listing.sort === column ? (listing.down ? "↓" : "↑") : ""}</span>
                        </button>
                    </div>
                ))}
                <div role="columnheader" class="cell-hour">
                    {t.machines.hour}
                </div>
            </div>
        </div>
    );
}

/** Of numbers people look for the largest. */
const startsDown = (column: Column): boolean => column === "load" || column === "memory" || column === "disk";
