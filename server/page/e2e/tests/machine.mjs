// The page of a machine but for its outputs: charts, commands, rename, tags, remove.

import { check, openMachine, until } from "../harness.mjs";

/** Pixels of a canvas that are not the background: something was drawn. */
const drawnCharts = () =>
    [...document.querySelectorAll(".chart canvas")].map((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const colours = new Set();
        for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 200) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
        return colours.size;
    });

async function charts(world) {
    const page = await world.open();
    await openMachine(world, page);
    await until(
        page,
        () => document.querySelectorAll(".chart canvas").length >= 3,
        "there are fewer than three charts",
    );
    const colours = await page.evaluate(drawnCharts);
    check(
        colours.every((count) => count > 3),
        `a chart is empty: ${colours}`,
    );
    const titles = await page.locator(".chart-title").allInnerTexts();
    for (const title of ["Load", "Memory", "Disks"])
        check(titles.includes(title), `there is no chart ${title} among ${titles}`);
    world.note(`${titles.length} charts`);
    const words = await page.getByRole("img", { name: /^Load\./ }).getAttribute("aria-label");
    check(/newest [\d.]+, least [\d.]+, most [\d.]+/.test(words), `a screen reader hears of the load only: ${words}`);
    await world.shoot(page, "machine");
    for (const [index, range] of ["6 h", "24 h", "7 d", "All"].entries()) {
        await page.keyboard.press(String(index + 2));
        await page.locator(`.segments button[aria-pressed=true]`, { hasText: range }).waitFor();
    }
    await page.waitForLoadState("networkidle").catch(() => undefined);
    await world.shoot(page, "machine-all");
    check(page.url().includes("range=all"), "the range is not in the address");
}

async function zoom(world) {
    const page = await world.open();
    await openMachine(world, page);
    const over = page.locator(".chart .u-over").first();
    const box = await over.boundingBox();
    const y = box.y + box.height / 2;
    const whole = await page.getByRole("slider").evaluate((slider) => slider.max - slider.min);
    await page.mouse.move(box.x + box.width * 0.3, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
    await page.mouse.up();
    await until(page, () => /zoom=\d+-\d+/.test(location.hash), "dragging does not zoom");
    const [, from, to] = /zoom=(\d+)-(\d+)/.exec(page.url());
    const share = (to - from) / whole;
    check(share > 0.35 && share < 0.45, `two fifths of the chart are ${share} of its time`);
    check(!page.url().includes("at="), "dragging was taken for a click");
    await page.reload();
    await page.getByRole("button", { name: /Back to the whole/ }).waitFor();
    await page.keyboard.press("Escape");
    await until(page, () => !location.hash.includes("zoom"), "Escape does not lead back");
}

async function cursor(world) {
    const page = await world.open();
    await openMachine(world, page);
    const plot = page.locator(".chart .plot").first();
    await plot.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await until(
        page,
        () => /^at \d/.test(document.querySelector(".chart [role=status]").textContent),
        "the cursor is not moved by keys",
    );
    const others = await page
        .locator(".chart .u-cursor-x")
        .evaluateAll(
            (lines) => lines.filter((line) => !line.classList.contains("u-off") && line.style.transform).length,
        );
    check(others > 1, "the other charts do not follow the cursor");
    await page.keyboard.press("Enter");
    await until(page, () => /at=\d+/.test(location.hash), "Enter does not show that moment");
    await page.keyboard.press("+");
    await until(page, () => /zoom=/.test(location.hash), "plus does not zoom");
    const line = page.locator(".legend button").first();
    await line.click();
    check((await line.getAttribute("aria-pressed")) === "false", "a line is not switched off");
}

async function follow(world) {
    const page = await world.open();
    await openMachine(world, page, world.real ? undefined : "web2");
    const every = (await page.locator(".facts").innerText()).match(/every (\d+) s/)?.[1] ?? Infinity;
    if (every > 10) return "the machine reports too rarely to wait for it";
    await page.locator(".chart canvas").first().waitFor();
    const asked = [];
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.pathname.endsWith("/series"))
            asked.push(Number(url.searchParams.get("to")) - Number(url.searchParams.get("from")));
    });
    const before = await page.locator(".when time").getAttribute("title");
    await until(
        page,
        (title) => document.querySelector(".when time").title !== title,
        "the newest outputs do not follow",
        before,
    );
    await page.waitForTimeout(200);
    check(asked.length > 0 && asked.every((length) => length < 60_000), `charts read all again for a report: ${asked}`);
}

async function commands(world) {
    const page = await world.open();
    await openMachine(world, page);
    const turn = page.getByRole("switch").first();
    await turn.waitFor();
    check(await turn.isChecked(), "the first command does not run");
    await turn.click();
    await page.getByText(/A chosen list runs/).waitFor();
    check(!(await turn.isChecked()), "the switch is still on");
    await page.getByRole("button", { name: "Run all that are listed" }).click();
    await page.getByText(/All commands of the machine's list run/).waitFor();
    check(await turn.isChecked(), "the switch is still off");
}

async function change(world) {
    const page = await world.open();
    await openMachine(world, page);
    const name = await page.getByRole("heading", { level: 1 }).innerText();
    await page.getByRole("button", { name: "Rename" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("New name").fill(`${name} renamed`);
    await dialog.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("heading", { name: `${name} renamed`, level: 1 }).waitFor();
    await until(
        page,
        () => document.activeElement?.textContent === "Rename",
        "the focus is not back where the dialog was opened",
    );
    await page.getByRole("button", { name: "Rename" }).click();
    await dialog.getByLabel("New name").fill(name);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name, level: 1, exact: true }).waitFor();

    await page.getByRole("button", { name: "Tags" }).click();
    await dialog.getByLabel(/^Tags/).fill("e2e-one, e2e-two ,e2e-one");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "e2e-two" }).click();
    await page.getByRole("table").waitFor();
    check((await page.locator(".rows .row").count()) === 1, "a tag does not lead to its machines");
    await page.goBack();
    await page.getByRole("button", { name: "Tags" }).click();
    await dialog.getByLabel(/^Tags/).fill("");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "e2e-two" }).waitFor({ state: "detached" });
}

async function remove(world) {
    const page = await world.open();
    await openMachine(world, page, world.added);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText(/the agent is told STOP/).waitFor();
    await world.shoot(page, "remove");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    if (!world.added) return;
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove the machine" }).click();
    await page.getByRole("table").waitFor();
    await until(
        page,
        (name) =>
            [...document.querySelectorAll(".rows .row")].filter(
                (row) => row.querySelector("a").textContent === name && !row.textContent.includes("Stopped"),
            ).length === 0,
        "a removed machine is still there",
        world.added,
    );
}

async function gone(world) {
    world.allow(/404 .*\/machines\/nowhere/, /console: .*404.*\/machines\/nowhere/);
    const page = await world.open("#/machine/nowhere");
    await page.getByText("There is no such machine").waitFor();
}

export const tests = [
    { name: "charts are drawn, said in words, and ranges are in the address", run: charts },
    { name: "dragging zooms all charts, and Escape leads back", run: zoom },
    { name: "charts need no mouse", run: cursor },
    { name: "a report is added to the charts without reading all again", run: follow },
    { name: "a command is switched off and on", run: commands },
    { name: "a machine is renamed and tagged", run: change },
    { name: "a machine is removed, after a question", run: remove },
    { name: "an address of no machine says so", run: gone },
];
