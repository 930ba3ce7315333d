import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataBlock, dataJson, fileLink, html, link, prose } from '../../src/report/html/markup.ts'

const anyText = fc.string({ unit: 'binary' })

describe('html', () => {
  it('makes plain text of every string', () => {
    fc.assert(
      fc.property(anyText, (s) => {
        expect(html`${s}`.text).toMatch(/^(?:[^&<>"'`\p{Cc}\u2028\u2029\u202e]|&#\d+;|\t)*$/u)
      }),
    )
    expect(html`<a title="${'" onclick="x()'}">${'<b>&amp;'}</a>`.text).toBe(
      '<a title="&#34; onclick=&#34;x()">&#60;b&#62;&#38;amp;</a>',
    )
  })

  it('joins lists, keeps markup, leaves out what is absent', () => {
    expect(html`${[html`<i>${1}</i>`, undefined, ['&', html`<br>`]]}`.text).toBe('<i>1</i>&#38;<br>')
  })
})

describe('prose', () => {
  it('makes code of names in backticks only', () => {
    expect(prose('Set `a<b`, or `').text).toBe('Set <code>a&#60;b</code>, or &#96;')
  })
})

describe('links', () => {
  it('go to http and https only', () => {
    expect(link('run', 'https://github.com/o/r?a=1&b="').text).toBe(
      '<a href="https://github.com/o/r?a=1&#38;b=%22" rel="noreferrer">run</a>',
    )
    for (const address of ['javascript:alert(1)', 'data:text/html,x', ' java\nscript:x', '//x', 'logs/a.log', '']) {
      expect(link('run', address).text).toBe('run')
    }
  })

  it('to files stay beside the report', () => {
    expect(fileLink('log', 'logs/a b.log').text).toBe('<a href="logs/a%20b.log">log</a>')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        const href = /href="([^"]*)"/.exec(fileLink('x', path).text)?.[1] ?? ''
        const { protocol } = new URL(href.replaceAll('&#39;', "'"), 'test://folder/report.html')
        expect(protocol).toBe('test:')
      }),
    )
  })
})

describe('a data block', () => {
  it('gives back what was put in, whatever it is, in ASCII and without an end tag', () => {
    fc.assert(
      fc.property(fc.array(anyText), (lines) => {
        const json = dataJson({ lines })
        expect(json).toMatch(/^[\x20-\x25\x27-\x3b\x3d\x3f-\x7e]*$/)
        expect(JSON.parse(json)).toEqual({ lines })
        expect(dataBlock('a', json).text).toBe(`<script type="application/json" data-log="a">${json}</script>`)
      }),
    )
    expect(dataJson('</script><!--&\u2028é')).toBe('"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u00e9"')
  })
})
