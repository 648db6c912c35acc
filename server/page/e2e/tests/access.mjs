// Coming in and going out: the first password, log-in, log-out, a session that ends.

import { check, until } from "../harness.mjs";

let password = "correct horse battery";
const next = "staple battery horse";
const anonymous = [/401 .*\/session$/, /console: .*401.*\/session/];

/** Everything else needs its cookie. */
export const first = {
    name: "the first password is set by a one-time link",
    async run(world) {
        world.allow(...anonymous);
        if (!world.real) {
            const page = await world.open("#/machines", { as: null });
            await page.getByText("sudo trafikito-server password").waitFor();
            await world.shoot(page, "setup");
        }
        const page = await (await world.context({ as: null })).newPage();
        await page.goto(world.passwordLink);
        await page.getByLabel("New password").fill("short");
        await page.getByLabel("The same once more").fill("short");
        await page.getByRole("button", { name: "Set password" }).click();
        await page.getByText("At least 10 characters, please.").waitFor();
        await page.getByLabel("New password").fill(password);
        await page.getByRole("button", { name: "Set password" }).click();
        await page.getByText("The two are not the same.").waitFor();
        await world.shoot(page, "password");
        world.name = (await page.locator("main").innerText()).match(/For (\S+)/)?.[1];
        check(world.name, "the page does not say whose password it is");
        await page.getByLabel("The same once more").fill(password);
        await page.getByRole("button", { name: "Set password" }).click();
        await page.getByRole("heading", { name: "Machines" }).waitFor();
        check(new URL(page.url()).hash === "#/machines", `the secret stands in the address: ${page.url()}`);
        const cookies = await page.context().cookies();
        check(
            cookies.every((cookie) => cookie.httpOnly && cookie.sameSite === "Strict"),
            "a cookie can be read by scripts, or goes to others",
        );
        await world.keep(page);

        world.allow(/404 .*\/link$/, /console: .*404.*\/link/);
        const again = await (await world.context({ as: null })).newPage();
        await again.goto(world.passwordLink);
        await again.getByText("This link was used before").waitFor();
    },
};

async function logIn(page, name, word) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(word);
    await page.getByRole("button", { name: "Log in" }).click();
}

export const last = [
    {
        name: "log-in says what is wrong, and leads to where one wanted to go",
        async run(world) {
            world.allow(...anonymous);
            const page = await world.open("#/settings", { as: null });
            await page.getByRole("heading", { name: "Log in" }).waitFor();
            await world.shoot(page, "log-in");
            await logIn(page, world.name, "not the password");
            await page.getByText("Name or password is wrong.").waitFor();
            await logIn(page, world.name, password);
            await page.getByRole("heading", { name: "Settings" }).waitFor();
            await world.keep(page);
        },
    },
    {
        name: "a changed password ends all other sessions, which come back to the same place",
        async run(world) {
            world.allow(/40[013] /, /console: .*40[013]/);
            const other = await world.open("#/machines?search=web&sort=load", { as: "admin" });
            await other.getByRole("heading", { name: "Machines" }).waitFor();
            const page = await world.open("#/settings", { as: null });
            await logIn(page, world.name, password);
            await page.getByLabel("Current password").fill("not the password");
            await page.getByLabel("New password").fill(next);
            await page.getByLabel("The same once more").fill(next);
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("The current password is wrong.").waitFor();
            await page.getByLabel("Current password").fill(password);
            await page.getByRole("button", { name: "Set password" }).click();
            await page.getByText("Your password is set.").waitFor();
            password = next;
            await world.keep(page);

            // What the other does next finds that its session has ended.
            await other.getByRole("link", { name: "Settings" }).click();
            await other.getByText("Your session has ended.").waitFor();
            await other.goBack();
            await logIn(other, world.name, password);
            await other.getByRole("heading", { name: "Machines" }).waitFor();
            check(other.url().endsWith("#/machines?search=web&sort=load"), `it came back to ${other.url()}`);
            await world.keep(other);
        },
    },
    {
        name: "log-out ends the session",
        async run(world) {
            world.allow(...anonymous);
            const page = await world.open();
            await page.getByRole("button", { name: "Log out" }).click();
            await page.getByRole("heading", { name: "Log in" }).waitFor();
            const answer = await page.context().request.get(`${world.base}/api/v1/machines`);
            check(answer.status() === 401, `the cookie is good for ${answer.status()} after the log-out`);
            await page.reload();
            await page.getByRole("heading", { name: "Log in" }).waitFor();
            await until(page, () => document.title.startsWith("Log in"), "the title does not say that one must log in");
        },
    },
];
