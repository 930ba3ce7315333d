import { PLACEHOLDER } from './example.ts'
import { findJson } from './find-json.ts'
import type { OutputSchema } from './schema.ts'

/** What is wrong with the result in an agent's output, a line each; empty where it fits its schema. */
export function judgeOutput(schema: OutputSchema, output: string): readonly string[] {
  const found = findJson(output, [schema.compact, ...exampleOf(schema)])
  return found ? schema.check(found.value) : ['there is no JSON in the output']
}

/**
 * The example that the prompt showed is no answer, and some agents print their prompt. One without a placeholder could be a
 * true answer, such as `{"passed": true}`.
 */
const exampleOf = ({ example }: OutputSchema): readonly string[] =>
  example?.includes(PLACEHOLDER) ? [JSON.stringify(JSON.parse(example))] : []
