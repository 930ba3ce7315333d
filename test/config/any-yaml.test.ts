import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readAgentsFile, readAgentsInput } from '../../src/config/accounts.ts'
import { CONFIG_KEYS } from '../../src/config/known-keys.ts'
import { mergeConfig } from '../../src/config/merge.ts'
import { readConfig } from '../../src/config/read-config.ts'
import { runs } from '../random-cases.ts'

const scalar = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant('opus'))
const name = fc.oneof(
  fc.constantFrom(...new Set(CONFIG_KEYS.flatMap((key) => key.replaceAll('[]', '').split('.')))),
  fc.constantFrom('agents', 'defaults', 'parallel', '__proto__', 'constructor', '<<'),
  fc.string(),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(name, tie('tree'), { maxKeys: 6 }),
  ),
}))

/** What these are made of: settings of all kinds, YAML that was written by hand, and anything at all. */
const yaml = fc.oneof(
  tree.map((value) => stringify(value)),
  fc.dictionary(name, tree, { maxKeys: 6 }).map((value) => stringify(value, { collectionStyle: 'flow' })),
  fc
    .array(fc.constantFrom(...'-:[]{}&*!|>\'"%@` \n\ta0#?,~.'.split(''), 'agents', 'parallel', 'name', '---'), {
      maxLength: 40,
    })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
)

test('whatever is written is read without a crash, and every remark has a place in the text', () => {
  const frame = fc.constantFrom<(text: string) => string>(
    (text) => `---\n${text}\n---\n`,
    (text) => `\uFEFF---\r\n${text.replaceAll('\n', '\r\n')}\r\n---\r\nbody`,
    (text) => text,
  )
  fc.assert(
    fc.property(yaml, frame, (written, around) => {
      const text = around(written)
      const lines = text.split('\n')
      const reads = [readConfig('f', text), readAgentsFile('f', text), readAgentsInput('f', text)]
      for (const read of reads) {
        const diagnostics = read.ok ? read.value.warnings : read.error
        for (const { line, column, message, code, severity } of diagnostics) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThanOrEqual(1)
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1)
          expect(message).not.toMatch(/[\n\r]/)
          expect(code).toMatch(/^[a-z-]+$/)
          if (read.ok) expect(severity).toBe('warning')
        }
        if (!read.ok) expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
      }
      const [config] = reads
      if (config?.ok && 'layer' in config.value)
        mergeConfig({ project: config.value.layer, global: config.value.layer })
    }),
    { numRuns: runs(1000) },
  )
})
