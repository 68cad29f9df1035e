// Asked inside the page, as text: the types of a browser are not those of this project's code.

/** Texts with less than 4.5:1 against what they stand on, as `ratio text`. Boxes of no size are not seen. */
export const LOW_CONTRAST_TEXT = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const found = channels(getComputedStyle(e).backgroundColor)
      if (found.length === 3 || found[3] === 1) return found
    }
    return [255, 255, 255]
  }
  const low = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    const box = element.getBoundingClientRect()
    if (!own || box.width < 2 || box.height < 2 || ['SCRIPT', 'TITLE', 'title', 'desc'].includes(element.tagName)) continue
    const style = getComputedStyle(element)
    const colour = channels(element instanceof SVGElement ? style.fill : style.color)
    const [a, b] = [light(colour), light(ground(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) low.push(ratio.toFixed(2) + ' ' + element.textContent.slice(0, 40))
  }
  return low
})()`

/** Colours of marks with less than 3:1 against the surface that they are drawn on. */
export const LOW_CONTRAST_MARKS = `(() => {
  const probe = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  document.querySelector('svg').append(probe)
  const root = getComputedStyle(document.documentElement)
  const colour = (name) => { probe.setAttribute('fill', root.getPropertyValue(name)); return getComputedStyle(probe).fill.match(/[\\d.]+/g).map(Number) }
  const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const surface = light(colour('--surface'))
  const low = ['--blue', '--orange', '--grey', '--mark-soft'].filter((name) => {
    const [a, b] = [light(colour(name)), surface].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05) < 3
  })
  probe.remove()
  return low
})()`

/** What assistive technology needs, checked by hand: one line for each fault. */
export const STRUCTURE_FAULTS = `(() => {
  const faults = []
  const all = (selector) => [...document.querySelectorAll(selector)]
  const levels = all('h1,h2,h3,h4').map((heading) => Number(heading.tagName[1]))
  levels.forEach((level, i) => { if (level > (levels[i - 1] ?? 0) + 1) faults.push('heading level ' + level + ' after ' + levels[i - 1]) })
  if (levels.filter((level) => level === 1).length !== 1) faults.push('not one h1')
  if (all('main').length !== 1) faults.push('not one main')
  if (!document.documentElement.lang) faults.push('no language')
  const named = (element) => (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('').trim() || element.getAttribute('aria-label')
  for (const image of all('[role=img],[role=region],nav,section')) if (!named(image)) faults.push('no name: ' + image.outerHTML.slice(0, 80))
  for (const svg of all('svg:not([role=img])')) if (svg.getAttribute('aria-hidden') !== 'true') faults.push('picture neither named nor hidden')
  for (const control of all('input,select')) if (control.labels.length === 0) faults.push('no label: ' + control.id)
  for (const table of all('table')) {
    if (!table.caption) faults.push('table without caption')
    if ([...table.querySelectorAll('th')].some((cell) => !cell.scope)) faults.push('heading without scope')
  }
  for (const link of all('a[href^="#"]')) if (!document.getElementById(link.hash.slice(1))) faults.push('link to nowhere: ' + link.hash)
  return faults
})()`

/** Controls smaller than 24 by 24 pixels. */
export const SMALL_TARGETS = `[...document.querySelectorAll('a:not(.skip),summary,button,input,select')]
  .filter((one) => one.checkVisibility())
  .map((one) => ({ box: one.getBoundingClientRect(), text: one.textContent.slice(0, 30) }))
  .filter(({ box }) => box.width < 24 || box.height < 24).map(({ box, text }) => box.width + ' × ' + box.height + ' ' + text)`

export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
