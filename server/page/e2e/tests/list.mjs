// The list of machines, and adding one.

import { check, until } from "../harness.mjs";

const rows = (page) => page.locator(".rows .row");
const nameOf = (page, index) => rows(page).nth(index).locator(".cell-name a").innerText();

async function search(world) {
    const page = await world.open();
    await rows(page).first().waitFor();
    const wanted = await nameOf(page, 0);
    await page.keyboard.press("/");
    await page.keyboard.type(wanted);
    await until(
        page,
        (name) => [...document.querySelectorAll(".rows .cell-name a")].every((link) => link.textContent.includes(name)),
        "the search does not narrow the list",
        wanted,
    );
    check(new URL(page.url()).hash.includes("search="), "the search is not in the address");
    await page.reload();
    await rows(page).first().waitFor();
    check((await page.getByRole("searchbox").inputValue()) === wanted, "the search is gone after a reload");
    await page.getByRole("searchbox").fill("no machine has such a name");
    await page.getByText("No machine matches.").waitFor();
    await page.getByRole("button", { name: "Show all machines" }).click();
    await rows(page).first().waitFor();
}

async function sort(world) {
    const page = await world.open();
    await rows(page).first().waitFor();
    const head = page.getByRole("columnheader", { name: /Memory/ });
    await head.getByRole("button").click();
    check((await head.getAttribute("aria-sort")) === "descending", "the largest do not come first");
    await head.getByRole("button").click();
    check((await head.getAttribute("aria-sort")) === "ascending", "a second press does not turn the order around");
    const values = (await page.locator(".rows .cell-memory").allInnerTexts())
        .map(Number.parseFloat)
        .filter((value) => !Number.isNaN(value));
    check(
        values.every((value, index) => index === 0 || value >= values[index - 1] - 0.5),
        `not in order: ${values}`,
    );
}

async function filter(world) {
    const page = await world.open();
    await rows(page).first().waitFor();
    const chip = page.getByRole("button", { name: /^Reporting/ });
    const count = Number((await chip.innerText()).replace(/\D/g, ""));
    await chip.click();
    check((await chip.getAttribute("aria-pressed")) === "true", "the filter does not say that it is on");
    check(
        (await page.getByRole("table").getAttribute("aria-rowcount")) === String(count + 1),
        "the count of the filter is not what is shown",
    );
    await until(
        page,
        () => [...document.querySelectorAll(".rows .cell-state")].every((cell) => cell.textContent === "Reporting"),
        "other states are shown",
    );
}

async function keyboard(world) {
    const page = await world.open();
    await rows(page).first().waitFor();
    const count = await rows(page).count();
    const wanted = await nameOf(page, Math.min(1, count - 1));
    await page.keyboard.press("j");
    await until(page, () => document.activeElement?.matches(".rows a"), "j does not reach a row");
    // There and back, as far as the list goes.
    for (const key of count > 2 ? "jjk" : count > 1 ? "j" : "") await page.keyboard.press(key);
    await until(
        page,
        (name) => document.activeElement?.textContent === name,
        "j and k do not reach the second row",
        wanted,
    );
    await page.waitForTimeout(100);
    check(
        await page.evaluate((name) => document.activeElement?.textContent === name, wanted),
        "j and k lead on from the second row",
    );
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: wanted, level: 1 }).waitFor();
    await page.keyboard.press("m");
    await rows(page).first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await world.shoot(page, "help");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.reload();
    await rows(page).first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    check(
        await page.evaluate(() => document.activeElement?.id === "main"),
        "the first thing that Tab reaches does not lead to the content",
    );
}

async function live(world) {
    const page = await world.open("#/machines?state=reporting");
    const age = rows(page).first().locator(".cell-age");
    await age.waitFor();
    const before = await age.innerText();
    await until(
        page,
        (text) => document.querySelector(".rows .cell-age").textContent !== text,
        "the age does not go on",
        before,
    );
    if (world.real) return;
    const seen = await page.evaluate(async () => {
        const counted = [];
        for (let index = 0; index < 60; ++index) {
            counted.push(document.querySelector(".rows .cell-age").textContent);
            await new Promise((done) => setTimeout(done, 120));
        }
        return counted;
    });
    check(
        seen.some((text, index) => index > 0 && Number.parseInt(text) < Number.parseInt(seen[index - 1])),
        `no report came within seconds: ${seen}`,
    );
}

async function add(world) {
    const page = await world.open("#/add");
    const name = world.real ? `added-${Date.now() % 100_000}` : "added";
    await page.getByLabel("Name (if you like)").fill(name);
    await page.getByRole("button", { name: "Show the line" }).click();
    const line = page.locator(".copy code").first();
    await line.waitFor();
    check((await line.innerText()).length > 20, "there is no line to copy");
    await page.getByText("Waiting for the machine").waitFor();
    await world.shoot(page, "add");
    await page.getByRole("button", { name: "Copy" }).first().click();
    await page.getByRole("button", { name: /Copied|Selected/ }).waitFor();
    if (world.real && !world.enrol) {
        await page.getByRole("button", { name: "Withdraw" }).click();
        await page.getByText("The line was withdrawn.").waitFor();
        return;
    }
    if (world.real) world.run(world.enrol, { TRAFIKITO_LINE: await line.innerText() });
    await page.getByText("has reported").waitFor({ timeout: world.real ? 240_000 : 15_000 });
    await world.shoot(page, "added");
    world.added = name;
    await page.getByRole("link", { name: /Look at/ }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
}

/** Five thousand machines: a mock of that size, or the given server when it has so many. */
async function many(world) {
    if (world.real) {
        const page = await world.open();
        await rows(page).first().waitFor();
        const count = Number(await page.getByRole("table").getAttribute("aria-rowcount")) - 1;
        return count < 1000 ? `the server has ${count} machines` : scroll(world, page, count);
    }
    const large = await world.startMock({ machines: 4999, interval: 60 });
    world.moreBases = [large.address];
    const page = await (await world.context({ as: null })).newPage();
    await page.goto(large.enterLink());
    await rows(page).first().waitFor();
    return scroll(world, page, 5000);
}

async function scroll(world, page, count) {
    check(
        (await page.getByRole("table").getAttribute("aria-rowcount")) === String(count + 1),
        "not all machines are in the list",
    );
    const facts = await page.evaluate(async () => {
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const end = document.documentElement.scrollHeight - innerHeight;
        const times = [];
        let most = 0;
        let empty = 0;
        let last = await frame();
        for (let step = 1; step <= 120; ++step) {
            scrollTo(0, (end * step) / 120);
            const now = await frame();
            times.push(now - last);
            last = now;
            await new Promise((done) => setTimeout(done));
            const shown = [...document.querySelectorAll(".rows .row")];
            most = Math.max(most, shown.length);
            if (
                !shown.some(
                    (row) =>
                        row.getBoundingClientRect().top < innerHeight / 2 && row.getBoundingClientRect().bottom > 0,
                )
            )
                ++empty;
        }
        times.sort((left, right) => left - right);
        return { most, empty, middle: times[60], slow: times[113], worst: times[119] };
    });
    check(facts.most < 120, `${facts.most} rows are elements at once`);
    check(facts.empty === 0, `${facts.empty} of 120 steps showed nothing`);
    world.note(
        `${count} machines, frames: middle ${facts.middle.toFixed(0)} ms, 95 % ${facts.slow.toFixed(0)} ms, worst ${facts.worst.toFixed(0)} ms`,
    );
    await world.shoot(page, "many");
    const typed = await page.evaluate(async () => {
        const field = document.querySelector("input[type=search]");
        const start = performance.now();
        field.value = "web42";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - start;
    });
    world.note(`search ${typed.toFixed(0)} ms`);
    await page.keyboard.press("k");
    await until(page, () => document.activeElement?.matches(".rows a"), "k does not reach the last row");
}

async function comeBack(world) {
    const page = await world.open("#/machines", { height: 500 });
    await rows(page).first().waitFor();
    if ((await page.evaluate(() => document.documentElement.scrollHeight)) < 1200) return "the list is not long enough";
    await page.evaluate(() => scrollTo(0, 600));
    await page.waitForTimeout(200);
    const row = page.locator(".rows .row").filter({ hasText: "Reporting" }).nth(10);
    const name = await row.locator("a").innerText();
    await row.locator("a").click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    check((await page.evaluate(() => scrollY)) === 0, "a machine is not shown from its top");
    await page.goBack();
    await page.getByRole("table").waitFor();
    await until(page, () => Math.abs(scrollY - 600) < 300 && scrollY > 0, "the list is not where it was left");
    await page.keyboard.press("j");
    await until(page, () => document.activeElement?.matches(".rows a"), "j does not go on");
    const order = await page.locator(".rows .cell-name a").allInnerTexts();
    const now = await page.evaluate(() => document.activeElement.textContent);
    check(order[order.indexOf(name) + 1] === now, `after ${name} j leads to ${now}`);
}

/** A server with no machine: what a new user sees. */
async function empty(world) {
    if (world.real) return "the server has machines";
    const fresh = await world.startMock({ machines: 0, interval: 3 });
    world.moreBases = [fresh.address];
    const page = await (await world.context({ as: null })).newPage();
    await page.goto(fresh.enterLink());
    await page.getByText("No machines yet").waitFor();
    await world.shoot(page, "empty");
    await page.getByRole("link", { name: "Add a machine" }).last().click();
    await page.getByRole("button", { name: "Show the line" }).click();
    await page.getByRole("link", { name: /Look at/ }).click();
    await page.locator(".chart canvas").first().waitFor();
    await world.shoot(page, "first-minutes");
}

async function lost(world) {
    if (world.real) return "the server would have to be stopped";
    world.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
    const page = await world.open();
    await rows(page).first().waitFor();
    await world.mock.leave();
    await page.getByText("No connection to the server.").waitFor();
    check((await rows(page).count()) > 0, "what was known is gone");
    await world.shoot(page, "lost");
    await world.mock.comeBack();
    await page.getByText("No connection to the server.").waitFor({ state: "detached", timeout: 20_000 });
    const before = await page.locator(".rows .cell-age time").first().getAttribute("title");
    await until(
        page,
        (title) => document.querySelector(".rows .cell-age time").title !== title,
        "nothing follows after the reconnection",
        before,
    );
}

export const tests = [
    { name: "machines are searched, and the search is in the address", run: search },
    { name: "machines are sorted by a column, both ways", run: sort },
    { name: "machines are filtered by state, with counts", run: filter },
    { name: "the list needs no mouse", run: keyboard },
    { name: "ages go on, and reports arrive by themselves", run: live },
    { name: "a machine is added", run: add },
    { name: "five thousand machines scroll", run: many },
    { name: "the list is where it was left", run: comeBack },
    { name: "a server without machines says how to begin", run: empty },
    { name: "a lost connection is said, and followed by reading anew", run: lost },
];
