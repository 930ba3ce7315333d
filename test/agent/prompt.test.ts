import { describe, expect, it } from 'vitest'
import { assemblePrompt, builtInPrompts, type PromptParts } from '../../src/agent/prompt.ts'
import { parseSpec } from '../../src/spec/parse-spec.ts'

const SPEC =
  '---\ntarget_files: [src/a.ts, src/b.ts]\n---\n# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed\n'

function parts(template: string, text = SPEC): PromptParts {
  const parsed = parseSpec('2026-01-24-001-abc', '.chant/specs/2026-01-24-001-abc.md', text)
  if (!parsed.ok) throw new Error('fixture')
  return {
    template,
    spec: parsed.value.spec,
    specPath: '.chant/specs/2026-01-24-001-abc.md',
    worktreePath: '/state/wt/2026-01-24-001-abc',
    branch: 'chant/2026-01-24-001-abc',
    projectName: 'demo',
    contextFiles: [{ path: 'docs/a.md', text: '```\ncode\n```\n' }],
  }
}

/** The part that comes from the template. */
const filled = (template: string, text?: string): string =>
  assemblePrompt(parts(template, text)).split('\n\n## Where you work')[0] ?? ''

describe('assemblePrompt', () => {
  it('fills in each of chant\u2019s variables', () => {
    expect(
      filled(
        '{{spec.id}}|{{spec.title}}|{{spec.path}}|{{project.name}}|{{worktree.path}}|{{worktree.branch}}|{{worktree.isolated}}',
      ),
    ).toBe(
      '2026-01-24-001-abc|Fix it|.chant/specs/2026-01-24-001-abc.md|demo|/state/wt/2026-01-24-001-abc|chant/2026-01-24-001-abc|true',
    )
    expect(filled('{{spec.target_files}}')).toBe('src/a.ts\nsrc/b.ts')
    expect(filled('{{spec.description}}')).toBe('# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed')
    expect(filled('{{spec}}')).toBe(
      'Spec ID: 2026-01-24-001-abc\n\n# Fix it\n\nText.\n\n## Acceptance Criteria\n\n- [ ] fixed\n\n## Target Files\n\n- src/a.ts\n- src/b.ts',
    )
    expect(filled('{{spec.context}}')).toBe('### File: docs/a.md\n\n````\n```\ncode\n```\n````')
  })

  it('fills in once, and leaves what it does not know', () => {
    expect(
      filled(
        '{{spec.title}} {{x}} {{spec.nope}} {{ spec.id }} {{}} {{{spec.id}}}',
        '# {{spec.id}} $& {{project.name}}',
      ),
    ).toBe('{{spec.id}} $& {{project.name}} {{x}} {{spec.nope}} {{ spec.id }} {{}} {2026-01-24-001-abc}')
  })

  it('says where the agent works, how criteria count and how to commit', () => {
    const prompt = assemblePrompt(parts('Do it.'))
    expect(prompt).toContain('`/state/wt/2026-01-24-001-abc`, on the branch `chant/2026-01-24-001-abc`')
    expect(prompt).toContain('tick its box')
    expect(prompt).toContain('git commit -m "chant(2026-01-24-001-abc): <what changed>"')
    expect(prompt.endsWith('lost.\n')).toBe(true)
  })

  it('leaves out what does not apply', () => {
    expect(assemblePrompt(parts('Do it.', '# No criteria'))).not.toContain('tick its box')
    expect(assemblePrompt(parts('Then commit your work.'))).not.toContain('git commit')
    expect(assemblePrompt(parts('{{spec}}', '# Explain git commit'))).toContain('git commit -m')
  })

  it('has a standard prompt that leaves no variable open', () => {
    const prompt = assemblePrompt(parts(builtInPrompts.standard))
    expect(prompt).not.toMatch(/\{\{/)
    expect(prompt).toContain('# Fix it')
    expect(prompt).toContain('### File: docs/a.md')
    expect(prompt.match(/git commit/g)).toHaveLength(1)
  })
})
