import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { constants, homedir, tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { err, ok, type Result } from '../src/result.ts'
import { readActionManifest } from '../test/runner/action-manifest.ts'
import { startAction } from '../test/runner/runner.ts'
import type { StepResult } from '../test/runner/step.ts'
import type { Variables } from '../test/runner/step-environment.ts'
import { terminalLog } from './terminal-log.ts'
import { terminalMarkdown } from './terminal-markdown.ts'

/** `npm run local`: the built action on a repository of this machine, with this person's own environment. */

const USAGE = `Usage: npm run local -- --repo DIR [--input name=value …] [--no-post]

  --repo DIR          a git repository with a .chant folder
  --input name=value  an input of the action, as often as needed: --input agent=command --input 'command=my-agent'
  --no-post           leaves out the post step, as when a runner dies`

const ACTION = join(import.meta.dirname, '..')

interface Request {
  readonly repository: string
  readonly inputs: Readonly<Record<string, string>>
  readonly post: boolean
}

/** What the command line asks for, or what is wrong with it. */
async function readCommandLine(args: string[]): Promise<Result<Request, string>> {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(args)
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
  const { repo, input = [], 'no-post': noPost = false } = parsed.values
  if (!repo) return err('--repo is missing: which repository?')
  // npm runs scripts in its own folder, and says where the person stands.
  const repository = resolve(process.env['INIT_CWD'] ?? '.', repo)
  if (!existsSync(repository) || !statSync(repository).isDirectory()) return err(`${repository} is not a folder`)

  const { inputs: declared } = await readActionManifest(ACTION)
  const inputs: Record<string, string> = {}
  for (const pair of input) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === undefined || value === undefined) return err(`--input ${pair}: expected name=value`)
    if (!(name in declared))
      return err(`--input ${name}: there is no such input; there are ${Object.keys(declared).join(', ')}`)
    inputs[name] = value
  }
  return ok({ repository, inputs, post: !noPost })
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    options: {
      repo: { type: 'string' },
      input: { type: 'string', multiple: true },
      'no-post': { type: 'boolean' },
      help: { type: 'boolean' }, // answered before anything else is looked at
    },
  })

/** A person's own variables. What names a run or a page on GitHub is taken away, because there is none. */
function localEnvironment(): Variables {
  const own = Object.entries(process.env).filter(([name]) => !/^(GITHUB|INPUT|STATE|RUNNER|ACTIONS)_/.test(name))
  return {
    ...Object.fromEntries(own),
    GITHUB_REPOSITORY: undefined,
    GITHUB_REPOSITORY_OWNER: undefined,
    GITHUB_RUN_ID: undefined,
    GITHUB_SERVER_URL: undefined,
  }
}

/** Runs the action and answers the exit code of its main step. */
async function run({ repository, inputs, post }: Request): Promise<number> {
  const color = process.stdout.isTTY && !process.env['NO_COLOR']
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const temp = mkdtempSync(join(tmpdir(), 'chant-local-'))
  const action = await startAction({
    actionDir: ACTION,
    workspace: repository,
    home: process.env['HOME'] ?? homedir(),
    temp,
    // Nothing is made up that a service could be asked with.
    token: '',
    env: localEnvironment(),
    inputs,
    onLine: terminalLog((text) => process.stdout.write(text), color),
  })
  let interrupts = 0
  process.on('SIGINT', () => action.kill(interrupts++ === 0 ? 'SIGINT' : 'SIGTERM'))
  process.on('SIGTERM', () => action.kill('SIGTERM'))

  const main = await action.done
  const summaries = [main.summary, post ? (await action.post()).summary : '']
  print(`\n${terminalMarkdown(summaries.join('\n'), color)}`)

  const logs = main.outputs['logs-dir']
  if (logs) print(`\nsummary  ${join(dirname(logs), 'summary.md')}\nlogs     ${logs}`)
  if (main.outputs['results-file']) print(`results  ${main.outputs['results-file']}`)
  if (!logs || relative(temp, logs).startsWith('..')) rmSync(temp, { recursive: true, force: true })
  return exitCode(main)
}

/** As a shell tells it: 128 and the signal's number where a signal ended the process. */
const exitCode = ({ code, signal }: StepResult): number => code ?? 128 + (signal ? constants.signals[signal] : 0)

const args = process.argv.slice(2)
const request = await readCommandLine(args)
if (args.includes('--help')) {
  process.stdout.write(`${USAGE}\n`)
} else if (request.ok) {
  process.exitCode = await run(request.value)
} else {
  process.stderr.write(`${request.error}\n\n${USAGE}\n`)
  process.exitCode = 2
}
