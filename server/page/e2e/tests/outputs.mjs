// Outputs: in time, in colour, and hostile.

import { readFileSync } from "node:fs";
import { check, openMachine, until } from "../harness.mjs";

const shownTime = (page) => page.locator(".when time").getAttribute("title");

async function travel(world) {
    const page = await world.open();
    await openMachine(world, page);
    await page.locator(".output pre").first().waitFor();
    const newest = await shownTime(page);
    const changes = async (key, words) => {
        const before = await shownTime(page);
        await page.keyboard.press(key);
        await until(page, (title) => document.querySelector(".when time")?.title !== title, words, before);
        return shownTime(page);
    };
    const earlier = await changes("[", "[ does not lead to the report before");
    check(earlier < newest, `${earlier} is not before ${newest}`);
    check(/at=\d+/.test(page.url()), "the moment is not in the address");
    const evenEarlier = await changes("[", "[ does not lead on");
    await world.shoot(page, "past");
    check(
        (await changes("]", "] does not lead to the report after")) === earlier,
        "] does not lead back to where [ came from",
    );

    await page.reload();
    await page.locator(".output pre").first().waitFor();
    check((await shownTime(page)) === earlier, "the link shows another moment");

    const slider = page.getByRole("slider");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await until(
        page,
        (title) => document.querySelector(".when time")?.title === title,
        "the slider does not step by reports",
        evenEarlier,
    );
    check((await slider.getAttribute("aria-valuetext")).includes("before now"), "the slider does not say where it is");
    await page.getByRole("button", { name: "Now" }).click();
    await until(page, () => !location.hash.includes("at="), "Now does not lead to now");

    const over = page.locator(".chart .u-over").first();
    const box = await over.boundingBox();
    await over.click({ position: { x: box.width * 0.9, y: box.height / 2 } });
    await until(page, () => /at=\d+/.test(location.hash), "a click on a chart does not show that moment");
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("n");
    await until(page, () => !location.hash.includes("at="), "n does not lead to now");
}

async function changesMarked(world) {
    const page = await world.open();
    await openMachine(world, page);
    await page.locator(".line.changed").first().waitFor();
    check((await page.locator(".output .changes").first().innerText()) !== "", "it is not said how much changed");
    await page.getByLabel("Changes", { exact: true }).uncheck();
    await until(page, () => document.querySelectorAll(".line.changed").length === 0, "marks stay without the switch");
    const colours = page.getByLabel("Colours", { exact: true });
    check(await colours.isChecked(), "colours are not shown at first");
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("c");
    check(!(await colours.isChecked()), "c does not switch colours off");
}

async function hostile(world) {
    if (world.real && !world.hostile) return "no machine was named with --hostile";
    const page = await world.open();
    if (world.real) await openMachine(world, page, world.hostile);
    else {
        await page.getByRole("searchbox").fill("window.pwned");
        await world.shoot(page, "hostile-list");
        await page.locator(".rows .cell-name a").first().click();
    }
    await page.locator(".output pre").first().waitFor();
    await page.locator(".chart canvas").first().waitFor();
    const facts = await page.evaluate(() => {
        const texts = [...document.querySelectorAll(".output pre")].map((pre) => pre.textContent).join("\n");
        return {
            pwned: window.pwned,
            elements: document.querySelectorAll(
                "main :is(img, script, iframe, object, embed, form, style, link, base, meta), body > script, main a[href^='javascript']",
            ).length,
            handlers: [...document.querySelectorAll("*")].filter((element) =>
                element.getAttributeNames().some((name) => name.startsWith("on")),
            ).length,
            html: texts.includes("<img src=x"),
            escape: texts.includes("\u001b"),
            turned: /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/.test(
                document.body.textContent +
                    [...document.querySelectorAll("[title], [aria-label]")]
                        .map((each) => each.title + each.getAttribute("aria-label"))
                        .join(""),
            ),
            raw: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(texts),
            elementsInAll: document.querySelectorAll("*").length,
        };
    });
    check(facts.pwned === undefined, "a script of the machine ran");
    check(
        facts.elements === 0 && facts.handlers === 0,
        `elements (${facts.elements}) or handlers (${facts.handlers}) of the machine are in the page`,
    );
    check(facts.html, "the HTML that it printed is not shown as text");
    check(!facts.escape && !facts.raw, "control characters are in the page as they came");
    check(!facts.turned, "text can turn its direction");
    check(facts.elementsInAll < 30_000, `${facts.elementsInAll} elements`);
    world.note(`${facts.elementsInAll} elements`);
    check((await page.title()).endsWith("Trafikito"), `the title is ${await page.title()}`);
    await world.shoot(page, "hostile");
    const took = await page.evaluate(async () => {
        const start = performance.now();
        document.querySelector(".switches input").click();
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - start;
    });
    world.note(`drawn anew in ${took.toFixed(0)} ms`);
    await page.locator(".outputs").scrollIntoViewIfNeeded();
    await page.evaluate(() => document.querySelector(".outputs-body")?.scrollIntoView());
    await world.shoot(page, "hostile-outputs");
}

async function whole(world) {
    if (world.real && !world.hostile) return "no machine was named with --hostile";
    const page = await world.open();
    await openMachine(world, page, world.real ? world.hostile : "window.pwned");
    const link = page.getByRole("link", { name: "Download all of it" }).first();
    await link.waitFor();
    const note = await page
        .locator(".note", { has: page.getByRole("link", { name: "Download all of it" }) })
        .first()
        .innerText();
    check(/The first .* of .* are shown/.test(note), `a cut output says only: ${note}`);
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const bytes = readFileSync(await download.path()).length;
    check(bytes > 65_536, `the whole output has ${bytes} bytes`);
    world.note(`${bytes} bytes`);
}

export const tests = [
    { name: "outputs are shown as they were at any time", run: travel },
    { name: "changed lines are marked, and colours are switched off", run: changesMarked },
    { name: "what a hostile machine sends stays text", run: hostile },
    { name: "a cut output says so, and is had as a whole", run: whole },
];
