// Every word that the page says, in one place.

import type { Column } from "./model/machines";
import type { KnownChart } from "./model/charts";
import type { Range } from "./model/window";
import type { MachineState, Role } from "./api";
import { bytes, plainNumber, seconds, span } from "./model/format";

const counted = (count: number, one: string, many: string): string => `${plainNumber(count)} ${count === 1 ? one : many}`;

const stateNames: Record<MachineState, string> = {
    reporting: "Reporting",
    late: "Late",
    never: "Never reported",
    stopped: "Stopped",
    problem: "Problem",
};

const roleNames: Record<Role, string> = { administrator: "Administrator", reader: "Reader" };

const valueWords = new Map<string, string>([
    ["load_1", "1 min"],
    ["load_5", "5 min"],
    ["load_15", "15 min"],
    ["cpu_busy", "busy"],
    ["cpu_user", "user"],
    ["cpu_system", "system"],
    ["cpu_wait", "waiting for disks"],
    ["cpu_steal", "taken by the host"],
    ["memory_used", "used"],
    ["memory_used_bytes", "used"],
    ["memory_total_bytes", "in all"],
    ["swap_used", "used"],
    ["swap_used_bytes", "used"],
    ["swap_total_bytes", "in all"],
    ["disk_used", "used"],
    ["network_received", "received"],
    ["network_sent", "sent"],
    ["processes", "processes"],
    ["open_files", "Open files"],
    ["network_connections", "Network connections"],
]);

const chartTitles: Record<KnownChart, string> = {
    load: "Load",
    cpu: "Processor",
    memory: "Memory",
    swap: "Swap",
    disks: "Disks",
    network: "Network",
    processes: "Processes",
};

const columnNames: Record<Column, string> = {
    name: "Machine",
    state: "State",
    age: "Data",
    load: "Load",
    memory: "Memory",
    disk: "Disk",
};

const rangeNames: Record<Range, string> = { "1h": "1 h", "6h": "6 h", "24h": "24 h", "7d": "7 d", all: "All" };
const rangeWords: Record<Range, string> = {
    "1h": "the last hour",
    "6h": "the last 6 hours",
    "24h": "the last 24 hours",
    "7d": "the last 7 days",
    all: "all that is kept",
};

export const t = {
    product: "Trafikito",
    titleOf: (page: string): string => `${page} · Trafikito`,
    loading: "Loading…",
    skip: "Skip to the content",
    close: "Close",
    cancel: "Cancel",
    save: "Save",
    copy: "Copy",
    copied: "Copied",
    selected: "Selected: press Ctrl C",
    retry: "Try again",
    none: "–",
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],

    nav: {
        label: "Pages",
        machines: "Machines",
        settings: "Settings",
        help: "Help: keys",
        logOut: "Log out",
        user: (name: string, role: Role): string => `${name}, ${roleNames[role].toLowerCase()}`,
        lost: "No connection to the server. Trying again…",
    },

    errors: {
        unreachable: "The server cannot be reached. Is it running, and is your network?",
        notFound: "There is no such thing here (any more).",
        forbidden: "Only an administrator may do this.",
        tooMany: (after: number | null): string =>
            after ? `Too many attempts. Wait ${span(after * 1000)}, then try again.` : "Too many attempts. Wait a minute, then try again.",
        unavailable: "The server is busy or is being restarted. Try again in a moment.",
        other: (status: number): string => `The server answered ${status}, which this page does not understand.`,
        broken: "Something in this page went wrong. Loading it again should help.",
        reload: "Load the page again",
    },

    login: {
        title: "Log in",
        name: "Name",
        password: "Password",
        button: "Log in",
        wrong: "Name or password is wrong.",
        setupTitle: "Set the first password",
        setup: "No administrator has a password yet. On the machine where the server runs, type",
        setupCommand: "sudo trafikito-server password",
        setupThen: "It asks for one. Then log in here, as admin unless you gave another name.",
        setupAgain: "Log in",
        ended: "Your session has ended. Log in again to go on where you were.",
    },

    password: {
        title: "Set a password",
        forWhom: (name: string): string => `For ${name}`,
        fresh: "New password",
        again: "The same once more",
        current: "Current password",
        rule: "At least 10 characters. A few words that you can remember are better than few odd signs.",
        short: "At least 10 characters, please.",
        different: "The two are not the same.",
        button: "Set password",
        gone: "This link was used before, or its time is over. Another one is printed by “trafikito-server password --link” on the server, or made by an administrator in the settings.",
        entering: "Logging in…",
        toLogin: "To the log-in",
        done: "Your password is set. Everywhere else you have been logged out.",
        wrong: "The current password is wrong.",
    },

    states: stateNames,
    stateText: (state: MachineState, since: number | null, now: number, problem: string): string => {
        const ago = since === null ? "" : span(now - since);
        switch (state) {
            case "reporting":
                return "Reporting";
            case "late":
                return ago ? `Late since ${ago}` : "Late";
            case "never":
                return "Never reported";
            case "stopped":
                return ago ? `Stopped ${ago} ago` : "Stopped";
            case "problem":
                return problem || "Problem";
        }
    },

    machines: {
        title: "Machines",
        search: "Search by name, tag, address, system",
        searchShort: "Search",
        all: "All",
        filter: "Filter by state",
        columns: columnNames,
        short: { load: "Load", memory: "Mem", disk: "Disk" },
        fullest: (name: string): string => `Fullest disk: ${name}`,
        hour: "Load, last hour",
        hourSummary: (least: string, most: string): string => `Load of the last hour: least ${least}, most ${most}`,
        table: "Machines",
        add: "Add a machine",
        found: (count: number): string => counted(count, "machine", "machines"),
        nothing: "No machine matches.",
        showAll: "Show all machines",
        emptyTitle: "No machines yet",
        empty: "Add the first one: copy one line, run it there, and see it here a minute later.",
        emptyReader: "An administrator can add one.",
        cpus: (count: number): string => counted(count, "processor", "processors"),
        age: (text: string): string => `${text} ago`,
    },

    add: {
        title: "Add a machine",
        explain:
            "Run this on the machine that is to be watched, as root. It installs the agent, which runs the commands of a list that only that machine's owner can change, and sends their outputs here.",
        steps: "This server has no agent files to hand out, so it takes these steps:",
        name: "Name (if you like)",
        nameHint: "Left empty, the machine's own host name is taken.",
        make: "Make another line",
        prepare: "Show the line",
        ends: (text: string): string => `This is good for one machine, and ends in ${text}.`,
        waiting: "Waiting for the machine…",
        waitingLong: "Leave this page open, or come back: the machine appears in the list by itself.",
        enrolled: (name: string): string => `${name} is here. Waiting for its first report, which takes a minute or two…`,
        reported: (name: string): string => `${name} has reported.`,
        look: (name: string): string => `Look at ${name}`,
        ended: "This line's time is over.",
        withdraw: "Withdraw the line",
        withdrawn: "The line was withdrawn.",
        forReader: "Only an administrator can add machines.",
        commandLabel: "The line to run",
    },

    machine: {
        gone: "There is no such machine, or it was removed.",
        back: "To all machines",
        stopped: "This machine was removed. Its agent is told to stop; its data is gone.",
        facts: {
            data: "Newest data",
            system: "System",
            agent: "Agent",
            address: "Address",
            processors: "Processors",
            every: "Reports",
        },
        every: (seconds: number): string => `every ${span(seconds * 1000)}`,
        actions: "Actions",
        rename: "Rename",
        tags: "Tags",
        remove: "Remove",
        renameTitle: (name: string): string => `Rename ${name}`,
        newName: "New name",
        nameTaken: "Another machine has that name.",
        tagsTitle: (name: string): string => `Tags of ${name}`,
        tagsLabel: "Tags, with commas between them",
        tagsHint: "Tags are found by the search: web, berlin, customer-7",
        removeTitle: (name: string): string => `Remove ${name}?`,
        removeText:
            "All that is kept of it is deleted: outputs and charts. At its next report the agent is told STOP, and it stops for good: it does not begin again by itself, not after a restart of the machine either.",
        removeAgent: "The agent stays installed there. /opt/trafikito/uninstall.sh on the machine takes it away.",
        removeButton: "Remove the machine",
    },

    charts: {
        title: "Charts",
        titles: chartTitles,
        word: (name: string): string | undefined => valueWords.get(name),
        inBytes: (title: string): string => `${title}, bytes`,
        inUnit: (title: string, unit: string): string => (unit ? `${title}, ${unit}` : title),
        ranges: rangeNames,
        rangeWords,
        range: "Range of time",
        zoomOut: "Back to the whole (Esc)",
        none: "No values in this time.",
        noneYet: "No values yet. The charts begin with the first two reports.",
        left: (count: number): string => `${counted(count, "more line is", "more lines are")} not drawn.`,
        summary: (label: string, newest: string, least: string, most: string): string =>
            `${label}: newest ${newest}, least ${least}, most ${most}`,
        thinned: (step: string): string => `Averages of ${step}; the band is from the least to the most.`,
        hint: "Drag to zoom, click for the outputs of a moment.",
        keys: "Chart. Left and right move the cursor, Enter shows the outputs of that moment, plus and minus zoom.",
        at: (text: string): string => `at ${text}`,
    },

    outputs: {
        title: "Outputs",
        none: "No outputs are kept of this time.",
        noneYet: "There are no outputs yet. They come with the first report.",
        time: "Moment that is shown",
        earlier: "Earlier report ([)",
        later: "Later report (])",
        now: "Now",
        following: (age: string): string => `newest, ${age} old`,
        past: (ago: string): string => `${ago} before now`,
        late: "came late",
        lateTitle: (when: string): string => `The report was made at this time and arrived at ${when}.`,
        colours: "Colours",
        changes: "Changes",
        changed: (count: number, gone: number): string =>
            [
                count > 0 ? `${counted(count, "line", "lines")} changed` : "",
                gone > count ? `${counted(gone - count, "line", "lines")} gone` : "",
            ]
                .filter(Boolean)
                .join(", "),
        same: "unchanged",
        mark: "changed",
        empty: "(no output)",
        truncated: (shown: number, whole: number): string => `The first ${bytes(shown)} of ${bytes(whole)} are shown.`,
        whole: "Download all of it",
        more: (count: number): string => `Show ${counted(count, "more line", "more lines")}`,
        binary: "This output has bytes that are no text; each is shown as �.",
        index: "Commands",
        region: (command: string): string => `Output of ${command}`,
        odd: "A character that is not seen by itself",
    },

    ended: {
        time: (value: number): string => `took ${seconds(value)}`,
        cpu: (value: number): string => `${seconds(value)} CPU`,
        memory: (value: number): string => `${bytes(value)} memory`,
        timedOut: "Ended by the time-out",
        leftovers: (count: number): string => `${counted(count, "process", "processes")} left over`,
        seen: (value: number): string => `printed ${bytes(value)}`,
        older: (text: string): string => `ran ${text} before the report`,
        good: "ended well",
        bad: "did not end well",
    },

    commands: {
        title: "Which commands run here",
        all: "All commands of the machine's list run, also those that are added to it later.",
        some: (wanted: number, listed: number): string =>
            `A chosen list runs: ${wanted} of ${listed}. What is added to the machine's list later does not run by itself.`,
        runAll: "Run all that are listed",
        what: "The lines stand in available_commands.sh on the machine, where only its owner changes them. Here they are switched on and off.",
        delay: (text: string): string => `The agent waits ${text} longer between two reports.`,
        run: (name: string): string => `Run ${name}`,
        notListed: "not in the machine's list",
        never: "never",
        none: "The machine has not told its list yet.",
        problem: "Problem",
    },

    feedback: {
        title: "What the agent complained of",
        none: "Nothing so far.",
        code: (code: string): string => `code ${code}`,
    },

    settings: {
        title: "Settings",
        own: "Your password",
        people: "People",
        peopleText: "Administrators may do everything. Readers see everything, and change nothing but their own password.",
        addPerson: "Add a person",
        personName: "Name",
        role: "Role",
        roles: roleNames,
        linkFor: (name: string): string => `Link for ${name}`,
        linkText: (name: string, text: string): string =>
            `Hand this link to ${name}: whoever opens it sets the password. It works once, for ${text}.`,
        newLink: "New link",
        newLinkFor: (name: string): string => `New link to set a password for ${name}`,
        removePerson: (name: string): string => `Remove ${name}`,
        remove: "Remove",
        reallyPerson: (name: string): string => `${name} is logged out everywhere and cannot log in again.`,
        noPassword: "no password yet",
        seen: (text: string): string => `seen ${text} ago`,
        neverSeen: "never seen",
        you: "you",
        lastAdministrator: "The last administrator cannot be removed.",
        nameTaken: "There is somebody of that name.",
        tokens: "API tokens",
        tokensText: "For programs: they ask /api/v1 with “Authorization: Bearer TOKEN”.",
        makeToken: "Make a token",
        tokenName: "What is it for?",
        valid: "Valid",
        validFor: { forever: "until it is revoked", day: "1 day", month: "30 days", year: "1 year" },
        tokenOnce: (name: string): string => `The token “${name}”. It is shown this one time only: copy it now.`,
        token: "Token",
        revoke: "Revoke",
        revokeToken: (name: string): string => `Revoke ${name}`,
        reallyToken: (name: string): string => `Whatever uses “${name}” gets no more answers.`,
        noTokens: "No tokens.",
        made: (text: string): string => `made ${text} ago`,
        used: (text: string): string => `used ${text} ago`,
        neverUsed: "never used",
        endsIn: (text: string): string => `ends in ${text}`,
        endedAt: "ended",
        about: "About this server",
        version: (version: string): string => `Trafikito server ${version}`,
        description: "Description of /api/v1 (OpenAPI)",
        metrics: "For Prometheus: GET /metrics with an API token",
    },

    help: {
        title: "Keys",
        everywhere: "Everywhere",
        list: "List of machines",
        machine: "A machine",
        keys: {
            help: "this help",
            escape: "close a dialog, leave the search, zoom out",
            machines: "to the list of machines",
            search: "search",
            next: "next machine",
            previous: "previous machine",
            open: "open it",
            earlier: "earlier report",
            later: "later report",
            newest: "the newest report, following what comes",
            ranges: "range: 1 h, 6 h, 24 h, 7 d, all",
            colours: "colours of outputs on or off",
            neighbour: "next and previous machine of the list",
            cursor: "in a chart: move the cursor; Enter shows that moment; + and − zoom",
        },
    },
};
