import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, codeLink, details, fence, link, prose, table, text } from '../../src/report/markdown.ts'
import { oneLine, visible } from '../../src/report/visible.ts'
import { runs } from '../random-cases.ts'
import { hostileWords as words } from './hostile-words.ts'
import { acting, rendered, tagsOf, textNodes } from './rendered.ts'

/** Whatever the words are: rendered as GitHub renders Markdown, they are read as they were written, and nothing of them acts. */

const shown = (html: string): string => textNodes(html).join('').replace(/\s+/g, ' ').trim()
const plain = (s: string): string => oneLine(s).replace(/\s+/g, ' ').trim()
const tags = (html: string): string => tagsOf(html).join('')

/** Where a text stands, as Markdown, and the tags that belong there. */
const PLACES: readonly (readonly [string, (s: string) => string, string])[] = [
  ['paragraph', (s) => `x ${s} y`, '<p></p>'],
  ['its start', (s) => `${s} y`, '<p></p>'],
  ['heading', (s) => `## x ${s} y`, '<h2></h2>'],
  ['list', (s) => `- ${s} y`, '<ul><li></li></ul>'],
  ['quote', (s) => `> ${s} y`, '<blockquote><p></p></blockquote>'],
  ['bold', (s) => `**${s}.** y`, '<p><strong></strong></p>'],
  [
    'table',
    (s) => table(['a', 'b'], [], [[s, 'y']]),
    '<table><thead><tr><th></th><th></th></tr></thead><tbody><tr><td></td><td></td></tr></tbody></table>',
  ],
]

describe.each(PLACES)('in a %s', (_, place, own) => {
  it('plain text is only text', () => {
    fc.assert(
      fc.property(words, (s) => {
        fc.pre(plain(s) !== '')
        const html = rendered(place(text(s)))
        expect(tags(html)).toBe(own)
        expect(shown(html)).toContain(plain(s))
        expect(acting(html)).toEqual([])
      }),
      { numRuns: runs(500) },
    )
  })

  it('code is only code', () => {
    fc.assert(
      fc.property(words, (s) => {
        fc.pre(plain(s) !== '')
        const html = rendered(place(code(s)))
        expect(tags(html).replace('<code></code>', '')).toBe(own)
        expect(shown(html)).toContain(plain(s))
      }),
      { numRuns: runs(500) },
    )
  })

  it('a sentence of ours has code and text', () => {
    fc.assert(
      fc.property(words, (s) => {
        fc.pre(plain(s) !== '')
        const html = rendered(place(prose(`Set \`name\`: ${s.replaceAll('`', '')}`)))
        expect(tags(html).replace('<code></code>', '')).toBe(own)
        expect(acting(html)).toEqual([])
      }),
      { numRuns: runs(300) },
    )
  })

  it('a link leads where it should', () => {
    fc.assert(
      fc.property(words, words, (s, path) => {
        fc.pre(plain(s) !== '')
        for (const one of [link, codeLink]) {
          const html = rendered(place(one(s, `https://github.com/o/r/${path}`)))
          expect(
            tags(html)
              .replace('<code></code>', '')
              .replace(/<a href="https:\/\/github\.com\/[^"<>]*"><\/a>/, ''),
          ).toBe(own)
          expect(shown(html)).toContain(plain(s))
        }
      }),
      { numRuns: runs(300) },
    )
  })
})

it('a fence, and what is folded, hold everything', () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (lines, s) => {
      fc.pre(plain(s) !== '')
      const html = rendered(`before\n\n${details(s, fence(lines))}\n\nafter`)
      expect(tags(html)).toBe('<p></p><details><summary></summary><pre><code></code></pre></details><p></p>')
      const kept = html.slice(html.indexOf('<pre>'), html.indexOf('</pre>'))
      expect(textNodes(kept).join('').split('\n').slice(0, -1)).toEqual(lines.map((line) => visible(line)))
    }),
  )
})
