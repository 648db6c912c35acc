// A browser, a server to look at (the mock, or one that is given), and an eye on everything that must not happen.

import { existsSync, mkdirSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Why these tests cannot run here: exit 77. */
export class Missing extends Error {}

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

async function launch() {
    if (!existsSync(chromium)) throw new Missing(`there is no ${chromium} (CHROMIUM=… names another)`);
    const asked = spawnSync(chromium, ["--version"], { encoding: "utf8" });
    if (asked.status !== 0)
        throw new Missing(
            `${chromium} does not start: ${(asked.stderr || asked.error?.message || "").trim().split("\n")[0]}`,
        );
    let playwright;
    try {
        playwright = await import("playwright-core");
    } catch {
        throw new Missing("playwright-core is not installed: npm ci --ignore-scripts");
    }
    return playwright.chromium.launch({ executablePath: chromium, args });
}

export function check(fact, words) {
    if (!fact) throw new Error(words);
}

export class World {
    /** What a test must not see: kept per test. */
    wrong = [];
    allowed = [];
    notes = [];
    contexts = [];
    programs = [];
    /** Logged-in states by name, so that passwords are asked for as rarely as people do. */
    states = new Map();

    constructor(options) {
        Object.assign(this, options);
        if (this.shots) mkdirSync(this.shots, { recursive: true });
    }

    async start() {
        this.browser = await launch();
    }

    /** A program beside the tests, which ends with them. */
    run(command, environment) {
        this.programs.push(
            spawn("/bin/sh", ["-c", command], { env: { ...process.env, ...environment }, stdio: "ignore" }),
        );
    }

    async stop() {
        for (const program of this.programs) program.kill();
        await this.endTest();
        await this.browser?.close();
    }

    async endTest() {
        for (const context of this.contexts.splice(0)) await context.close();
    }

    /** Errors that belong to a test (a wrong password is a 401). */
    allow(...patterns) {
        this.allowed.push(...patterns);
    }

    note(text) {
        this.notes.push(text);
    }

    #report(kind, text) {
        const line = `${kind}: ${text}`;
        if (!this.allowed.some((pattern) => pattern.test(line))) this.wrong.push(line);
    }

    async context({ as = "admin", width = 1280, height = 860, scheme = "light", motion = "no-preference" } = {}) {
        const storageState = as === null ? undefined : this.states.get(as);
        check(as === null || storageState, `nobody has logged in as ${as}`);
        const context = await this.browser.newContext({
            viewport: { width, height },
            colorScheme: scheme,
            reducedMotion: motion,
            ignoreHTTPSErrors: true,
            acceptDownloads: true,
            ...(storageState ? { storageState } : {}),
        });
        context.setDefaultTimeout(10_000);
        this.contexts.push(context);
        context.on("page", (page) => this.#watch(page));
        return context;
    }

    #watch(page) {
        page.on("console", (message) => {
            if (message.type() === "error" || message.type() === "warning")
                this.#report("console", `${message.text()} ${message.location().url ?? ""}`);
        });
        page.on("pageerror", (error) => this.#report("error", error.stack ?? error.message));
        page.on("dialog", (dialog) => {
            this.#report("dialog", dialog.message());
            void dialog.dismiss();
        });
        page.on("popup", (popup) => this.#report("popup", popup.url()));
        page.on("requestfailed", (request) => {
            // A request that is not needed any more is taken back, and a download is no page.
            if (request.failure()?.errorText !== "net::ERR_ABORTED")
                this.#report("failed", `${request.url()} ${request.failure()?.errorText}`);
        });
        page.on("request", (request) => {
            const url = new URL(request.url());
            if (!["data:", "blob:"].includes(url.protocol) && !this.hosts.has(url.host))
                this.#report("other host", request.url());
        });
        page.on("response", (response) => {
            if (response.status() >= 400) this.#report("status", `${response.status()} ${response.url()}`);
        });
    }

    async open(hash = "#/machines", options = {}) {
        const context = await this.context(options);
        const page = await context.newPage();
        await page.goto(`${this.base}/${hash}`);
        return page;
    }

    async keep(page, as = "admin") {
        this.states.set(as, await page.context().storageState());
    }

    async shoot(page, name) {
        if (this.shots) await page.screenshot({ path: join(this.shots, `${name}.png`) });
    }

    get hosts() {
        return new Set([this.base, ...(this.moreBases ?? [])].map((base) => new URL(base).host));
    }
}

/** Waits for a fact of the page that no selector says. */
export async function until(page, fact, words, argument) {
    try {
        await page.waitForFunction(fact, argument, { timeout: 15_000 });
    } catch (error) {
        throw new Error(`${words} (${error.message.split("\n")[0]})`);
    }
}

/** What the page shows of one machine: opened from the list by its name, or the first that has data. */
export async function openMachine(world, page, name) {
    await page.getByRole("table").waitFor();
    if (name) await page.getByRole("searchbox").fill(name);
    else await page.getByRole("button", { name: /^Reporting/ }).click();
    await page.locator(".rows .cell-name a").first().click();
    await page.locator("#charts-title").waitFor();
    return decodeURIComponent(new URL(page.url()).hash.split("/")[2].split("?")[0]);
}
