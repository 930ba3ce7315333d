import { unreachable } from '../result.ts'
import { quoted } from '../spec/finding.ts'
import { fenceFor } from '../spec/markdown-lines.ts'

/** Why a file that a spec names as context is not in the prompt. */
export type LeftOut =
  /** No such file in the worktree. */
  | 'missing'
  /** The name, or a link on its way, leads out of the repository or into git's own folder. */
  | 'outside'
  /** A folder, a pipe, a device. */
  | 'no-file'
  /** Not UTF-8. */
  | 'no-text'
  /** The files before it took all the room. */
  | 'no-room'

/** A file that a spec names in `context`, as it stands there. */
export type ContextFile =
  /** `size` is that of the whole file in bytes; more than the text's where it was cut. */
  | {
      readonly type: 'text'
      readonly path: string
      readonly text: string
      readonly size: number
      readonly cut: boolean
    }
  | { readonly type: 'left-out'; readonly path: string; readonly why: LeftOut }

/** The context files as a part of the prompt: each below a heading, in a fence that nothing in it can close. */
export function contextText(files: readonly ContextFile[]): string {
  return files
    .map((file) => {
      const path = file.path.replace(/\s+/g, ' ')
      if (file.type === 'left-out')
        return `(The file ${path} is named as context and is not here: ${whyWords(file.why)}.)`
      const fence = fenceFor(file.text)
      const cut = file.cut ? `\n\n(Cut: the file has ${file.size} bytes. Read the rest there.)` : ''
      return `### File: ${path}\n\n${fence}\n${file.text.replace(/\r?\n$/, '')}\n${fence}${cut}`
    })
    .join('\n\n')
}

/** Files that one sentence names. */
const NAMED = 5

/** A sentence for people about the files that are not there, or not all of them; undefined where there are none. */
export function contextRemark(files: readonly ContextFile[]): string | undefined {
  const remarks = files.flatMap((file) => {
    if (file.type === 'left-out') return [`${quoted(file.path)} (${whyWords(file.why)})`]
    return file.cut ? [`${quoted(file.path)} (only its beginning fits)`] : []
  })
  if (remarks.length === 0) return undefined
  const more = remarks.length > NAMED ? ` and ${remarks.length - NAMED} more` : ''
  return `\`context\` names files that are not in the prompt: ${remarks.slice(0, NAMED).join(', ')}${more}`
}

function whyWords(why: LeftOut): string {
  switch (why) {
    case 'missing':
      return 'it does not exist'
    case 'outside':
      return 'it is not inside the repository'
    case 'no-file':
      return 'it is no file'
    case 'no-text':
      return 'it is no text'
    case 'no-room':
      return 'the files before it are as much as a prompt may hold'
    default:
      return unreachable(why)
  }
}
