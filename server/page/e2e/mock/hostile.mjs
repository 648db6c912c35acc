// What a machine sends that wants to script the page, to hide, or to bring the browser to its knees.

export const payload = `<img src=x onerror="window.pwned=1">`;
export const name = `web<script>window.pwned=1</script>`;

const e = "\u001b";

export const outputs = [
    [
        "trafikito_html",
        `${payload}\n<script>window.pwned=1</script>\n<svg onload=window.pwned=1>\n"><iframe src=javascript:window.pwned=1>\n`,
    ],
    [
        "trafikito_colours",
        [
            `${e}[31mred${e}[0m ${e}[1;32mbold green${e}[0m ${e}[4;34munderlined blue${e}[0m ${e}[7minverse${e}[0m ${e}[2mfaint${e}[0m`,
            `${e}[38;5;208mof 256${e}[0m ${e}[38;2;10;200;130mtrue colour${e}[0m ${e}[48;5;19;38;5;226myellow on blue${e}[0m ${e}[38:2::255:0:127mcolons${e}[m`,
            `${e}[30;40mblack on black must be readable${e}[0m ${e}[8mconcealed must be seen${e}[0m`,
            `${e}[38;2;999999;-1;url(javascript:window.pwned=1)mnonsense${e}[0m`,
        ].join("\n") + "\n",
    ],
    [
        "trafikito_escapes",
        [
            `title: ${e}]0;pwned\u0007 link: ${e}]8;;javascript:window.pwned=1${e}\\click${e}]8;;${e}\\ clipboard: ${e}]52;c;cm0gLXJmIC8=\u0007`,
            `${e}[2J${e}[Hscreen cleared? ${e}P+q544e${e}\\ answer back ${e}[6n${e}[c`,
            `never ending ${e}]0;to the end of the line`,
            `over\rwritten, back\b\b\b\bspaced, bell \u0007, nul \u0000, C1 \u009b31m`,
        ].join("\n") + "\n",
    ],
    [
        "trafikito_directions",
        "invoice\u202egnp.exe\naccess\u2066 if admin\u2069 \u2067denied\u2069\nno\u200bthing and\u00adhyphen and \ufeffmark and \u061carabic mark\n",
    ],
    ["trafikito_long_line", "x".repeat(60_000) + "\n"],
    ["trafikito_many_lines", "y\n".repeat(30_000)],
    [
        "trafikito_many_colours",
        Array.from({ length: 9000 }, (_, index) => `${e}[${31 + (index % 7)}m.`).join("") + "\n",
    ],
    ["trafikito_controls", "\u0001a\u0002b".repeat(8000) + "\n"],
    ["trafikito_binary", "\u007fELF\u0002\u0001\u0001\ufffd\ufffd\u0000\u0000\ufffd\n"],
    ["trafikito_zalgo", "Z" + "\u0300\u0301\u0302\u0303\u0304\u0305".repeat(60) + "algo\n"],
    ["trafikito___proto__", "constructor\n"],
];

/** Names of values, instances and units are hostile as well. */
export const series = [
    {
        command: "trafikito_html",
        name: payload,
        instance: "</style><script>window.pwned=1</script>",
        unit: "<b>",
        chart: "",
    },
    { command: "__proto__", name: "constructor", instance: "__proto__", unit: "url(javascript:1)", chart: "" },
    { command: "trafikito_x", name: "\u202eevil", instance: "", unit: "", chart: "<script>" },
];
