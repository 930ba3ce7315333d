import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Board, fold, type Worker } from '../../src/board/board.ts'
import { readJournal } from '../../src/shell/journal.ts'
import { filesLeft, statesIn } from '../e2e/traces.ts'
import { type Ground, gitIn } from './ground.ts'
import { marked } from './processes.ts'

/** A run of a round, as its state directory has it. */
export interface KeptRun {
  readonly folder: string
  readonly board: Board
}

/** State directories of a round, oldest first. */
export const runsOf = (ground: Ground): readonly KeptRun[] =>
  statesIn(ground.state).flatMap((workspace) =>
    readdirSync(workspace, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(workspace, name))
      .sort()
      .map((folder) => ({ folder, board: fold(readJournal(join(folder, 'journal.ndjson')) ?? []) })),
  )

/** Whatever of ours still lives. */
export const processesLeft = (ground: Ground): readonly string[] =>
  marked(ground.root).map(({ pid, command }) => `process ${pid} lives on: ${command}`)

/** Everything that must be so once all is over, as a list of what is not. */
export function findings(ground: Ground): readonly string[] {
  const runs = runsOf(ground)
  const kept = commitsIn(ground)
  return [
    ...processesLeft(ground),
    ...filesLeft(ground.workspace, ground.state).map((name) => `left behind: ${name}`),
    ...runs.flatMap((run) => runFindings(ground, run, kept)),
    ...lostCommits(ground, kept),
    ...damage(ground),
  ]
}

function runFindings(ground: Ground, { folder, board }: KeptRun, kept: ReadonlySet<string>): readonly string[] {
  const found: string[] = []
  const say = (what: string) => found.push(`${folder.slice(folder.lastIndexOf('/') + 1)}: ${what}`)
  if (board.run && !board.settled) say('the run is not settled')
  for (const worker of board.workers.values())
    if (worker.state.type !== 'done') say(`${worker.planned.specId} has no outcome`)
  for (const name of missingResults(folder, board)) say(`${name} is missing from results.json`)
  for (const tracked of board.processes.values()) {
    const worker = board.workers.get(tracked.specId)
    if (tracked.role !== 'agent' || !worker) continue
    for (const what of logFindings(ground, folder, worker, tracked.token)) say(`${tracked.specId}: ${what}`)
    for (const what of editFindings(ground, worker, tracked.token)) say(`${tracked.specId}: ${what}`)
  }
  for (const { planned, head, branchReturned } of board.workers.values())
    if (branchReturned && head && !kept.has(head)) say(`${planned.specId}: no branch holds ${head}`)
  return found
}

/** Workers that the results do not tell of. A run that another one recovered is told of there, and has no results. */
function missingResults(folder: string, board: Board): readonly string[] {
  if (!board.conclusion) return []
  const path = join(folder, 'report', 'results.json')
  if (!existsSync(path)) return [...board.workers.keys()]
  const results: { readonly workers: readonly { readonly spec_id: string; readonly outcome?: unknown }[] } = JSON.parse(
    readFileSync(path, 'utf8'),
  )
  const told = new Set(results.workers.filter(({ outcome }) => outcome).map(({ spec_id }) => spec_id))
  return [...board.workers.keys()].filter((id) => !told.has(id))
}

/** Both outputs whole and in order, and nothing missing of what the agent has said. */
function logFindings(ground: Ground, folder: string, { planned, state }: Worker, token: string): readonly string[] {
  const id = planned.specId
  const log = join(folder, 'report', 'logs', `${id}.log`)
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []
  if (lines.length > 0 && lines.pop() !== '') return ['the log ends in the middle of a line']
  const said = numberIn(join(ground.root, 'said', token))
  const reached = { line: 0, note: 0 }
  const found: string[] = []
  for (const [index, text] of lines.entries()) {
    const [, word, number] = new RegExp(`^(line|note) (\\d+) of ${id}$`).exec(text) ?? []
    if (word === 'line' || word === 'note') {
      // Notes begin where the loud agent has left the lines.
      if (Number(number) !== reached[word] + 1 && !(word === 'note' && reached.note === 0))
        found.push(`log line ${index + 1}: ${word} ${number} follows ${reached[word]}`)
      reached[word] = Number(number)
    } else if (text !== `the end of ${id}` && !isCutLine(text, id, reached.line + 1, said)) {
      found.push(`log line ${index + 1} is torn: ${JSON.stringify(text)}`)
    }
  }
  if (reached.line < said) found.push(`${said} lines were said, the log has ${reached.line}`)
  if (state.type === 'done' && state.outcome.type === 'completed' && !lines.includes(`the end of ${id}`))
    found.push('it completed, and the log has no end')
  return found.slice(0, 5)
}

/** The loud agent's own buffer, cut by its death, is nobody's fault: only its last line, before it has said anything. */
const isCutLine = (text: string, id: string, number: number, said: number): boolean =>
  said === 0 && `line ${number} of ${id}`.startsWith(text)

/** What was written to the worktree is on the worker's branch, committed or not when it was stopped. */
function editFindings(ground: Ground, { planned, branch }: Worker, token: string): readonly string[] {
  const account = join(ground.root, 'edited', token)
  if (!existsSync(account)) return []
  const edits = readFileSync(account, 'utf8')
  try {
    const file = gitIn(ground.workspace, 'show', `${branch}:work-${planned.specId}.txt`)
    return file.startsWith(edits) ? [] : [`edits are lost: ${JSON.stringify(edits)} became ${JSON.stringify(file)}`]
  } catch (error) {
    return [`edits are lost: ${error instanceof Error ? error.message : String(error)}`]
  }
}

const commitsIn = (ground: Ground): ReadonlySet<string> =>
  new Set(gitIn(ground.workspace, 'rev-list', '--branches').split('\n'))

/** Each commit that an agent made is on some branch of the workspace. */
const lostCommits = (ground: Ground, kept: ReadonlySet<string>): readonly string[] =>
  readFileSync(join(ground.root, 'commits'), 'utf8')
    .split('\n')
    .filter((hash) => hash !== '' && !kept.has(hash))
    .map((hash) => `commit ${hash} is on no branch`)

function damage(ground: Ground): readonly string[] {
  const found: string[] = []
  const status = gitIn(ground.workspace, 'status', '--porcelain')
  if (status !== '') found.push(`the checkout was changed: ${status}`)
  try {
    gitIn(ground.workspace, 'fsck', '--no-dangling', '--no-progress')
  } catch (error) {
    found.push(`git fsck: ${error instanceof Error ? error.message : String(error)}`)
  }
  const branches = gitIn(ground.workspace, 'for-each-ref', '--format=%(refname)', 'refs/heads').split('\n')
  if (!branches.includes('refs/heads/main')) found.push('the branch main is gone')
  return found
}

const numberIn = (path: string): number => (existsSync(path) ? Number(readFileSync(path, 'utf8').trim() || 0) : 0)
