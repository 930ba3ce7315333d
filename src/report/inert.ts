import { clip, visible } from './visible.ts'

/** The live log cuts at 1,024 characters; we cut before, so that the marker is seen. */
const LINE_LIMIT = 1000
const CUT = ' … (line cut)'

/** `::` at the trimmed start of a line. A culture-aware comparison may skip marks and ignorable characters, so they count too. */
const COMMAND = /^([\s\p{DI}\p{M}]*):(?=[\p{DI}\p{M}]*:)/u
/** `##[` anywhere in a line. */
const OLD_COMMAND = /#(?=[\p{DI}\p{M}]*#[\p{DI}\p{M}]*\[)/gu

/**
 * One line of foreign text that the runner takes for nothing but text. It looks for `::name::` at the trimmed start of a
 * line and for `##[name]` anywhere (actions/runner, ActionCommand.cs); the token that ends `stop-commands` has one of these
 * forms too. Both keys are parted by a space, everything invisible is shown, and a long line is cut with a marker.
 */
export const inert = (line: string): string =>
  clip(visible(line).replace(COMMAND, '$1: ').replace(OLD_COMMAND, '# '), LINE_LIMIT, CUT)
