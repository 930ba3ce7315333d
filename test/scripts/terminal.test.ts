import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { terminalLog } from '../../scripts/terminal-log.ts'
import { terminalMarkdown } from '../../scripts/terminal-markdown.ts'

describe('a summary in the terminal', () => {
  test('has headings, aligned tables, quotes and no tags', () => {
    const markdown = `# chant: 1 of 2

| spec | state |
|---|--:|
| **a** &#124; b | ✓ |
| \`c\` | failed |

## Fix &lt;it&gt; <!-- --> [line 3](https://github.com/x)
> last words
<details><summary>log</summary>

\`\`\`\`text
| **raw** &amp; \`\`\`
\`\`\`\`

</details>

\`\`\`mermaid
gantt
\`\`\``
    expect(terminalMarkdown(markdown, false)).toMatchInlineSnapshot(`
      "chant: 1 of 2

        spec    state
        a | b   ✓
        c       failed

      Fix <it>  line 3
        │ last words
      ▾ log

          | **raw** &amp; \`\`\`

        (a diagram: GitHub draws it on the page of the run)"
    `)
  })

  test('has colours only where they are wanted', () => {
    expect(terminalMarkdown('# a', true)).toContain('\u001b[1m')
    expect(terminalMarkdown('**a** `b`', false)).toBe('a b')
  })
})

test('a log in the terminal has words for commands', () => {
  let out = ''
  const show = terminalLog((text) => {
    out += text
  }, false)
  for (const line of ['one', '##[group]G', 'in', '##[endgroup]', '##[error]bad', '##[warning]hm', 'x ##[group]'])
    show(line)
  expect(out).toBe('one\n▸ G\n  in\nError: bad\nWarning: hm\nx ##[group]\n')
})

describe('npm run local', () => {
  const root = join(import.meta.dirname, '..', '..')
  const local = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'scripts', 'local.ts'), ...args], { encoding: 'utf8' })

  test.each([
    [[], '--repo is missing: which repository?'],
    [['--repo', '/nowhere/at/all'], '/nowhere/at/all is not a folder'],
    [['--repo', root, '--input', 'specs'], '--input specs: expected name=value'],
    [['--repo', root, '--input', 'spec=x'], '--input spec: there is no such input; there are mode, specs'],
    [['--repos', root], "Unknown option '--repos'"],
  ])('%j: exit 2 and what is wrong', (args, message) => {
    const { status, stderr } = local(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: npm run local')
  })
})
