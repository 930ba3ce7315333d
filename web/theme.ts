const KEY = 'chant-report-theme'

/** Takes the theme that was chosen before; without one, the page follows the system. */
export function applyTheme(): void {
  try {
    const chosen = localStorage.getItem(KEY)
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen
  } catch {
    // A file may be refused storage; then nothing is remembered.
  }
}

/** The button that changes to the other theme, and says to which. */
export function startTheme(button: HTMLButtonElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const dark = (): boolean => (document.documentElement.dataset['theme'] ?? (system.matches ? 'dark' : '')) === 'dark'
  const name = (): void => {
    button.textContent = dark() ? 'Light theme' : 'Dark theme'
  }
  button.addEventListener('click', () => {
    const next = dark() ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    name()
    try {
      localStorage.setItem(KEY, next)
    } catch {
      // See above.
    }
  })
  system.addEventListener('change', name)
  button.hidden = false
  name()
}
