// What runs in report.html, in the browser of whoever opens it. `node scripts/report-assets.ts` bundles it, with report.css, into
// src/report/html/assets.ts, so that the report is one file and the action reads none.
import { element } from './element.ts'
import { startKeys } from './keys.ts'
import { LogViewer } from './log-viewer.ts'
import { applyTheme, startTheme } from './theme.ts'

/** `#log/<spec id>`: the address of a log within the page. */
const LOG_HASH = /^#log\/(.+)$/

// At once, before anything is drawn; the rest of the page is not there yet.
applyTheme()
document.addEventListener('DOMContentLoaded', () => {
  startTheme(element('theme', HTMLButtonElement))
  if (document.getElementById('viewer')) startLogs()
})

function startLogs(): void {
  const blocks = new Map<string, Element>()
  for (const block of document.querySelectorAll<HTMLElement>('script[data-log]')) {
    blocks.set(block.dataset['log'] ?? '', block)
  }
  const which = element('which', HTMLSelectElement)
  const section = element('logs', HTMLElement)
  const viewer = new LogViewer((id) => blocks.get(id)?.textContent ?? '')
  const open = (): void => viewer.open(which.value, which.selectedOptions[0]?.dataset['state'] === 'failed')

  /** A link asked for a log: it is shown, and has the keyboard. */
  const follow = (hash: string): void => {
    const id = decodeURIComponent(LOG_HASH.exec(hash)?.[1] ?? '')
    if (!blocks.has(id)) return
    which.value = id
    open()
    section.scrollIntoView()
    viewer.focus()
  }

  element('viewer', HTMLElement).hidden = false
  which.addEventListener('change', open)
  addEventListener('hashchange', () => follow(location.hash))
  document.addEventListener('click', (event) => {
    const from = event.target instanceof Element ? event.target.closest('[data-open], a[href^="#log/"]') : null
    const hash = from instanceof HTMLAnchorElement ? from.hash : `#log/${from?.getAttribute('data-open')}`
    // A link to where we are already changes no address.
    if (from && location.hash === hash) follow(hash)
    else if (from && !(from instanceof HTMLAnchorElement)) location.hash = hash
  })
  startKeys(viewer)
  open()
  follow(location.hash)
}
