import { describe, expect, it } from 'vitest'
import { type PlannedPrompt, promptsSection } from '../../src/report/planned-prompts.ts'
import { HOSTILE, markup, withoutFences } from './markdown-shape.ts'

const prompt = (over: Partial<PlannedPrompt> = {}): PlannedPrompt => ({
  specId: '2026-11-02-001-abc',
  title: 'Fix it',
  prompt: 'standard',
  text: '# Fix it\n\n```sh\nmake\n```\n',
  ...over,
})

describe('promptsSection', () => {
  it('folds each prompt', () => {
    expect(promptsSection([prompt()], 1, 10_000)).toMatchInlineSnapshot(`
      "## Prompts

      What each agent would get on its standard input; the path of its worktree is known only when it is made.

      <details><summary>2026-11-02-001-abc Fix it (prompt standard)</summary>

      \`\`\`\`
      # Fix it

      \`\`\`sh
      make
      \`\`\`
      \`\`\`\`

      </details>
      "
    `)
    expect(promptsSection([], 0, 10_000)).toBe('')
  })

  it('shows as many as fit, makes no others, and says how many are left out', () => {
    let made = 0
    function* endless() {
      for (;;) {
        made += 1
        yield prompt({ text: 'x\n'.repeat(400) })
      }
    }
    const section = promptsSection(endless(), 500, 10_000)
    expect(section.match(/<details>/g)).toHaveLength(10)
    expect(made).toBe(11)
    expect(section.length).toBeLessThan(10_000)
    expect(section).toContain('490 prompts more left out: a summary has no room for them.')
    expect(promptsSection([prompt()], 1, -5)).toContain('1 prompt more left out')
  })

  it('shows the beginning of a long one', () => {
    const section = promptsSection([prompt({ text: 'line\n'.repeat(1500) })], 1, 100_000)
    expect(section).toContain('line\n```\n\n500 lines more.\n\n</details>')
  })

  it('is inert, whatever the prompt holds', () => {
    const section = promptsSection(
      [prompt({ specId: HOSTILE, title: HOSTILE, prompt: HOSTILE, text: HOSTILE })],
      1,
      100_000,
    )
    expect(markup(withoutFences(section).replace(/<\/?(details|summary)>/g, ''))).toBeNull()
  })
})
