import { expect, test } from 'vitest'
import { withTables } from '../../scripts/readme-tables.mjs'

const ACTION = `
inputs:
  mode:
    description: '\`run\` or \`plan\`, a | b.'
    default: run
  specs:
    description: |
      Two
      lines.
    default: ''
outputs:
  total:
    description: A number.
`

test('tables replace what stands between their markers, and nothing else', () => {
  const readme = `# Title\n<!-- inputs:start -->\nold\n<!-- inputs:end -->\nbetween\n<!-- outputs:start -->\n<!-- outputs:end -->\nend\n`
  const written = withTables(readme, ACTION)
  expect(written).toMatchInlineSnapshot(`
    "# Title
    <!-- inputs:start -->
    | input | what it does | default |
    | --- | --- | --- |
    | \`mode\` | \`run\` or \`plan\`, a \\| b. | \`run\` |
    | \`specs\` | Two lines. |  |
    <!-- inputs:end -->
    between
    <!-- outputs:start -->
    | output | what it says |
    | --- | --- |
    | \`total\` | A number. |
    <!-- outputs:end -->
    end
    "
  `)
  expect(withTables(written, ACTION)).toBe(written)
})

test('a README without a place for a table is an error that names the marker', () => {
  expect(() => withTables('<!-- inputs:end --><!-- inputs:start -->', ACTION)).toThrow('<!-- inputs:start -->')
})
