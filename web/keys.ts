import { element } from './element.ts'
import type { LogViewer } from './log-viewer.ts'

/** Searching by keyboard. Keys of one letter can be switched off, because speech input may say them (WCAG 2.1.4). */
export function startKeys(viewer: LogViewer): void {
  const query = element('query', HTMLInputElement)
  const keys = element('keys', HTMLInputElement)

  query.addEventListener('input', () => viewer.search(query.value))
  element('next', HTMLButtonElement).addEventListener('click', () => viewer.step(1))
  element('previous', HTMLButtonElement).addEventListener('click', () => viewer.step(-1))

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.target === query) {
      if (event.key === 'Enter') viewer.step(event.shiftKey ? -1 : 1)
      if (event.key === 'Escape') endSearch()
      if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault()
      return
    }
    if (!keys.checked || event.target instanceof HTMLSelectElement) return
    if (event.key === '/') {
      event.preventDefault()
      query.focus()
      query.select()
    } else if (event.key === 'n') viewer.step(1)
    else if (event.key === 'N') viewer.step(-1)
    else if (event.key === 'Escape' && query.value !== '') endSearch()
  })

  function endSearch(): void {
    query.value = ''
    viewer.search('')
    viewer.focus()
  }
}
