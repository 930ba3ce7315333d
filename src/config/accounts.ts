import { isMap, isSeq } from 'yaml'
import { agents } from '../agent/agents.ts'
import { err, ok, type Result } from '../result.ts'
import type { Diagnostic } from '../spec/diagnostic.ts'
import { type Finding, locate, placesIn, quoted } from '../spec/finding.ts'
import type { AgentAccount } from './config.ts'
import { type ConfigSource, frontMatterSource, yamlSource } from './config-source.ts'
import { CONFIG_KEYS, type KeyTree, keyTree } from './known-keys.ts'
import { modelName } from './model-name.ts'
import { unknownKeys } from './unknown-keys.ts'
import { itemsOf, type Offsets, type Section, sectionOf } from './values.ts'

/** Accounts of one source, with what is odd about them. */
export interface AccountsRead {
  readonly accounts: readonly AgentAccount[]
  /** 1-based place of the list; absent where there is none. */
  readonly place?: { readonly line: number; readonly column: number }
  readonly warnings: readonly Diagnostic[]
}

/** chant's file for accounts, `.chant/agents.md`: `parallel.agents` in its front matter, and nothing else. */
export function readAgentsFile(file: string, text: string): Result<AccountsRead, readonly Diagnostic[]> {
  const source = frontMatterSource(text)
  return source.ok ? read(source.value, FILE_TREE, file, text) : err(locate(source.error, file, text))
}

/** The input `agents`: the same list as YAML, alone, below `agents`, or below `parallel.agents`. */
export function readAgentsInput(file: string, text: string): Result<AccountsRead, readonly Diagnostic[]> {
  const source = yamlSource(text)
  if (!source.ok) return err(locate(source.error, file, text))
  return read(source.value, isSeq(source.value.root) ? LIST_TREE : INPUT_TREE, file, text)
}

const AGENTS = Object.keys(agents)
const KEYS = CONFIG_KEYS.filter((key) => key.startsWith('parallel.agents[]'))
const SHORT_KEYS = KEYS.map((key) => key.replace('parallel.', ''))
const FILE_TREE = keyTree(KEYS)
const INPUT_TREE = keyTree([...KEYS, ...SHORT_KEYS])
const LIST_TREE = keyTree(SHORT_KEYS.map((key) => key.replace('agents', '')))

const ONLY_ACCOUNTS = 'is not read: this file counts for "parallel.agents" alone'

/** @param known where the list may stand */
function read(
  source: ConfigSource,
  known: KeyTree,
  file: string,
  text: string,
): Result<AccountsRead, readonly Diagnostic[]> {
  const [path, words] = known === LIST_TREE ? ['agents'] : ['', known === FILE_TREE ? ONLY_ACCOUNTS : undefined]
  const findings = [...source.findings, ...unknownKeys(source, known, path, words)]
  const offsets: Offsets = new Map()
  const accounts = accountsOf(sectionsIn(source, known, findings, offsets))
  const diagnostics = locate(findings, file, text)
  if (diagnostics.some(({ severity }) => severity === 'error')) return err(diagnostics)
  const offset = offsets.get('parallel.agents') ?? offsets.get('agents')
  return ok({ accounts, ...(offset !== undefined && { place: placesIn(text)(offset) }), warnings: diagnostics })
}

function sectionsIn(source: ConfigSource, known: KeyTree, findings: Finding[], offsets: Offsets): readonly Section[] {
  const { root } = source
  if (known === LIST_TREE && root) {
    offsets.set('agents', source.offsetOf(root))
    return itemsOf(root, 'agents', source, findings)
  }
  if (root && !isMap(root)) {
    const message = 'expected a list of agents, each with `name` and `command`'
    findings.push({ offset: source.offsetOf(root), code: 'wrong-type', severity: 'error', message })
    return []
  }
  const top = sectionOf(root, '', source, findings, offsets)
  const short = known === INPUT_TREE ? top.sections('agents') : undefined
  return short ?? top.section('parallel')?.sections('agents') ?? []
}

/**
 * A list of accounts with chant's defaults. An account that may run nothing is left out, as chant would never give it a
 * spec; two of one name are told apart, for reports and limits go by it.
 */
export function accountsOf(sections: readonly Section[]): readonly AgentAccount[] {
  const taken = new Set<string>()
  return sections.flatMap((section): readonly AgentAccount[] => {
    const written = section.textOrEmpty('name', onOneLine('a name on one line')) ?? 'main'
    const command = section.textOrEmpty('command', onOneLine('a command on one line')) ?? 'claude'
    const maxConcurrent = section.count('max_concurrent') ?? 2
    // As in chant, 0 counts as 1.
    const weight = Math.max(1, section.count('weight') ?? 1)
    if (maxConcurrent === 0) {
      const message = `the agent ${quoted(written)} has "max_concurrent" 0 and is left out`
      section.note('max_concurrent', { code: 'agent-without-capacity', severity: 'warning', message })
      return []
    }
    let name = written
    for (let n = 2; taken.has(name); n++) name = `${written}-${n}`
    taken.add(name)
    if (name !== written) {
      const message = `several agents are named ${quoted(written)}; this one is shown as ${quoted(name)}`
      section.note('name', { code: 'duplicate-agent', severity: 'warning', message })
    }
    const agent = section.oneOf('agent', AGENTS)
    const model = section.text('model', modelName)
    const passEnv = section.texts('pass_env') ?? []
    const own = { ...(agent === undefined ? {} : { agent }), ...(model === undefined ? {} : { model }) }
    return [{ name, command, maxConcurrent, weight, passEnv, ...own }]
  })
}

/** Neither empty nor an argument that an operating system refuses. */
const onOneLine =
  (expected: string) =>
  (text: string): Result<string, string> =>
    text.trim() !== '' && !/[\p{Cc}\u2028\u2029]/u.test(text) ? ok(text) : err(expected)
