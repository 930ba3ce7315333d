import fc from 'fast-check'

/** What would like to be markup, an address, a mention, or invisible; parted by spaces. */
const PIECES = [
  '* ** _ __ ~ ~~ ` `` ``` ~~~ \\ | || [ ] ( ) ![ ]( < > & ; $ $$ # : :-- --- === a word . !',
  '<!-- --> ]]> <![CDATA[ <? </details> </summary> <br> <a/href=//e.example> </code> <b &amp; &#64; &commat; &lt; &nbsp; &#x40; &#0;',
  '@octocat @org/team a@b.example #12 o/r#12 GH-12 gh-1 https://e.example/x http:// ftp://e.example www.e.example WWW.e.example',
  'mailto:a@b.example xmpp:a@b //e.example :+1: :100: :bug: javascript:alert(1) [^1] %%{init}%% 🧑‍🚀 ü e\u0301 שלום',
].flatMap((line) => line.split(' '))

/** The same with blanks of their own, and what no line of text should hold. */
const LINES = ['# ', '## ', '- ', '+ ', '1. ', '1) ', '- [ ] ', '> ', '    ', '<img src=x>', '[x]: https://e.example']
const BLANKS = ['\t', '\n', '\n\n', '\r', ' ', '  ']
const INVISIBLE = ['\u202e', '\u200b', '\u200d', '\ufeff', '\0', '\ud83d', '\udc00', '\u3164']

/** Words made of such pieces and of anything else. */
export const hostileWords = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES, ...LINES, ...BLANKS, ...INVISIBLE),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))
