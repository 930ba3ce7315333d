import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, details, fence, link, prose, table, text } from '../../src/report/markdown.ts'

describe('text', () => {
  it('leaves plain words as they are', () => {
    const plain = 'Fix the "worktree" race in cargo_test (v0.1.0), isn’t it? 50% + more: yes.'
    expect(text(plain)).toBe(plain)
  })

  it('takes markup, mentions, references and addresses for words', () => {
    const hostile = [
      '<img src=x> & &#64;bob',
      '**b** _i_ ~~s~~ `c` [l](u)',
      'a | b \\| c',
      '@bob #12 GH-3',
      'https://evil.example www.evil.example a_www.evil.example',
      '# h',
      '- item',
      '1. item',
      '---',
      'two\nlines\r\nand\ttabs',
      'a\u202eb\0',
      '$x$',
      'main.rs:100:7 :+1: std::vector::x 10:31:02',
    ]
    expect(hostile.map(text)).toMatchInlineSnapshot(`
      [
        "&#60;img src=x&#62; &#38; &#38;#<!-- -->64;bob",
        "&#42;&#42;b&#42;&#42; &#95;i&#95; &#126;&#126;s&#126;&#126; &#96;c&#96; &#91;l&#93;(u)",
        "a &#124; b &#92;&#124; c",
        "@<!-- -->bob #<!-- -->12 GH-<!-- -->3",
        "https:<!-- -->//evil.example www.<!-- -->evil.example a_www.<!-- -->evil.example",
        "&#35; h",
        "&#45; item",
        "1&#46; item",
        "&#45;--",
        "two lines and tabs",
        "a&#92;u202eb&#92;0",
        "&#36;x&#36;",
        "main.rs:<!-- -->100:7 :<!-- -->+1: std::<!-- -->vector::x 10:31:02",
      ]
    `)
  })

  it('never lets a control character of Markdown through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        const rest = text(s)
          .replaceAll('<!-- -->', '')
          .replace(/&#\d+;/g, '')
        expect(rest).not.toMatch(/[&<>`*~[\]|\\$\n\r]/)
        expect(text(s)).not.toMatch(/@[\p{L}\p{N}]|:\/\/|^#/u)
      }),
    )
  })
})

describe('blocks', () => {
  it('code stays code in a table', () => {
    expect([code('a'), code('a|b'), code('`x`'), code('a\\'), code(' '), code('a\nb')]).toMatchInlineSnapshot(`
      [
        "\`a\`",
        "<code>a&#124;b</code>",
        "<code>&#96;x&#96;</code>",
        "<code>a&#92;</code>",
        "",
        "\`a b\`",
      ]
    `)
  })

  it('prose keeps our own backticks and nothing else', () => {
    expect(prose('Set `a|b`, then <b> and `c`.')).toBe('Set <code>a&#124;b</code>, then &#60;b&#62; and `c`.')
    expect(prose('a `lone backtick')).toBe('a &#96;lone backtick')
  })

  it('a fence is longer than any fence inside', () => {
    expect(fence(['```', 'a `````` b', 'c\r\x1b[31md\x1b[0m\u202e'])).toMatchInlineSnapshot(`
      "\`\`\`\`\`\`\`
      \`\`\`
      a \`\`\`\`\`\` b
      c\\rd\\u202e
      \`\`\`\`\`\`\`"
    `)
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[`~a\n ]*$/)), (lines) => {
        const [open = '', ...rest] = fence(lines).split('\n')
        expect(rest.slice(0, -1).some((line) => line.includes(open))).toBe(false)
        expect(rest).toHaveLength(lines.length + 1)
      }),
    )
  })

  it('a table has as many cells as its head', () => {
    expect(table(['a', 'b'], ['left', 'right'], [['1'], ['2\n3', '4', '5']])).toBe(
      '| a | b |\n|:--|--:|\n| 1 |  |\n| 2 3 | 4 |',
    )
  })

  it('a folded section escapes its summary', () => {
    expect(details('a </summary><b>', 'body')).toBe(
      '<details><summary>a &#60;/summary&#62;&#60;b&#62;</summary>\n\nbody\n\n</details>',
    )
  })

  it('links only to the web', () => {
    expect(link('a]', 'https://example.com/x(y) z?q=[1]|2')).toBe(
      '[a&#93;](https://example.com/x%28y%29%20z?q=%5B1%5D%7C2)',
    )
    expect([link('x', 'javascript:alert(1)'), link('x', '/relative'), link('x', 'data:text/html,x')]).toEqual([
      'x',
      'x',
      'x',
    ])
  })
})
