import fc from 'fast-check'
import { Marked } from 'marked'
import { describe, expect, it } from 'vitest'
import { code, codeLink, details, fence, link, prose, table, text } from '../../src/report/markdown.ts'
import { oneLine, visible } from '../../src/report/visible.ts'

/** Whatever the words are: rendered as GitHub renders Markdown, they are read as they were written, and nothing of them acts. */

const PIECES = [
  ...[
    '*',
    '**',
    '_',
    '__',
    '~',
    '~~',
    '`',
    '``',
    '```',
    '~~~',
    '\\',
    '|',
    '||',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '<',
    '>',
    '&',
    ';',
    '$',
    '$$',
  ],
  ...[
    '#',
    '# ',
    '## ',
    '- ',
    '+ ',
    '1. ',
    '1) ',
    '- [ ] ',
    '---',
    '===',
    '> ',
    '    ',
    '\t',
    '\n',
    '\n\n',
    '\r',
    ' ',
    '  ',
    ':--',
    ':',
  ],
  ...[
    '<!--',
    '-->',
    ']]>',
    '<![CDATA[',
    '<?',
    '</details>',
    '</summary>',
    '<img src=x>',
    '<br>',
    '<a href=//e.example>',
    '</code>',
    '<b',
  ],
  ...['&amp;', '&#64;', '&commat;', '&lt;', '&nbsp;', '&#x40;', '&#0;'],
  ...[
    '@octocat',
    '@org/team',
    'a@b.example',
    '#12',
    'o/r#12',
    'GH-12',
    'gh-1',
    'https://e.example/x',
    'http://',
    'ftp://e.example',
    'www.e.example',
  ],
  ...[
    'WWW.e.example',
    'mailto:a@b.example',
    'xmpp:a@b',
    '//e.example',
    ':+1:',
    ':100:',
    ':bug:',
    'javascript:alert(1)',
    '[x]: https://e.example',
    '[^1]',
  ],
  ...[
    '\u202e',
    '\u200b',
    '\u200d',
    '\ufeff',
    '\0',
    '\ud83d',
    '\udc00',
    '🧑‍🚀',
    'ü',
    'e\u0301',
    '\u3164',
    'שלום',
    '%%{init}%%',
    'a',
    'word',
    '.',
    '!',
  ],
]
const words = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })
  .map((pieces) => pieces.join(''))

const github = new Marked({ gfm: true })
const render = (markdown: string): string => github.parse(markdown, { async: false })

/** Between tags and comments, as the filters that come after Markdown see it: mentions and addresses are looked for in each of them. */
const textNodes = (html: string): readonly string[] =>
  html
    .split(/<!--.*?-->|<[^>]*>/s)
    .map((node) => node.replace(/&(?:#(\d+)|amp|lt|gt|quot);/g, (entity, point) => unescaped(entity, point)))

const NAMED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }
const unescaped = (entity: string, point: string | undefined): string =>
  point === undefined ? (NAMED[entity] ?? '') : String.fromCodePoint(Number(point))

const shown = (html: string): string => textNodes(html).join('').replace(/\s+/g, ' ').trim()
const plain = (s: string): string => oneLine(s).replace(/\s+/g, ' ').trim()
const tags = (html: string): string => (html.match(/<(?!!--)[^>]*>/g) ?? []).join('').replaceAll(' align="left"', '')

/** What GitHub makes of plain text after Markdown. */
const ACTS = /(?<![\w`])@[a-z0-9]|(?<!\w)#\d|\bGH-\d|\b(?:https?|ftp):\/\/\w|\bwww\.\w|:(?:\+1|100|bug):|\w@\w+\.\w/i

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
        const html = render(place(text(s)))
        expect(tags(html)).toBe(own)
        expect(shown(html)).toContain(plain(s))
        expect(textNodes(html).filter((node) => ACTS.test(node))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('code is only code', () => {
    fc.assert(
      fc.property(words, (s) => {
        fc.pre(plain(s) !== '')
        const html = render(place(code(s)))
        expect(tags(html).replace('<code></code>', '')).toBe(own)
        expect(shown(html)).toContain(plain(s))
      }),
      { numRuns: 500 },
    )
  })

  it('a sentence of ours has code and text', () => {
    fc.assert(
      fc.property(words, (s) => {
        fc.pre(plain(s) !== '')
        const html = render(place(prose(`Set \`name\`: ${s.replaceAll('`', '')}`)))
        expect(tags(html).replace('<code></code>', '')).toBe(own)
        expect(textNodes(html).filter((node) => ACTS.test(node))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('a link leads where it should', () => {
    fc.assert(
      fc.property(words, words, (s, path) => {
        fc.pre(plain(s) !== '')
        for (const one of [link, codeLink]) {
          const html = render(place(one(s, `https://github.com/o/r/${path}`)))
          expect(
            tags(html)
              .replace('<code></code>', '')
              .replace(/<a href="https:\/\/github\.com\/[^"<>]*"><\/a>/, ''),
          ).toBe(own)
          expect(shown(html)).toContain(plain(s))
        }
      }),
      { numRuns: 300 },
    )
  })
})

it('a fence, and what is folded, hold everything', () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), words, (lines, s) => {
      fc.pre(plain(s) !== '')
      const html = render(`before\n\n${details(s, fence(lines))}\n\nafter`)
      expect(tags(html)).toBe('<p></p><details><summary></summary><pre><code></code></pre></details><p></p>')
      const kept = html.slice(html.indexOf('<pre>'), html.indexOf('</pre>'))
      expect(textNodes(kept).join('').split('\n').slice(0, -1)).toEqual(lines.map((line) => visible(line)))
    }),
  )
})
