/**
 * The page's only script: filters the decision log. The log is whole without it. Rows are read once; days are opened
 * only until enough rows are seen, so that a log of many thousands answers at once.
 */
export const filterScript = `
(() => {
  const OPEN_ROWS = 200
  const form = document.getElementById('filter')
  if (!form) return
  const [text, decision, account, status] = ['text', 'decision', 'account', 'status'].map((id) => document.getElementById('filter-' + id))
  let days
  const read = () => [...document.querySelectorAll('#log details')].map((details) => ({
    details,
    matches: details.querySelector('.matches'),
    tables: [...details.querySelectorAll('table')].map((table) => ({
      table,
      rows: [...table.tBodies[0].rows].map((row) => ({ row, words: row.textContent.toLowerCase() })),
    })),
  }))
  const apply = () => {
    days ??= read()
    const wanted = text.value.trim().toLowerCase()
    const active = wanted !== '' || decision.value !== '' || account.value !== ''
    let found = 0
    let of = 0
    for (const { details, matches, tables } of days) {
      let here = 0
      for (const { table, rows } of tables) {
        const others = here
        for (const { row, words } of rows) {
          const fits = (decision.value === '' || row.dataset.d === decision.value) && (account.value === '' || row.dataset.a === account.value) && words.includes(wanted)
          if (row.hidden === fits) row.hidden = !fits
          if (fits) here++
        }
        table.hidden = here === others
        of += rows.length
      }
      details.hidden = here === 0
      details.open = active && here > 0 && found < OPEN_ROWS
      matches.textContent = active && here > 0 ? here + (here === 1 ? ' match' : ' matches') : ''
      found += here
    }
    const all = of.toLocaleString('en-US')
    status.textContent = !active ? 'All ' + all + ' decisions' : found === 0 ? 'No decision matches' : found.toLocaleString('en-US') + ' of ' + all + ' decisions'
  }
  let waiting
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 80) }
  form.hidden = false
  form.addEventListener('input', soon)
  form.addEventListener('reset', () => setTimeout(apply, 0))
  form.addEventListener('submit', (event) => { event.preventDefault(); apply() })
  status.textContent = 'All ' + document.querySelectorAll('#log tbody tr').length.toLocaleString('en-US') + ' decisions'
})()
`
