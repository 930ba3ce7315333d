import { info, setOutput } from '@actions/core'
import { type Environment, readInputs } from './inputs.ts'
import { cleanUp } from './modes/clean.ts'
import { showLint } from './modes/lint.ts'
import { showList } from './modes/list.ts'
import { showPlan } from './modes/plan.ts'
import { workSpecs } from './modes/work.ts'
import { untrusted } from './shell/github-context.ts'
import { fail } from './shell/printer.ts'
import { cleanerOf } from './shell/secrets.ts'
import type { Refusal } from './work/load-config.ts'
import { openRun } from './work/open-run.ts'
import { locate } from './work/place.ts'
import { survey } from './work/survey.ts'

/** inputs → specs → plan → work → journal → reports. */
export async function run(env: Environment): Promise<void> {
  const { clean } = cleanerOf(env)
  const inputs = readInputs()
  if (!inputs.ok) return refuse(inputs.error.message, clean)
  const { mode } = inputs.value

  const place = locate(inputs.value.workingDirectory, env)
  if (!place.ok) return refuse(place.error, clean)
  if (mode === 'lint') return await showLint(inputs.value, place.value, env)
  if (mode === 'list') return await showList(inputs.value, place.value, env)
  if (mode === 'clean') return await cleanUp(inputs.value, place.value, env)

  const ground = await survey(inputs.value, place.value, env)
  if (!ground.ok) return refuse(ground.error, clean)
  const distrust = mode === 'run' ? untrusted(ground.value.github) : undefined
  if (distrust) return standAside(distrust)

  const opened = await openRun(inputs.value, ground.value, env)
  if (!opened.ok) return refuse(opened.error, ground.value.cleaner.clean)
  using open = opened.value
  if (mode === 'plan') return await showPlan(inputs.value, ground.value, open, env)
  return await workSpecs(inputs.value, ground.value, open, env)
}

/** Nothing was started: one clear error. */
function refuse(refusal: string | Refusal, clean: (text: string) => string): void {
  setOutput('conclusion', 'failure')
  const { message, place } = typeof refusal === 'string' ? { message: refusal } : refusal
  fail(message, clean, place)
}

/** Not an error of anybody: the step stays green and says why it did nothing. */
function standAside(reason: string): void {
  setOutput('conclusion', 'neutral')
  info(`${reason} chant-action runs no agents here: they would work from text that nobody with write access has seen.`)
}
