// Remakes `test/github-server/openapi.json`: GitHub's own description of the few requests that the action makes, without its texts.
//
// The description is 13 MB in an npm package of 400 MB, so it is no dependency: `npm pack @octokit/openapi`, unpack it somewhere, then
// `node scripts/openapi-slice.mjs <folder>/package/generated/api.github.com.json`.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const REPOSITORY = '/repos/{owner}/{repo}'

/** Everything that the action or a test asks of GitHub. @type {Record<string, string[]>} */
const KEPT = {
  [`${REPOSITORY}/check-runs`]: ['post'],
  [`${REPOSITORY}/check-runs/{check_run_id}`]: ['get', 'patch'],
  [`${REPOSITORY}/check-runs/{check_run_id}/annotations`]: ['get'],
  [`${REPOSITORY}/commits/{ref}/check-runs`]: ['get'],
  [`${REPOSITORY}/issues/{issue_number}/comments`]: ['get', 'post'],
  [`${REPOSITORY}/issues/comments/{comment_id}`]: ['get', 'patch'],
}

/** Words for people; nothing is validated by them. */
const TEXTS = new Set(['description', 'summary', 'example', 'examples', 'title', 'externalDocs', 'deprecated', 'tags'])

/** @typedef {null | boolean | number | string | Json[] | { [key: string]: Json }} Json */
/** @typedef {{ [key: string]: Json }} Dict */

const [source] = process.argv.slice(2)
if (source === undefined) {
  console.error('usage: node scripts/openapi-slice.mjs <api.github.com.json of the npm package @octokit/openapi>')
  process.exit(2)
}
/** @type {Dict} */
const whole = JSON.parse(readFileSync(source, 'utf8'))
const out = path.join(import.meta.dirname, '..', 'test', 'github-server', 'openapi.json')

/** @type {Dict} */
const components = {}
const paths = Object.fromEntries(Object.entries(KEPT).map(([route, methods]) => [route, operations(route, methods)]))
const info = dict(whole['info'])
const slice = {
  openapi: whole['openapi'] ?? null,
  info: { title: info['title'], version: info['version'] },
  paths,
  components,
}
writeFileSync(out, `${JSON.stringify(slice)}\n`)
execFileSync(process.execPath, [biome(), 'format', '--write', out], { stdio: 'inherit' })

/** @param {string} route @param {string[]} methods */
function operations(route, methods) {
  const described = dict(dict(whole['paths'])[route])
  return Object.fromEntries(methods.map((method) => [method, operation(dict(described[method]))]))
}

/** What is sent, and what comes back when all is well. @param {Dict} described @returns {Dict} */
function operation({ operationId = null, parameters = [], requestBody, responses }) {
  const good = Object.entries(dict(responses)).filter(([status]) => status.startsWith('2'))
  return {
    operationId,
    parameters: /** @type {Json[]} */ (parameters).map((parameter) => kept(resolved(parameter))),
    ...(requestBody === undefined ? {} : { requestBody: kept(resolved(requestBody)) }),
    responses: Object.fromEntries(
      good.map(([status, response]) => [status, { content: kept(resolved(response)['content'] ?? {}) }]),
    ),
  }
}

/** The same without texts and vendor fields; schemas that it refers to are kept, too. `named`: the keys are names, not words of the format. @param {Json} node @returns {Json} */
function kept(node, named = false) {
  if (Array.isArray(node)) return node.map((item) => kept(item))
  if (typeof node !== 'object' || node === null) return node
  if (typeof node['$ref'] === 'string') keep(node['$ref'])
  const entries = Object.entries(node)
    .filter(([key]) => named || !(TEXTS.has(key) || key.startsWith('x-')))
    .map(([key, value]) => [key, key === 'enum' ? value : kept(value, !named && key === 'properties')])
  const result = Object.fromEntries(entries)
  // A value that may be null must be in its enumeration, too: the description leaves it out.
  if (result.nullable === true && Array.isArray(result.enum) && !result.enum.includes(null)) result.enum.push(null)
  return result
}

/** @param {string} reference `#/components/schemas/name` */
function keep(reference) {
  const [, , group = '', name = ''] = reference.split('/')
  const known = dict(components[group] ?? {})
  components[group] = known
  if (name in known) return
  // Named before it is walked: schemas refer to each other in circles.
  known[name] = {}
  known[name] = kept(resolved({ $ref: reference }))
}

/** @param {Json | undefined} node @returns {Dict} */
function resolved(node) {
  const found = dict(node)
  if (typeof found['$ref'] !== 'string') return found
  return resolved(
    found['$ref']
      .slice(2)
      .split('/')
      .reduce((/** @type {Dict} */ from, key) => dict(from[key]), whole),
  )
}

/** @param {Json | undefined} value @returns {Dict} */
function dict(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`no object: ${JSON.stringify(value)}`)
  return value
}

function biome() {
  return path.join(import.meta.dirname, '..', 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
}
