import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import { messageOf } from '../message.ts'
import { clip, oneLine } from '../report/visible.ts'
import { err, ok, type Result, unreachable } from '../result.ts'
import { exampleFor } from './example.ts'

/** Runs a task that could take for ever; undefined where its time was up. */
export type WithinTime = <T>(milliseconds: number, task: () => T) => { readonly value: T } | undefined

/** A JSON Schema as a prompt shows it. */
export interface ShownSchema {
  /** As the spec names it. */
  readonly path: string
  /** As it stands in its file. */
  readonly text: string
  /** Names of the fields that it requires at the top. */
  readonly required: readonly string[]
  /** JSON that fits the schema, indented, where one could be made. */
  readonly example?: string
}

/** The JSON Schema that a spec's `output_schema` names, ready to check with. */
export interface OutputSchema extends ShownSchema {
  /** The schema as JSON without blanks. */
  readonly compact: string
  /** What is wrong with a value, a line each with the place as a JSON pointer; empty where it fits. */
  readonly check: (value: unknown) => readonly string[]
}

/** Before anything of a run is started, so there is time. Milliseconds. */
const COMPILE_MS = 15_000
/** While agents run and nobody looks at them. Milliseconds. */
const CHECK_MS = 2_000
/** Lines of one check. Nobody mends more at a time. */
const MAX_ERRORS = 20
/** Errors that are looked at to find different ones. */
const LOOKED_AT = 1000
/** Characters of one line. */
const MAX_LINE = 300
/** Characters that an example may take in the prompt. */
const MAX_EXAMPLE = 4096

/**
 * Makes ready a JSON Schema of a project. Nothing is ever fetched: a `$ref` to elsewhere is an error.
 *
 * Formats (`"format": "email"`) are not checked: JSON Schema 2020-12 calls them annotations, and chant does not check them either.
 * A library for them would be ours to carry for one keyword that `pattern` can express.
 *
 * @param path as the spec names it
 * @returns the error is the end of a sentence that begins with the path
 */
export async function compileSchema(
  path: string,
  text: string,
  withinTime: WithinTime,
): Promise<Result<OutputSchema, string>> {
  let schema: unknown
  try {
    schema = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    return err(`is not JSON: ${reason(error)}`)
  }
  if (typeof schema !== 'boolean' && !isObject(schema))
    return err('is no JSON Schema: that is an object, or true or false')
  const { $schema: dialect, $async: _, ...root } = isObject(schema) ? schema : {}
  const compile = await compilerFor(dialect)
  if (!compile) return err(`has a "$schema" that is not known: ${DIALECTS.join(', ')} are`)

  const compiled = withinTime(COMPILE_MS, () => attempt(() => compile(isObject(schema) ? root : schema)))
  if (!compiled) return err('takes too long to be read')
  if (!compiled.value.ok) return err(compiled.value.error)
  const validate = compiled.value.value
  const check = (value: unknown): readonly string[] => {
    const checked = withinTime(CHECK_MS, () => attempt(() => (validate(value) ? [] : (validate.errors ?? []))))
    if (!checked) return ['it takes too long to be checked: a pattern of the schema may be the cause']
    if (!checked.value.ok) return [`it cannot be checked: it ${checked.value.error}`]
    return linesOf(checked.value.value)
  }
  const shown = attempt(() => ({ compact: JSON.stringify(schema), example: prettyExample(schema, check) }))
  if (!shown.ok) return shown
  const { compact, example } = shown.value
  return ok({
    path,
    text: text.trim(),
    required: strings(root['required']),
    ...(example === undefined ? {} : { example }),
    compact,
    check,
  })
}

const DIALECTS = [
  'https://json-schema.org/draft/2020-12/schema',
  'https://json-schema.org/draft/2019-09/schema',
  'http://json-schema.org/draft-07/schema',
] as const

/** Unknown keywords are allowed, as JSON Schema says. One instance for each schema, since its `$id` may be that of another. */
const OPTIONS: Options = { strict: false, allErrors: true, validateFormats: false, logger: false }

/** ajv is loaded only where a spec names a schema: that takes a fifth as long as the whole start of a step. */
async function compilerFor(dialect: unknown): Promise<((schema: object | boolean) => ValidateFunction) | undefined> {
  const known = dialect === undefined ? DIALECTS[0] : DIALECTS.find((uri) => uri === withoutHash(dialect))
  if (known === undefined) return undefined
  const Validator = await validatorFor(known)
  const ajv = new Validator(OPTIONS)
  return (schema) => {
    if (ajv.validateSchema(schema) !== true)
      throw new Error(
        linesOf(ajv.errors ?? [])
          .slice(0, 3)
          .join('; '),
      )
    return ajv.compile(schema)
  }
}

/** By way of `default`: bundled, these CommonJS modules have no other export. */
async function validatorFor(dialect: (typeof DIALECTS)[number]) {
  switch (dialect) {
    case 'https://json-schema.org/draft/2020-12/schema':
      return (await import('ajv/dist/2020.js')).default.Ajv2020
    case 'https://json-schema.org/draft/2019-09/schema':
      return (await import('ajv/dist/2019.js')).default.Ajv2019
    case 'http://json-schema.org/draft-07/schema':
      return (await import('ajv')).default.Ajv
    default:
      return unreachable(dialect)
  }
}

/** `http` and `https`, with and without an empty fragment, mean the same. */
const withoutHash = (uri: unknown): string =>
  typeof uri !== 'string' ? '' : uri.replace(/#$/, '').replace(/^https?:(?=.*draft-07)/, 'http:')

/** ajv throws what is wrong with a schema, and a stack that is used up where data or schema are nested too deeply. */
function attempt<T>(task: () => T): Result<T, string> {
  try {
    return ok(task())
  } catch (error) {
    if (error instanceof RangeError) return err('is nested too deeply')
    const missing = error instanceof Error && 'missingRef' in error ? String(error.missingRef) : undefined
    if (missing === undefined) return err(`is no valid JSON Schema: ${reason(error)}`)
    return err(
      `refers to ${shown(missing)}, which is not in it: nothing is fetched, so put what it means under "$defs" of the same file`,
    )
  }
}

function linesOf(errors: readonly ErrorObject[]): readonly string[] {
  const lines = [...new Set(errors.slice(0, LOOKED_AT).map(lineOf))]
  const rest = lines.length - MAX_ERRORS
  if (rest <= 0) return lines
  return [...lines.slice(0, MAX_ERRORS), errors.length > LOOKED_AT ? 'and many more' : `and ${rest} more`]
}

/** `/findings/0: must be string` */
function lineOf({ instancePath, message = 'does not fit', keyword, params }: ErrorObject): string {
  return clip(oneLine(`${instancePath || 'the root'}: ${message}${detail(keyword, params)}`), MAX_LINE)
}

/** What ajv's own words leave out. */
function detail(keyword: string, params: Readonly<Record<string, unknown>>): string {
  switch (keyword) {
    case 'additionalProperties':
      return ` (${shown(params['additionalProperty'])})`
    case 'unevaluatedProperties':
      return ` (${shown(params['unevaluatedProperty'])})`
    case 'enum':
      return ` (${shown(params['allowedValues'])})`
    case 'const':
      return ` (${shown(params['allowedValue'])})`
    default:
      return ''
  }
}

function prettyExample(schema: unknown, check: OutputSchema['check']): string | undefined {
  const example = exampleFor(schema)
  // One that breaks its own schema would mislead, as where a pattern is asked for.
  if (example === undefined || JSON.stringify(example).length > MAX_EXAMPLE || check(example).length > 0)
    return undefined
  return JSON.stringify(example, null, 2)
}

const reason = (error: unknown): string => clip(oneLine(messageOf(error)), MAX_LINE)
const shown = (value: unknown): string => clip(JSON.stringify(value) ?? 'undefined', 120)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
