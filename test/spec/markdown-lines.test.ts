import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findCriteria, findTitle } from '../../src/spec/criteria.ts'
import { outsideCode } from '../../src/spec/markdown-lines.ts'
import { runs } from '../random-cases.ts'

const line = fc.oneof(
  fc.stringMatching(/^[ \t]{0,3}(#{1,3} |[-*+] |1\. )?(```|~~~~|\[ \] |\[x\] )?[a ]{0,2}$/),
  fc.constantFrom('## Acceptance Criteria', '- [ ] a', '```', '~~~', '````md', '- ```', 'prose', ''),
)
const markdown = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, newline]) => lines.join(newline))

it('finds the same without prose, and leaves nothing out but prose', () => {
  fc.assert(
    fc.property(markdown, (text) => {
      const whole = outsideCode(text, 5)
      const short = outsideCode(text, 5, false)
      expect(short.unclosed).toEqual(whole.unclosed)
      expect(findTitle(short.lines)).toBe(findTitle(whole.lines))
      expect(findCriteria(short.lines)).toEqual(findCriteria(whole.lines))
      const left = whole.lines.filter((each) => !short.lines.some(({ line }) => line === each.line))
      expect(left.filter((each) => /^[ \t]*[#*+\d`~-]/.test(each.text))).toEqual([])
    }),
    { numRuns: runs(1000) },
  )
})

it('counts lines, and leaves their ends out', () => {
  expect(outsideCode('a\r\n\nb', 3).lines).toEqual([
    { text: 'a', line: 3 },
    { text: '', line: 4 },
    { text: 'b', line: 5 },
  ])
  expect(outsideCode('', 1).lines).toEqual([{ text: '', line: 1 }])
})
