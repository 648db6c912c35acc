// People, what a reader may do, and tokens of programs.

import { check } from "../harness.mjs";

const reader = `reader-${Date.now() % 100_000}`;
const password = "a reader's password";

async function people(world) {
    const page = await world.open("#/settings");
    await page.locator("#person-name").fill(reader);
    await page.getByRole("button", { name: "Add a person" }).click();
    const link = await page.locator(".once code").innerText();
    check(/#\/password\//.test(link), `the link is ${link}`);
    await world.shoot(page, "settings");
    const fresh = await (await world.context({ as: null })).newPage();
    await fresh.goto(link);
    await fresh.getByText(`For ${reader}`).waitFor();
    await fresh.getByLabel("New password").fill(password);
    await fresh.getByLabel("The same once more").fill(password);
    await fresh.getByRole("button", { name: "Set password" }).click();
    await fresh.getByRole("heading", { name: "Machines" }).waitFor();
    await world.keep(fresh, "reader");

    world.allow(/409 .*\/people$/, /console: .*409/);
    await page.locator("#person-name").fill(reader);
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByRole("alert").filter({ hasText: /./ }).first().waitFor();
}

async function rights(world) {
    const page = await world.open("#/machines", { as: "reader" });
    await page.getByRole("table").waitFor();
    check((await page.getByText("Add a machine").count()) === 0, "a reader is offered to add a machine");
    await page.getByRole("button", { name: /^Reporting/ }).click();
    await page.locator(".rows .cell-name a").first().click();
    await page.getByRole("switch").first().waitFor();
    check(
        (await page.getByRole("button", { name: /^(Rename|Remove|Tags)$/ }).count()) === 0,
        "a reader is offered to change a machine",
    );
    check(await page.getByRole("switch").first().isDisabled(), "a reader is offered to switch commands");
    const id = new URL(page.url()).hash.split("/")[2].split("?")[0];
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Your password" }).waitFor();
    check(
        (await page.getByRole("heading", { name: /People|API tokens/ }).count()) === 0,
        "a reader is shown people and tokens",
    );
    await page.goto(`${world.base}/#/add`);
    await page.getByText("Only an administrator can add machines.").waitFor();

    const headers = { "X-Trafikito-Request": "1", "Content-Type": "application/json", Origin: world.base };
    const ask = (method, path, data) =>
        page.context().request.fetch(`${world.base}/api/v1${path}`, { method, headers, ...(data ? { data } : {}) });
    for (const [method, path, data] of [
        ["PATCH", `/machines/${id}`, { name: "pwned" }],
        ["DELETE", `/machines/${id}`],
        ["PUT", `/machines/${id}/order`, { commands: [] }],
        ["POST", "/enrolments", { server_name: null }],
        ["POST", "/people", { name: "x", role: "administrator" }],
        ["POST", "/tokens", { name: "x", role: "administrator", valid_seconds: null }],
        ["GET", "/people"],
        ["GET", "/tokens"],
    ]) {
        const answer = await ask(method, path, data);
        check(answer.status() === 403, `a reader's ${method} ${path} is answered ${answer.status()}`);
    }
}

async function tokens(world) {
    const page = await world.open("#/settings");
    await page.locator("#token-name").fill("e2e");
    await page.locator("#token-valid").selectOption("day");
    await page.getByRole("button", { name: "Make a token" }).click();
    const token = await page.locator(".once code").innerText();
    const outside = await world.context({ as: null });
    const status = async () =>
        (
            await outside.request.get(`${world.base}/api/v1/machines`, {
                headers: { Authorization: `Bearer ${token}` },
            })
        ).status();
    check((await status()) === 200, `the token is good for ${await status()}`);
    await page.getByRole("button", { name: "Revoke e2e" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke e2e" }).waitFor({ state: "detached" });
    check((await status()) === 401, `a revoked token is good for ${await status()}`);
    check((await page.getByText(token).count()) === 0, "a revoked token is still shown");
}

async function leave(world) {
    const looking = await world.open("#/machines", { as: "reader" });
    await looking.getByRole("table").waitFor();
    const page = await world.open("#/settings");
    await page.getByRole("button", { name: `Remove ${reader}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: `Remove ${reader}` }).waitFor({ state: "detached" });
    const gone = await world.context({ as: "reader" });
    const answer = await gone.request.get(`${world.base}/api/v1/machines`);
    check(answer.status() === 401, `who was removed is answered ${answer.status()}`);
    // Who is looking at that moment is shown the door without a click.
    world.allow(/401 .*\/(events|session)$/, /console: .*401/);
    await looking.getByText("Your session has ended.").waitFor({ timeout: 40_000 });
    world.allow(/409 .*\/people\//, /console: .*409/);
    await page.getByRole("button", { name: `Remove ${world.name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("The last administrator cannot be removed.").waitFor();
}

export const tests = [
    { name: "a person is added, and sets a password", run: people },
    { name: "a reader sees everything and changes nothing", run: rights },
    { name: "a token is made, shown once, and revoked", run: tokens },
    { name: "a person is removed, but not the last administrator", run: leave },
];
