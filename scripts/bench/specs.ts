import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { makePlan } from '../../src/plan/make-plan.ts'
import { readSpecFolder } from '../../src/shell/spec-folder.ts'

/** Loading and planning specs beside what nobody can do without: reading the same files and parsing their YAML. */
export interface SpecBench {
  /** Loads and plans the specs of the project; answers how many there were. */
  readonly ours: () => number
  /**
   * Reads the same files and has `yaml` parse what stands between their first two fences, with the options that cost it least, and
   * keeps nothing. No byte is checked, no field read, no text looked at.
   */
  readonly baseline: () => number
}

const CHOICE = {
  specs: [],
  labels: [],
  today: '2026-11-02',
  skipDeps: false,
  skipApproval: false,
  branchPrefix: 'chant/',
  agent: 'command',
}

export function specBench(project: string): SpecBench {
  const specs = join(project, '.chant/specs')
  return {
    ours: () => {
      const folder = readSpecFolder(project)
      if (!folder.ok) throw new Error(folder.error)
      const plan = makePlan(folder.value, CHOICE)
      if (!plan.ok) throw new Error(plan.error.message)
      return folder.value.specs.length
    },
    baseline: () => {
      const names = readdirSync(specs)
      for (const name of names) {
        const text = readFileSync(join(specs, name), 'utf8')
        parseDocument(text.slice(4, text.indexOf('\n---\n', 3) + 1), { prettyErrors: false })
      }
      return names.length
    },
  }
}

/**
 * Specs that are like real ones: of those in the corpus every second is completed and has what chant writes then, every second
 * names target files, every fifth depends on others, every tenth is not written as plainly as the rest (src/spec/plain-yaml.ts),
 * and a file has 2.3 KB.
 */
export function generateSpecs(count: number, project: string): void {
  const specs = join(project, '.chant/specs')
  mkdirSync(specs, { recursive: true })
  const idOf = (n: number): string => `2026-11-02-${n.toString(36).padStart(3, '0')}-abc`
  const list = (key: string, items: readonly string[]): string =>
    `${key}:\n${items.map((item) => `- ${item}\n`).join('')}`
  const prose = 'Move what the handler does now into a service of its own, so that the queue can call it as well.\n'
  for (let n = 0; n < count; n++) {
    const done = n % 2 === 1
    const fields = [
      `type: code\nstatus: ${done ? 'completed' : 'pending'}\n`,
      n % 5 === 0 && n > 7 ? list('depends_on', [idOf(n - 1), idOf(n - 7)]) : '',
      n % 10 === 0 ? `labels: [api, part-${n % 9}]\n` : '',
      done ? list('target_files', [`src/part-${n}.ts`, `test/part-${n}.test.ts`]) : '',
      done
        ? `${list('commits', [`a${n.toString(16).padStart(6, '0')}`])}completed_at: 2026-11-03T04:20:27Z\nmodel: sonnet\n`
        : '',
    ]
    const code = '```ts\nexport const limit = 7\n```\n'
    const criteria = '- [ ] It works\n- [ ] It is tested\n- [ ] The documentation says so\n'
    const body = `# Task ${n}\n\n${prose.repeat(8)}\n${code}\n${prose.repeat(12)}\n## Acceptance Criteria\n\n${criteria}`
    writeFileSync(join(specs, `${idOf(n)}.md`), `---\n${fields.join('')}---\n\n${body}`)
  }
}
