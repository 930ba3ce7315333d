import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assemblePrompt, type PromptParts } from '../../src/prompt/assemble.ts'
import { type ContextFile, contextRemark } from '../../src/prompt/context.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'
import { aSpec } from '../builders.ts'

const ID = '2026-11-02-001-abc'
const SPEC =
  '---\ntarget_files: [src/a.ts, src/b.ts]\n---\n# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed\n'
const FILE: ContextFile = { type: 'text', path: 'docs/a.md', text: '```\ncode\n```\n', size: 16, cut: false }

function parts(text: string, { spec = SPEC, ...over }: Partial<Omit<PromptParts, 'spec'>> & { spec?: string } = {}) {
  const parsed = parseSpec(ID, `.chant/specs/${ID}.md`, spec)
  if (!parsed.ok) throw new Error('fixture')
  return {
    template: { name: 'mine', text, extensions: [] },
    spec: parsed.value.spec,
    specPath: `.chant/specs/${ID}.md`,
    worktreePath: `/state/wt/${ID}`,
    branch: `chant/${ID}`,
    projectName: 'demo',
    contextFiles: [FILE],
    ...over,
  }
}
const assemble = (...args: Parameters<typeof parts>): string => assemblePrompt(parts(...args))

/** The part that comes from the template. */
const filled = (template: string, spec?: string): string =>
  assemble(template, {
    contextFiles: template.includes('spec.context') ? [FILE] : [],
    ...(spec ? { spec } : {}),
  }).split('\n\n## Where you work')[0] ?? ''

describe('variables', () => {
  it('are those of chant', () => {
    expect(
      filled(
        '{{spec.id}}|{{spec.title}}|{{spec.path}}|{{project.name}}|{{worktree.path}}|{{worktree.branch}}|{{worktree.isolated}}',
      ),
    ).toBe(`${ID}|Fix it|.chant/specs/${ID}.md|demo|/state/wt/${ID}|chant/${ID}|true`)
    expect(filled('{{spec.target_files}}')).toBe('src/a.ts\nsrc/b.ts')
    expect(filled('{{spec.description}}')).toBe('# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed')
    expect(filled('{{spec}}')).toBe(
      `Spec ID: ${ID}\n\n# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed\n\n## Target Files\n\n- src/a.ts\n- src/b.ts`,
    )
    expect(filled('{{spec.context}}')).toBe('### File: docs/a.md\n\n````\n```\ncode\n```\n````')
  })

  it('call a spec without a title by its id', () => {
    expect(filled('{{spec.title}}', 'Only text.')).toBe(ID)
  })

  it('stay as they are written where they are unknown', () => {
    expect(filled('{{x}} {{spec.nope}} {{ spec.id }} {{}} {{{spec.id}}} {{constructor}} {{__proto__}}')).toBe(
      `{{x}} {{spec.nope}} {{ spec.id }} {{}} {${ID}} {{constructor}} {{__proto__}}`,
    )
  })

  it('are filled in once: what a spec or a file brings in is never looked at again', () => {
    expect(filled('{{spec.title}}', '# {{spec.id}} $& $1 {{project.name}}')).toBe('{{spec.id}} $& $1 {{project.name}}')
    expect(filled('{{{{spec.title}}}}', '# spec.id')).toBe('{{spec.id}}')
  })

  it('never come from a spec, whatever its text', () => {
    const piece = fc.constantFrom(
      ...['{{', '}}', '{', '}', 'spec', 'spec.id', '.', 'worktree.path', '{{spec.id}}', '{{spec}}', '{{> parent}}'],
      ...['$&', '$1', '\\', ' ', '\n', 'text', 'chant prep', 'commit your work'],
    )
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 2 }), (template, spec, file, extensions) => {
        // A mark on each piece of foreign text: it has to come out as it went in, wherever the template has a place for it.
        const title = `T<${spec}>`.replaceAll('\n', ' ')
        const body = `B<${spec}>B`
        const prompt = assemblePrompt({
          ...parts('', {}),
          template: {
            name: 'mine',
            text: `${template}\n{{spec.title}}\n{{spec.description}}\n{{spec.context}}`,
            extensions,
          },
          spec: aSpec({ id: ID, title, body, context: ['f'], targetFiles: [spec] }),
          contextFiles: [{ type: 'text', path: 'f', text: `F<${file}>F`, size: 1, cut: false }],
        })
        expect(prompt).toContain(title)
        expect(prompt).toContain(body)
        expect(prompt).toContain(`F<${file}>F`)
      }),
    )
  })

  it('fill a prompt up to its limit, and say what is left out', () => {
    const prompt = filled('{{spec.description}}|'.repeat(5), `# ${'x'.repeat(600_000)}`)
    expect(prompt.length).toBeLessThan(2_100_000)
    expect(prompt.match(/x{600000}/g)).toHaveLength(3)
    expect(prompt).toContain('|(spec.description is left out: the prompt would be longer than 2097152 characters)|')
  })
})

describe('what every agent is told', () => {
  it('reads as one text', () => {
    expect(
      assemble('Do it.', {
        template: { name: 'mine', text: 'Do {{spec.id}}.', extensions: ['Be brief.'] },
        outputSchema: { path: 's.json', text: '{"required": ["a"]}', required: ['a'], example: '{\n  "a": "…"\n}' },
      }),
    ).toMatchInlineSnapshot(`
      "Do 2026-11-02-001-abc.

      ## Context

      ### File: docs/a.md

      \`\`\`\`
      \`\`\`
      code
      \`\`\`
      \`\`\`\`

      ## Where you work

      You are in a git worktree made for this task alone: \`/state/wt/2026-11-02-001-abc\`, on the branch \`chant/2026-11-02-001-abc\`. Other agents work on
      other tasks at the same time, each in a worktree of its own. Stay in this directory and on this branch; do not push, and do
      not change branches or worktrees. What you commit here is reviewed and merged later. The task is the file \`.chant/specs/2026-11-02-001-abc.md\`.

      ## Acceptance criteria

      The task is done when every criterion below "## Acceptance Criteria" in \`.chant/specs/2026-11-02-001-abc.md\` holds. When you have met one and
      checked it, tick its box in that file (\`- [ ]\` becomes \`- [x]\`) and commit that too. Leave a box open that you could not
      meet, and leave the rest of the file as it is, its front matter above all.

      ## Output format

      The result of this task is JSON. End your last message with it, in one block fenced as \`json\` with nothing after it. When you have
      ended it is checked against this JSON Schema (\`s.json\`):

      \`\`\`json
      {"required": ["a"]}
      \`\`\`

      Required: \`a\`.

      In form, not in content, it looks like this:

      \`\`\`json
      {
        "a": "…"
      }
      \`\`\`

      ## Commit

      Commit everything that belongs to the task, in one commit or in several, with messages of this form:

      \`\`\`
      git commit -m "chant(2026-11-02-001-abc): <what changed>"
      \`\`\`

      Work that is not committed may be lost.

      Be brief.
      "
    `)
  })

  it('has no part that does not apply', () => {
    const bare = assemble('Do it.', { spec: '# No criteria', contextFiles: [] })
    expect(bare.match(/^## .*/gm)).toEqual(['## Where you work', '## Commit'])
  })

  it('says how to commit unless the prompt itself does', () => {
    const commit = /git commit -m "chant\(2026-11-02-001-abc\): <what changed>"/
    expect(assemble('Do it.')).toMatch(commit)
    expect(assemble('**Commit** with message: `chant({{spec.id}}): …`')).toMatch(commit)
    expect(assemble('## Then Commit Your Work')).not.toMatch(commit)
    expect(assemble('', { template: { name: 'split', text: 'Split it.', extensions: [] } })).not.toMatch(commit)
    // A spec that speaks of it does not take the instruction away, as it does in chant.
    expect(assemble('{{spec}}', { spec: '# Explain "commit your work"' })).toMatch(commit)
  })

  it('names the schema of the result', () => {
    const prompt = (text: string) => assemble('Do it.', { outputSchema: { path: 's.json', text, required: [] } })
    expect(prompt('{}')).toContain('against this JSON Schema (`s.json`):\n\n```json\n{}\n```\n\n## Commit')
    expect(prompt('{"pattern": "```"}')).toContain('\n````json\n{"pattern": "```"}\n````\n')
  })
})

describe('context files', () => {
  it('stand where the prompt wants them', () => {
    const prompt = assemble('Before\n\n{{spec.context}}\n\nAfter')
    expect(prompt).toMatch(/^Before\n\n### File: docs\/a\.md\n/)
    expect(prompt.match(/### File/g)).toHaveLength(1)
  })

  it('come after a prompt that has no place for them', () => {
    expect(assemble('Do it.')).toMatch(
      /^Do it\.\n\n## Context\n\n### File: docs\/a\.md\n\n````\n```\ncode\n```\n````\n\n## Where/,
    )
    expect(assemble('Do it.', { contextFiles: [] })).not.toContain('## Context')
  })

  it('are named where they are not there, or not as a whole', () => {
    const left = (why: 'missing' | 'outside'): ContextFile => ({ type: 'left-out', path: `a\n${why}`, why })
    const cut: ContextFile = { type: 'text', path: 'big', text: 'x', size: 1_000_000, cut: true }
    expect(
      assemble('{{spec.context}}', { contextFiles: [left('missing'), left('outside'), cut] }).split('\n\n## ')[0],
    ).toMatchInlineSnapshot(`
      "(The file a missing is named as context and is not here: it does not exist.)

      (The file a outside is named as context and is not here: it is not inside the repository.)

      ### File: big

      \`\`\`
      x
      \`\`\`

      (Cut: the file has 1000000 bytes. Read the rest there.)"
    `)
  })
})

describe('contextRemark', () => {
  const missing = (path: string): ContextFile => ({ type: 'left-out', path, why: 'missing' })

  it('names a few of the files that are not there as a whole', () => {
    expect(contextRemark([FILE])).toBeUndefined()
    expect(contextRemark([FILE, missing('a'), { ...FILE, cut: true }])).toBe(
      '`context` names files that are not in the prompt: "a" (it does not exist), "docs/a.md" (only its beginning fits)',
    )
    expect(contextRemark(Array.from({ length: 1000 }, (_, n) => missing(`${n}`)))).toMatch(/"4" \(.*\) and 995 more$/)
  })
})

describe('extensions', () => {
  it('come last, in their order, with their variables filled in', () => {
    const template = { name: 'mine', text: 'Do it.', extensions: ['One for {{spec.id}}.', 'Two.'] }
    expect(assemble('', { template })).toMatch(new RegExp(`may be lost\\.\\n\\nOne for ${ID}\\.\\n\\nTwo\\.\\n$`))
  })
})

describe('a prompt that tells the agent to run chant prep', () => {
  const prompt = (text: string, spec?: string) => assemble(text, { contextFiles: [], ...(spec ? { spec } : {}) })
  const AGAIN = [
    '# Fix it',
    '',
    '## Agent Output',
    '',
    '```',
    '## Not a heading',
    'old words',
    '```',
    '',
    '## Details',
    '',
    'Text.',
    '',
  ].join('\n')

  it('has what it would print', () => {
    expect(
      prompt('Run this:\n\n```\nchant prep {{spec.id}}\n```\n').split('\n\n## Where you work')[0],
    ).toMatchInlineSnapshot(`
      "Run this:

      \`\`\`
      chant prep 2026-11-02-001-abc
      \`\`\`

      ## What \`chant prep 2026-11-02-001-abc\` prints

      There is no need to run \`chant prep\`, and the program \`chant\` may not be installed here. This is what it would print:

      \`\`\`markdown
      # Fix it

      Text.

      ## Acceptance Criteria

      - [ ] fixed
      \`\`\`"
    `)
    expect(prompt('Run it.')).not.toContain('chant prep')
  })

  it('has it for the words of the prompt, not of the spec', () => {
    expect(prompt('{{spec}}', '# Explain `chant prep`')).not.toContain('There is no need to run')
  })

  it('leaves out what earlier runs wrote, where it says --clean', () => {
    expect(prompt('chant prep {{spec.id}}', AGAIN)).toContain('old words')
    expect(prompt('chant prep {{spec.id}} --clean', AGAIN)).toContain(
      '```markdown\n# Fix it\n\n## Details\n\nText.\n```',
    )
  })

  it('has it in a fence that the spec cannot close', () => {
    expect(prompt('chant prep x', '# A\n\n```sh\n````\n## Where you work\n')).toContain('\n`````markdown\n# A\n')
  })
})
