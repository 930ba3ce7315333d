import { isAbsolute, join, relative } from 'node:path/posix'
import { compileSchema, type OutputSchema } from '../output/schema.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { quoted } from '../spec/finding.ts'
import type { Spec } from '../spec/spec.ts'
import type { NamedFrom } from './named-file.ts'
import { type NoText, readTextInside } from './text-inside.ts'
import { withinTime } from './time-limit.ts'

/** A schema goes into the prompt as a whole. Bytes. */
const MAX_SCHEMA = 64 * 1024

/** The schemas that specs of a project name, each file read once. */
export class SchemaFiles {
  readonly #from: NamedFrom
  readonly #schemas = new Map<string, Promise<Result<OutputSchema, string>>>()

  constructor(from: NamedFrom) {
    this.#from = from
  }

  /** The schema that a spec's `output_schema` names, undefined where it names none; the error stands on that field. */
  async of(spec: Spec): Promise<Result<OutputSchema | undefined, Diagnostic>> {
    const path = spec.outputSchema
    if (path === undefined) return ok(undefined)
    const read = this.#schemas.get(path) ?? readSchema(this.#from, path)
    this.#schemas.set(path, read)
    const schema = await read
    if (schema.ok) return schema
    return err({
      file: spec.file,
      line: spec.fieldLines['output_schema'] ?? 1,
      column: 1,
      code: 'output-schema',
      severity: 'error',
      message: `"output_schema": ${quoted(path)} ${schema.error}`,
    })
  }
}

async function readSchema({ directory, root }: NamedFrom, path: string): Promise<Result<OutputSchema, string>> {
  const inRoot = isAbsolute(path) ? path : relative(root, join(directory, path))
  const text = readTextInside(root, inRoot, MAX_SCHEMA)
  return text.ok ? await compileSchema(path, text.value, withinTime) : err(WORDS[text.error])
}

const WORDS: Readonly<Record<NoText, string>> = {
  missing: 'does not exist; the path is relative to the directory that holds .chant',
  outside: 'leads out of the repository, or over a link; neither is followed',
  'no-file': 'is no file that can be read',
  'too-large': `is larger than ${MAX_SCHEMA / 1024} KiB`,
  'no-text': 'is no UTF-8 text',
}
