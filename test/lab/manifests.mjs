// Whether Kubernetes knows every key of our manifests, and every value is of its type.
//
//     node manifests.mjs NODE_MODULES FILE...
//
// NODE_MODULES has kubernetes-models (schemas, which let unknown keys pass), @kubernetes/client-node (the names of all
// keys) and js-yaml.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = resolve(process.argv[2])
const require = createRequire(modules + '/')
const yaml = require('js-yaml')
const types = await import(pathToFileURL(`${modules}/@kubernetes/client-node/dist/gen/models/all.js`))
const problems = []

function check_keys(value, type, path) {
    const list = /^(?:Array|Set)<(.*)>$/.exec(type)
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
    if (list) {
        value.forEach((one, index) => check_keys(one, list[1], `${path}/${index}`))
    } else if (map) {
        Object.entries(value).forEach(([key, one]) => check_keys(one, map[1], `${path}/${key}`))
    } else if (types[type]?.attributeTypeMap) {
        const known = new Map(types[type].attributeTypeMap.map(one => [one.baseName, one.type]))
        for (const [key, one] of Object.entries(value)) {
            if (known.has(key)) check_keys(one, known.get(key), `${path}/${key}`)
            else problems.push(`${path}: ${type} has no ${key}`)
        }
    }
}

let count = 0
for (const file of process.argv.slice(3)) {
    for (const object of yaml.loadAll(readFileSync(file, 'utf8'))) {
        const path = `${file}: ${object.kind}`
        check_keys(object, 'V1' + object.kind, path)
        const model = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind]
        try {
            new model(object).validate()
        } catch (error) {
            problems.push(`${path}: ${error.message}`)
        }
        ++count
    }
}
problems.forEach(one => console.error(one))
console.log(`${count} objects, ${problems.length} problems`)
process.exit(problems.length || !count ? 1 : 0)
