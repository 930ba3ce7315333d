/** The element of the page with this id. It is there, or the page and its script are not of one version. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new Error(`no ${type.name} #${id}`)
  return found
}
