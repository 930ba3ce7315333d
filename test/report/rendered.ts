import { Marked } from 'marked'

const github = new Marked({ gfm: true })

/** Markdown as GitHub Flavored Markdown makes HTML of it, before GitHub's filters. */
export const rendered = (markdown: string): string => github.parse(markdown, { async: false })

/** The texts between tags and comments: GitHub looks for mentions and addresses in each of them. */
export const textNodes = (html: string): readonly string[] =>
  html
    .split(/<!--.*?-->|<[^>]*>/s)
    .map((node) => node.replace(/&(?:#(\d+)|amp|lt|gt|quot);/g, (entity, point) => unescaped(entity, point)))

const NAMED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }
const unescaped = (entity: string, point: string | undefined): string =>
  point === undefined ? (NAMED[entity] ?? '') : String.fromCodePoint(Number(point))

export const tagsOf = (html: string): readonly string[] =>
  (html.match(/<(?!!--)[^>]*>/g) ?? []).map((tag) => tag.replace(/ align="\w+"/, ''))

/** What GitHub makes something of in plain text, after Markdown. */
const ACTS = /(?<![\w`])@[a-z0-9]|(?<!\w)#\d|\bGH-\d|\b(?:https?|ftp):\/\/\w|\bwww\.\w|:(?:\+1|100|bug):|\w@\w+\.\w/i

/** Texts outside of code that GitHub would make a mention, a reference, a link or an emoji of. */
export const acting = (html: string): readonly string[] =>
  textNodes(html.replace(/<code[^>]*>.*?<\/code>/gs, '<code></code>')).filter((node) => ACTS.test(node))
