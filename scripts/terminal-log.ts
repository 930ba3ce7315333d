import { styleText } from 'node:util'

/**
 * Turns a step's log, as the runner shows it, into lines for a terminal: `##[group]` becomes a heading with its lines
 * indented below it, `##[error]` and its like become words. Call the answer with each line.
 */
export function terminalLog(write: (text: string) => void, color: boolean): (line: string) => void {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text
  let grouped = false

  return (line) => {
    const [, command, text = ''] = /^##\[(group|endgroup|error|warning|notice|debug)\](.*)$/s.exec(line) ?? []
    if (command === 'endgroup') {
      grouped = false
      return
    }
    if (command === 'group') grouped = true
    write(`${show(command, command ? text : line)}\n`)
  }

  function show(command: string | undefined, text: string): string {
    switch (command) {
      case 'group':
        return paint('bold', `▸ ${text}`)
      case 'error':
        return `${paint(['red', 'bold'], 'Error:')} ${paint('red', text)}`
      case 'warning':
        return `${paint(['yellow', 'bold'], 'Warning:')} ${text}`
      case 'notice':
        return `${paint('bold', 'Notice:')} ${text}`
      default:
        return grouped ? paint('dim', `  ${text}`) : text
    }
  }
}
