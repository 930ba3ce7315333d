import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'

/** What GitHub's own description says of one request. */
export interface Operation {
  /** `POST /repos/{owner}/{repo}/check-runs` */
  readonly route: string
  /** Status of the answer when all is well. */
  readonly status: number
  readonly queries: ReadonlySet<string>
  /** What is wrong with a request's body; empty when nothing is. */
  readonly wrongBody: (body: unknown) => readonly string[]
  /** What is wrong with an answer of ours. */
  readonly wrongAnswer: (body: unknown) => readonly string[]
  readonly pattern: RegExp
}

/** A request that GitHub's description knows. */
export interface Matched {
  readonly operation: Operation
  /** From the path, decoded. */
  readonly params: Readonly<Record<string, string>>
}

interface Described {
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
}

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uri: (text: string) => URL.canParse(text),
  int64: { type: 'number' as const, validate: Number.isSafeInteger },
}

/** A slice of GitHub's OpenAPI description; `scripts/openapi-slice.mjs` makes it. */
const description: { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'openapi.json'), 'utf8'),
)

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  formats: FORMATS,
  // A format that is not among ours would be ignored with a word.
  logger: { log: complain, warn: complain, error: complain },
})
ajv.addSchema(description, 'github')

function complain(...words: unknown[]): never {
  throw new Error(words.join(' '))
}

const operations: readonly Operation[] = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => operationOf(path, method, described)),
)

export function findOperation(method: string, path: string): Matched | undefined {
  for (const operation of operations) {
    const found = operation.route.startsWith(`${method} `) ? operation.pattern.exec(path) : undefined
    if (!found) continue
    const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])
    return { operation, params: Object.fromEntries(params) }
  }
  return undefined
}

function operationOf(path: string, method: string, { parameters, requestBody, responses }: Described): Operation {
  const [status = '200'] = Object.keys(responses)
  const at = `github#/paths/${pointer(path)}/${method}`
  return {
    route: `${method.toUpperCase()} ${path}`,
    status: Number(status),
    queries: new Set(parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name)),
    wrongBody: requestBody === undefined ? () => [] : checker(`${at}/requestBody/content/application~1json/schema`),
    wrongAnswer: checker(`${at}/responses/${status}/content/application~1json/schema`),
    pattern: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }
}

/** A path as one step of a JSON pointer in a URI. */
function pointer(path: string): string {
  return encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Compiled when it is needed first. */
function checker(schema: string): (value: unknown) => readonly string[] {
  let compiled: ValidateFunction | undefined
  return (value) => {
    compiled ??= ajv.compile({ $ref: schema })
    return compiled(value) ? [] : (compiled.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
  }
}
