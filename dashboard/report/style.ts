/** Look of the report's page. One accent; text at least 4.5:1, marks at least 3:1 on their ground, in light and dark. */
export const pageCss = `
:root{color-scheme:light dark;--ground:#f7f6f3;--surface:#fff;--ink:#1a2027;--ink-soft:#55606d;--hair:#e4e2dc;--mark-soft:#858d97;--blue:#1d5fae;--orange:#c2570c;--orange-ink:#a84a08;--grey:#6a7481;--wash:#eef3fa;--shade:rgba(26,32,39,.13)}
@media (prefers-color-scheme:dark){:root{--ground:#101419;--surface:#181d24;--ink:#e8ebef;--ink-soft:#a4afbc;--hair:#2b323c;--mark-soft:#76818e;--blue:#79b2f4;--orange:#f0a05a;--orange-ink:#f0a05a;--grey:#929daa;--wash:#1d2733;--shade:rgba(0,0,0,.55)}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
.page{max-width:70rem;margin:0 auto;padding:clamp(1.25rem,4vw,3.5rem) clamp(1rem,4vw,2.5rem) 4rem}
h1,h2,h3,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h1{font-size:clamp(1.9rem,5.2vw,3.1rem);line-height:1.1;font-weight:680;letter-spacing:-.025em;margin:.9rem 0 1rem;max-width:20ch;text-wrap:balance}
h2{font-size:1.4rem;line-height:1.25;font-weight:660;letter-spacing:-.012em;margin-bottom:.5rem}
h3{font-size:1rem;line-height:1.35;font-weight:640}
section>h3{font-size:1.1rem;margin:2.5rem 0 .4rem}
a{color:var(--blue);text-underline-offset:.2em}
strong{font-weight:640}
.soft{color:var(--ink-soft);font-weight:400}
.block{display:block}
.eyebrow{display:flex;flex-wrap:wrap;gap:.4rem .75rem;align-items:center;font-size:.875rem;color:var(--ink-soft)}
.brand{font-weight:720;letter-spacing:-.01em;color:var(--blue);font-size:1.05rem}
.badge{display:inline-block;border:1px solid var(--mark-soft);border-radius:99px;padding:0 .6rem;font-size:.8125rem;line-height:1.45rem;color:var(--ink-soft);white-space:nowrap}
.standfirst{font-size:clamp(1.0625rem,2vw,1.25rem);line-height:1.5;max-width:46rem;margin-bottom:.75rem;text-wrap:pretty}
header .soft{font-size:.875rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:1px;margin-top:2rem;background:var(--hair);border:1px solid var(--hair);border-radius:12px;overflow:hidden}
.tile{background:var(--surface);padding:1.1rem 1.15rem 1.2rem}
.tile dt{font-size:.875rem;color:var(--ink-soft)}
.figure{display:block;font-size:1.5rem;line-height:1.3;font-weight:640;letter-spacing:-.015em;margin:.2rem 0 .1rem;white-space:nowrap}
nav{margin:2rem 0 0;border-block:1px solid var(--hair)}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.4rem;list-style:none}
nav a{display:block;padding:.65rem 0;font-size:.9375rem;color:var(--ink-soft);text-decoration:none}
nav a:hover{color:var(--blue);text-decoration:underline}
section{margin-top:clamp(3rem,7vw,4.5rem);scroll-margin-top:1rem}
.lead{max-width:46rem;color:var(--ink-soft);margin-bottom:1.25rem;text-wrap:pretty}
.empty{padding:1.1rem 1.25rem;border:1px dashed var(--mark-soft);border-radius:10px;color:var(--ink-soft)}
figure{background:var(--surface);border:1px solid var(--hair);border-radius:12px;padding:clamp(1rem,2.5vw,1.75rem);padding-bottom:.5rem}
.compact-only{display:none}
.scroll{position:relative;overflow-x:auto;border:1px solid var(--hair);border-radius:12px;background:linear-gradient(90deg,var(--surface) 30%,transparent) left/40px 100% no-repeat local,linear-gradient(270deg,var(--surface) 30%,transparent) right/40px 100% no-repeat local,linear-gradient(90deg,var(--shade),transparent) left/12px 100% no-repeat scroll,linear-gradient(270deg,var(--shade),transparent) right/12px 100% no-repeat scroll,var(--surface)}
.scroll+.scroll,.scroll+details,.empty+.scroll{margin-top:1rem}
table{border-collapse:collapse;width:100%;font-size:.9375rem;line-height:1.45}
caption{text-align:start;font-size:.875rem;color:var(--ink-soft);padding:.9rem 1rem .35rem}
th,td{text-align:start;vertical-align:top;padding:.6rem 1rem;border-bottom:1px solid var(--hair);font-weight:400}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;color:var(--ink-soft);vertical-align:bottom;border-bottom-color:var(--mark-soft)}
tbody th{font-weight:560;min-width:13rem}
.number{text-align:end;white-space:nowrap}
thead .number{white-space:normal;min-width:6.5rem}
.nowrap{white-space:nowrap}
.words{min-width:15rem}
.mark{margin-top:.2rem}
.drawn{padding-inline:.25rem;width:128px}
.lever{font-size:.8125rem;overflow-wrap:anywhere}
details{margin-top:.75rem}
summary{cursor:pointer;padding:.45rem 0;color:var(--blue);font-size:.9375rem;width:fit-content;max-width:100%}
summary:hover{text-decoration:underline;text-underline-offset:.2em}
details>p{max-width:46rem;margin:.25rem 0 .75rem}
figure details{margin-top:1rem}
figure .scroll{margin-bottom:1rem;border-radius:8px}
.moves{list-style:none;counter-reset:move;border:1px solid var(--hair);border-radius:12px;background:var(--surface)}
.moves>li{counter-increment:move;display:grid;grid-template-columns:minmax(0,1fr) 17.5rem;gap:.75rem 2rem;padding:1.15rem 1.25rem}
.moves>li+li{border-top:1px solid var(--hair)}
.move h3::before{content:counter(move) ". ";color:var(--ink-soft);font-weight:400}
.move p{margin-top:.25rem;font-size:.9375rem;overflow-wrap:anywhere}
.shift .badge{margin-inline-start:.35rem}
.effect{font-size:.9375rem;align-self:center}
.effect .mark{max-width:100%}
.paths{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1px;background:var(--hair);border:1px solid var(--hair);border-radius:12px;overflow:hidden;margin-top:.5rem}
.paths li{background:var(--surface);padding:1rem 1.1rem;min-width:0;overflow-wrap:anywhere}
.paths h3{font-size:.9375rem}
.paths p{font-size:.8125rem;margin-top:.3rem}
.checks{list-style:none;border:1px solid var(--hair);border-radius:12px;background:var(--surface)}
.checks li{display:grid;grid-template-columns:6rem minmax(0,1fr) minmax(0,.8fr);gap:.25rem 1rem;padding:.7rem 1.25rem}
.checks li+li{border-top:1px solid var(--hair)}
.checks .verdict{font-weight:640;color:var(--blue)}
.broken .verdict{color:var(--orange-ink)}
.broken{box-shadow:inset 4px 0 var(--orange)}
form{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,1fr) minmax(0,1fr) auto;gap:.75rem 1rem;align-items:end;margin-bottom:1rem}
form[hidden]{display:none}
label{display:block;font-size:.875rem;color:var(--ink-soft);margin-bottom:.2rem}
input,select,button{font:inherit;color:inherit;width:100%;height:2.75rem;padding:0 .75rem;background:var(--surface);border:1px solid var(--mark-soft);border-radius:8px}
button{cursor:pointer;padding:0 1.1rem}
button:hover{border-color:var(--blue);color:var(--blue)}
#filter-status{grid-column:1/-1;font-size:.875rem;color:var(--ink-soft)}
#log{border:1px solid var(--hair);border-radius:12px;background:var(--surface);overflow:hidden}
.plan{position:relative;margin:0;content-visibility:auto;contain-intrinsic-size:auto 2.9rem}
.plan+.plan{border-top:1px solid var(--hair)}
.plan summary{width:auto;padding:.65rem 1.25rem;color:var(--ink)}
.plan[open] summary{background:var(--wash)}
.plan table{font-size:.875rem;table-layout:fixed}
.plan th:nth-child(1){width:25%}.plan th:nth-child(2){width:10%}.plan th:nth-child(3){width:24%}
.plan caption{padding-inline:1.25rem}
.plan :is(th,td){overflow-wrap:anywhere;min-width:0}
.plan :is(th,td):first-child{padding-inline-start:1.25rem}
.matches:not(:empty){color:var(--blue);font-weight:640;margin-inline-start:.5rem}
footer{margin-top:4rem;padding-top:1.25rem;border-top:1px solid var(--hair);font-size:.875rem;color:var(--ink-soft)}
footer p{max-width:46rem}
footer p+p{margin-top:.5rem}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px;border-radius:4px}
.plan summary:focus-visible,.tile:focus-visible{outline-offset:-3px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:1rem;background:var(--surface);padding:.6rem 1rem;z-index:1}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.print-only{display:none}
@media screen and (max-width:57rem){
.wide-only{display:none}
.compact-only{display:block;max-width:25rem}
form{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
form p:first-child{grid-column:1/-1}
}
@media screen and (max-width:44rem){
.tiles{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.tile:first-child{grid-column:1/-1}
.tile{padding:.9rem 1rem}
.figure{font-size:1.25rem}
.moves>li{grid-template-columns:minmax(0,1fr)}
.checks li{grid-template-columns:minmax(0,1fr)}
.scroll tbody th{position:sticky;left:0;background:var(--surface);box-shadow:1px 0 var(--hair);min-width:7.5rem;max-width:9.5rem;overflow-wrap:anywhere}
th,td{padding:.55rem .75rem}
.wordy thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.wordy :is(table,tbody,caption){display:block}
.wordy tr{display:block;padding:.8rem 1rem;border-bottom:1px solid var(--hair)}
.wordy tr:last-child{border:0}
.wordy :is(th,td){display:block;border:0;padding:.1rem 0;text-align:start;white-space:normal}
.scroll.wordy tbody th{position:static;box-shadow:none;max-width:none;margin-bottom:.15rem}
.wordy td::before{content:attr(data-label) ": ";color:var(--ink-soft);font-size:.875rem}
.plan thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.plan :is(table,tbody,caption){display:block}
.plan table[hidden]{display:none}
.plan caption{padding-inline:1rem}
.plan td .block{display:inline}
.plan tr{display:block;padding:.75rem 1rem;border-bottom:1px solid var(--hair)}
.plan tr[hidden]{display:none}
.plan :is(th,td),.plan :is(th,td):first-child{display:block;border:0;padding:.1rem 0}
.plan th:nth-child(n),.plan td{width:auto}
.plan summary{padding-inline:1rem}
}
@media screen and (max-width:24rem){.tiles{grid-template-columns:minmax(0,1fr)}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root{color-scheme:light;--ground:#fff;--surface:#fff;--ink:#000;--ink-soft:#444;--hair:#ccc;--mark-soft:#777;--blue:#1d5fae;--orange:#c2570c;--orange-ink:#a84a08;--grey:#6a7481;--wash:#fff}
body{font-size:9.5pt}
table,.move p,.effect{font-size:8.5pt}
th,td{padding:.35rem .5rem}
tbody th,thead .number,.words{min-width:0}
section{margin-top:2.2rem}
.moves>li{padding:.7rem 1rem}
.shift .badge,.badge{line-height:1.3}
.page{max-width:none;padding:0}
nav,form,#log,.skip,figure details:not([open]){display:none}
.print-only{display:block}
.scroll{overflow:visible}
figure,.moves>li,.checks li,tr{break-inside:avoid}
h2,h3{break-after:avoid}
}
`
