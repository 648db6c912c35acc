// Width, colours, accessibility, size.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createRequire } from "node:module";
import { check, openMachine } from "../harness.mjs";

const mostBytes = 120 * 1024;

/** Every view, opened and settled. */
async function* views(world, options) {
    const page = await world.open("#/machines", options);
    await page.locator(".rows .row").first().waitFor();
    yield ["machines", page];
    const id = await openMachine(world, page);
    await page.locator(".chart canvas").first().waitFor();
    await page.locator(".output pre").first().waitFor();
    await page.getByRole("switch").first().waitFor();
    yield ["machine", page];
    await page.goto(`${world.base}/#/settings`);
    await page.getByRole("heading", { name: "API tokens" }).waitFor();
    yield ["settings", page];
    await page.goto(`${world.base}/#/add`);
    await page.getByRole("button", { name: "Show the line" }).waitFor();
    yield ["add", page];
    await page.goto(`${world.base}/#/machine/${encodeURIComponent(id)}`);
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("dialog").waitFor();
    yield ["dialog", page];
    world.allow(/401 .*\/session$/, /console: .*401.*\/session/);
    const outside = await world.open("#/machines", { ...options, as: null });
    await outside.getByRole("button", { name: "Log in" }).waitFor();
    yield ["log-in", outside];
}

async function narrow(world) {
    for await (const [name, page] of views(world, { width: 360, height: 740 })) {
        const [wide, most] = await page.evaluate(() => [
            document.documentElement.scrollWidth,
            [...document.querySelectorAll("main *")]
                .filter(
                    (element) =>
                        element.getBoundingClientRect().right > innerWidth + 1 &&
                        !element.closest("pre, .legend, .chips, .header, .hidden, .plot"),
                )
                .map((element) => element.className || element.tagName)
                .slice(0, 5),
        ]);
        check(wide <= 360, `${name} is ${wide} px wide: ${most}`);
        await world.shoot(page, `narrow-${name}`);
    }
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function axe(world, options) {
    let looked = 0;
    for await (const [name, page] of views(world, options)) {
        // The policy of the page allows no script but its own; the browser's tools may.
        await page.evaluate(axeSource);
        const found = await page.evaluate(async () => {
            const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
            return violations.map(({ id, impact, nodes }) => ({
                id,
                impact,
                nodes: nodes
                    .slice(0, 4)
                    .map((node) => `${node.target.join(" ")}: ${node.failureSummary?.split("\n")[1]?.trim()}`),
            }));
        });
        const bad = found.filter((one) => one.impact === "serious" || one.impact === "critical");
        check(bad.length === 0, `${name}: ${JSON.stringify(bad, null, 2)}`);
        for (const one of found) world.note(`${name}: ${one.impact} ${one.id}`);
        await world.shoot(page, `${options.scheme}-${name}`);
        ++looked;
    }
    world.note(`${looked} views`);
}

async function size(world) {
    const context = await world.context();
    const page = await context.newPage();
    const bodies = [];
    page.on("response", (response) => {
        if (!new URL(response.url()).pathname.startsWith("/api/"))
            bodies.push(
                response.body().then((body) => [new URL(response.url()).pathname, gzipSync(body, { level: 9 }).length]),
            );
    });
    await page.goto(`${world.base}/`);
    await page.getByRole("heading", { name: "Machines" }).waitFor();
    const sizes = await Promise.all(bodies);
    const all = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    check(all <= mostBytes, `${all} bytes compressed: ${sizes.map((each) => each.join(" "))}`);
    const paint = await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN,
    );
    world.note(`${(all / 1024).toFixed(1)} KiB compressed, first contentful paint after ${paint.toFixed(0)} ms`);
}

async function still(world) {
    const page = await world.open("#/machines", { motion: "reduce" });
    await page.locator(".rows .row").first().waitFor();
    const moving = await page.evaluate(() => document.getAnimations().length);
    check(moving === 0, `${moving} things move`);
    const timed = await page.evaluate(() => getComputedStyle(document.querySelector("button")).transitionDuration);
    check(timed === "0s", `buttons change over ${timed}`);
}

export const tests = [
    { name: "nothing is wider than 360 px", run: narrow },
    { name: "axe-core finds nothing serious in the light", run: (world) => axe(world, { scheme: "light" }) },
    { name: "axe-core finds nothing serious in the dark", run: (world) => axe(world, { scheme: "dark" }) },
    { name: "nothing moves for who wants it still", run: still },
    { name: "the page is small", run: size },
];
