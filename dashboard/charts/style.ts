/**
 * Look of all charts, for a page that holds them; the colours are custom properties that the page sets for light and
 * dark. Blue against orange, and never colour alone: lines differ by dashes, marks by fill.
 */
export const chartCss = `
.chart{display:block;width:100%;height:auto;overflow:visible;font-family:inherit;font-variant-numeric:tabular-nums}
.mark{display:block;overflow:visible}
.ch-text,.ch-value{font-size:14px;fill:var(--ink)}
.ch-value{fill:var(--ink-soft)}
.ch-text,.ch-value{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.ch-strong{font-weight:650;fill:var(--ink)}
.ch-name{font-size:14px;font-weight:650}
.ch-head,.ch-tick,.ch-note{font-size:13px;fill:var(--ink-soft)}
.ch-note{font-size:14px}
.ch-grid{stroke:var(--hair);stroke-width:1}
.ch-zero{stroke:var(--mark-soft);stroke-width:1}
.ch-today{stroke:var(--mark-soft);stroke-width:1;stroke-dasharray:1 3}
.ch-leader{fill:none;stroke:var(--mark-soft);stroke-width:1}
.ch-link{stroke:var(--mark-soft);stroke-width:1}
.ch-line{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.ch-line.ch-actual{stroke:var(--blue);stroke-width:2.75}
.ch-line.ch-plan{stroke:var(--grey);stroke-width:1.75;stroke-dasharray:7 5}
.ch-line.ch-untouched{stroke:var(--orange);stroke-dasharray:.1 5.5;stroke-width:2.75}
.ch-line.ch-course{stroke:var(--blue);stroke-width:1.75;stroke-dasharray:12 4 2 4}
.ch-name.ch-actual,.ch-name.ch-course{fill:var(--blue)}
.ch-name.ch-plan{fill:var(--ink-soft)}
.ch-name.ch-untouched{fill:var(--orange-ink)}
.ch-dot.ch-actual{fill:var(--blue);stroke:var(--surface);stroke-width:1.5}
.ch-ring.ch-actual{fill:var(--surface);stroke:var(--blue);stroke-width:2}
.ch-stem{stroke:var(--blue);stroke-width:2.5}
.ch-span{stroke:var(--blue);stroke-width:3;stroke-linecap:butt}
.ch-cap{stroke:var(--blue);stroke-width:1.5;fill:none}
.ch-more{fill:var(--blue)}
.ch-less{fill:var(--surface);stroke:var(--orange);stroke-width:2}
.ch-net{fill:var(--grey)}
@media (forced-colors:active){.ch-line,.ch-stem,.ch-span,.ch-cap,.ch-grid,.ch-zero{stroke:CanvasText}.ch-text,.ch-value,.ch-name,.ch-head,.ch-tick{fill:CanvasText}.ch-dot,.ch-more,.ch-net{fill:CanvasText}}
`
