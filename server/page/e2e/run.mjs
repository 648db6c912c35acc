// All end-to-end tests of the page: node e2e/run.mjs [--base https://HOST:PORT --link LINK] [--shots DIR] [--only WORDS]
//
// Without --base they look at the mock. With it, at a server with at least one machine that reports: LINK is the one-time
// link to set the administrator's password there, ("trafikito-server password" prints it).
//   --hostile NAME  the machine there whose commands print what is hostile
//   --enrol COMMAND run by /bin/sh when a machine is to be added, with the line to run there in TRAFIKITO_LINE; what it
//                   starts in its place (exec) is ended with the tests
// One line a test. Exit 0: all well; 1: not; 77: this cannot run here, and why.

import { parseArgs } from "node:util";
import { check, Missing, World } from "./harness.mjs";
import { startMock } from "./mock/server.mjs";
import * as access from "./tests/access.mjs";
import * as list from "./tests/list.mjs";
import * as machine from "./tests/machine.mjs";
import * as outputs from "./tests/outputs.mjs";
import * as people from "./tests/people.mjs";
import * as looks from "./tests/looks.mjs";

const { values } = parseArgs({
    options: {
        base: { type: "string" },
        link: { type: "string" },
        shots: { type: "string" },
        only: { type: "string" },
        hostile: { type: "string" },
        enrol: { type: "string" },
        dist: { type: "string" },
    },
});

const tests = [
    access.first,
    ...list.tests,
    ...machine.tests,
    ...outputs.tests,
    ...people.tests,
    ...looks.tests,
    ...access.last,
];

async function main() {
    const mocks = [];
    const world = new World({
        shots: values.shots ?? process.env.TRAFIKITO_SHOTS,
        hostile: values.hostile,
        enrol: values.enrol,
    });
    const mock = async (options) => {
        const made = await startMock({ ...options, ...(values.dist ? { dist: values.dist } : {}) });
        mocks.push(made);
        return made;
    };
    try {
        await world.start();
        world.real = values.base !== undefined;
        world.startMock = mock;
        if (world.real) {
            check(values.link, "--base needs --link");
            Object.assign(world, { base: values.base.replace(/\/$/, ""), passwordLink: values.link });
        } else {
            const own = await mock({ machines: 40, interval: 3 });
            Object.assign(world, { base: own.address, passwordLink: own.passwordLink(), mock: own });
        }
        return await all(world);
    } finally {
        await world.stop();
        for (const each of mocks) each.stop();
    }
}

async function all(world) {
    let failures = 0;
    for (const test of tests) {
        if (values.only && !test.name.includes(values.only) && test !== access.first) continue;
        Object.assign(world, { wrong: [], allowed: [], notes: [] });
        let skipped = null;
        try {
            skipped = (await test.run(world)) ?? null;
        } catch (error) {
            world.wrong.push(error.stack ?? String(error));
        }
        await world.endTest();
        const failed = world.wrong.length > 0;
        failures += Number(failed);
        const notes = world.notes.length > 0 ? ` (${world.notes.join("; ")})` : "";
        console.log(
            failed
                ? `FAILED   ${test.name}`
                : skipped
                  ? `skipped  ${test.name}: ${skipped}`
                  : `ok       ${test.name}${notes}`,
        );
        for (const wrong of world.wrong) console.log(`         ${wrong.replace(/\n/g, "\n         ")}`);
        if (failed && test === access.first) break; // nobody is logged in
    }
    console.log(failures === 0 ? "all well" : `${failures} failed`);
    return failures === 0 ? 0 : 1;
}

try {
    process.exitCode = await main();
} catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.log(`skipped: ${error.message}`);
    process.exitCode = 77;
}
