import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Results, ResultWorker } from '../../src/report/results.ts'
import type { StepResult } from '../runner/step.ts'
import { ACTION } from './dist-present.ts'

const valid = new Ajv2020({ strictTypes: false }).compile<Results>(
  JSON.parse(readFileSync(join(ACTION, 'docs', 'results.schema.json'), 'utf8')),
)

/** A results.json that has passed its schema; throws where it does not. */
export function readResults(path: string): Results {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (!valid(value)) throw new Error(`${path} does not fit its schema: ${JSON.stringify(valid.errors)}`)
  return value
}

/** The results that a step names in its outputs. */
export function resultsOf(step: StepResult): Results {
  const path = step.outputs['results-file']
  if (!path) throw new Error(`the step has no output results-file; its log:\n${step.lines.join('\n')}`)
  return readResults(path)
}

/** Outcome type by spec id. */
export const outcomesIn = (results: Results): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(results.workers.map((worker) => [worker.spec_id, worker.outcome?.type]))

/** One worker; throws where there is none. */
export function workerIn(results: Results, id: string): ResultWorker {
  const found = results.workers.find((worker) => worker.spec_id === id)
  if (!found) throw new Error(`no worker ${id} in ${JSON.stringify(results.workers.map((worker) => worker.spec_id))}`)
  return found
}
