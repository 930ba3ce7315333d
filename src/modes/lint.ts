import { basename, join } from 'node:path'
import { setOutput } from '@actions/core'
import { mergeConfig } from '../config/merge.ts'
import { pullRequestFiles } from '../git/pull-request-files.ts'
import type { Environment, Inputs } from '../inputs.ts'
import { lintFolder } from '../lint/lint.ts'
import type { LintContext } from '../lint/rule.ts'
import { selectSpecs } from '../plan/select.ts'
import { lintAnnotations, lintFailure, lintLines } from '../report/lint-lines.ts'
import { countsOf, type LintReport } from '../report/lint-report.ts'
import { lintResults, lintResultsFile } from '../report/lint-results.ts'
import { type LineLink, lintSummary } from '../report/lint-summary.ts'
import { ok, type Result } from '../result.ts'
import { writeFileAtomic } from '../shell/files.ts'
import { type GithubContext, readGithubContext } from '../shell/github-context.ts'
import { localDay } from '../shell/local-day.ts'
import { prefixOf } from '../shell/named-file.ts'
import { fail, print } from '../shell/printer.ts'
import { cleaned, collectSecrets, makeCleaner } from '../shell/secrets.ts'
import { readSpecFolder } from '../shell/spec-folder.ts'
import { StepSummary } from '../shell/step-summary.ts'
import { below, type Diagnostic } from '../spec/diagnostic.ts'
import { openLint } from '../work/lint.ts'
import { lintInstructions, lintSettings } from '../work/lint-instructions.ts'
import { readConfiguration } from '../work/load-config.ts'
import type { Place } from '../work/place.ts'

/** A job's outputs together may have 1 MB in UTF-16; the file named by `results-file` is never cut. */
const RESULTS_LIMIT = 400_000

/** `mode: lint`: says what is wrong with the specs. Reads files, starts no agent, needs no token and no history. */
export async function showLint(inputs: Inputs, place: Place, env: Environment): Promise<void> {
  const { clean } = makeCleaner(collectSecrets(env, inputs.token, []))
  const folder = readSpecFolder(place.project)
  if (!folder.ok) return refuse(folder.error, clean)
  const from = { directory: place.project, root: place.workspace }
  const config = readConfiguration(from, inputs.agents, env['HOME'])
  // Settings that cannot be used do not hide what is wrong with the specs: these are looked at with the defaults.
  const { merged, warnings } = config.ok ? config.value : { merged: mergeConfig({}), warnings: config.error }
  const odd = [...warnings, ...lintSettings(merged)]
  const context = openLint(from, folder.value, merged.config.lint, inputs.prompt)
  const chosen = choose(context, inputs)
  if (!chosen.ok) return refuse(chosen.error, clean)
  const instructions = config.ok
    ? await lintInstructions(from, context, chosen.value, merged, inputs.prompt)
    : ok<readonly Diagnostic[]>([])
  if (!instructions.ok) return refuse(instructions.error, clean)
  const settings = [...odd, ...instructions.value.filter(({ file }) => !isSpec(context, file))]

  const github = readGithubContext(env)
  const changed = await pullRequestFiles(github, place.project, env)
  const inWorkspace = (file: string): string => below(prefixOf(from), file)
  const report: LintReport = {
    specs: filesOf(context, chosen.value),
    settings: new Set(settings.map(({ file }) => inWorkspace(file))),
    found: [...odd, ...instructions.value, ...lintFolder(context, chosen.value)].map((found) =>
      cleaned({ ...found, file: inWorkspace(found.file) }, clean),
    ),
    ...(changed ? { changed: new Set([...changed].map(inWorkspace)) } : {}),
  }
  const file = writeFindings(report, env)
  const shown: LintReport = { ...report, ...(file ? { file } : {}) }
  print([...lintLines(shown), ...lintAnnotations(shown)], clean)
  new StepSummary(env, clean).write(lintSummary(shown, linksInto(github)))
  setOutput('results', lintResults(shown, RESULTS_LIMIT))
  if (file) setOutput('results-file', file)
  const { errors } = countsOf(report.found)
  setOutput('conclusion', errors > 0 ? 'failure' : report.specs > 0 ? 'success' : 'neutral')
  const failure = lintFailure(shown)
  if (failure) fail(failure, clean)
}

const isSpec = ({ folder }: LintContext, file: string): boolean => folder.specs.some((spec) => spec.file === file)

/** Names of the specs, broken ones included, that `specs` and `labels` mean: finished ones too. */
function choose({ folder, groups }: LintContext, { specs, labels }: Inputs): Result<ReadonlySet<string>, string> {
  const selected = selectSpecs(folder, groups, { specs, labels, finishedToo: true, today: localDay(new Date()) })
  return selected.ok
    ? ok(new Set(selected.value.keys()))
    : { ok: false, error: `Input \`${selected.error.input}\`: ${selected.error.message}` }
}

/** Two files may have one name: each of them was looked at. */
const filesOf = ({ folder }: LintContext, names: ReadonlySet<string>): number =>
  [...folder.specs.map(({ id }) => id), ...folder.broken.map(({ name }) => name)].filter((name) => names.has(name))
    .length

/** All findings as JSON in the runner's own folder, which goes with the job; undefined where there is none or it is full. */
function writeFindings(report: LintReport, env: Environment): string | undefined {
  const folder = env['RUNNER_TEMP']
  if (!folder) return undefined
  const step = basename(env['GITHUB_ACTION'] ?? '').replace(/[^\w-]/g, '_')
  const path = join(folder, `chant-lint-${step}.json`)
  try {
    writeFileAtomic(path, `${JSON.stringify(lintResultsFile(report), null, 2)}\n`)
    return path
  } catch {
    return undefined
  }
}

function linksInto({ serverUrl, repository, sha }: GithubContext): LineLink {
  return (file, line) =>
    repository && sha
      ? `${serverUrl}/${repository}/blob/${sha}/${file.toWellFormed().split('/').map(encodeURIComponent).join('/')}?plain=1#L${line}`
      : undefined
}

function refuse(message: string, clean: (text: string) => string): void {
  setOutput('conclusion', 'failure')
  fail(message, clean)
}
