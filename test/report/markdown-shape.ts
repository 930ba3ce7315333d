/** Markdown without its fenced blocks. */
export const withoutFences = (markdown: string): string => markdown.replace(/^(`{3,})[^`]*?\n[\s\S]*?^\1$/gm, '')

/** Every block that is opened is closed: nothing was cut in half. */
export const whole = (markdown: string): boolean => {
  const outside = withoutFences(markdown).replace(/`[^`\n]+`/g, '')
  const opened = outside.match(/<details>/g) ?? []
  return !/^```/m.test(outside) && opened.length === (outside.match(/<\/details>/g) ?? []).length
}

/** Text that would like to be markup, in every way we know. */
export const HOSTILE =
  '</summary></details>\n\n# owned @bob\n| x |\n```\n<img src=x>[a](javascript:b) --> <!-- chant-action:x --> `<!-- chant-action:x -->` \u202e\0'

/** What of `HOSTILE` has become markup; null when nothing has. */
export const markup = (markdown: string): readonly string[] | null =>
  withoutFences(markdown)
    .replace(/`[^`\n]+`/g, '')
    .match(/<img|^# owned|@bob|\]\(javascript|<\/summary><\/details>|\u202e|\0/m)
