// Makes the C++ file that holds the built page: node embed.mjs DIST FILE
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = new Map([
    ['.css', 'text/css; charset=utf-8'],
    ['.html', 'text/html; charset=utf-8'],
    ['.js', 'text/javascript; charset=utf-8'],
    ['.png', 'image/png'],
    ['.svg', 'image/svg+xml'],
]);

function filesBelow(folder) {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const array = (name, bytes) => `constexpr unsigned char ${name}[] = {${bytes.join(',')}};\n`;
const text = (name, bytes) => `{reinterpret_cast<char const*>(${name}), ${bytes.length}}`;

const [dist, output] = process.argv.slice(2);
let arrays = '';
let rows = '';
for (const [index, path] of filesBelow(dist).sort().entries()) {
    const type = types.get(extname(path));
    if (!type) {
        throw new Error(`no content type is known for ${path}`);
    }
    const bytes = readFileSync(path);
    const gzip = gzipSync(bytes, { level: 9 });
    const name = relative(dist, path).replaceAll('\\', '/');
    const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
    const served = name === 'index.html' ? '/' : `/${name}`;
    arrays += array(`plain_${index}`, bytes) + array(`gzip_${index}`, gzip);
    rows += `    {"${served}", "${type}", "\\"${etag}\\"", ${text(`plain_${index}`, bytes)},\n`;
    rows += `     ${text(`gzip_${index}`, gzip)}, ${!name.startsWith('assets/')}},\n`;
}
writeFileSync(
    output,
    `// Made by embed.mjs.
#include "server/page/page.hpp"

namespace trafikito::server::page {

namespace {

${arrays}
file const all[] = {
${rows}};

} // namespace

std::span<file const> files() {
    return all;
}

} // namespace trafikito::server::page
`,
);
