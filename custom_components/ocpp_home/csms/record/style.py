"""How the report looks, on a screen and on A4 paper."""

from typing import Final

STYLE: Final = """
:root { --ink: #17212b; --soft: #5d6b78; --line: #dfe5ea; --wash: #f5f7f9; --brand: #0b6e99; --sun: #f2a900;
  --grid: #8fb8cc; }
* { box-sizing: border-box; }
html { background: #e9edf0; }
body { margin: 0 auto; max-width: 210mm; min-height: 297mm; padding: 16mm; background: #fff; color: var(--ink);
  font: 10pt/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
header { display: flex; justify-content: space-between; align-items: flex-end; padding-bottom: 5mm;
  border-bottom: 0.8mm solid var(--brand); }
h1 { margin: 0; font-size: 22pt; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; }
header p { margin: 0 0 1mm; color: var(--brand); font-weight: 600; letter-spacing: 0.02em; }
header aside { color: var(--soft); font-size: 8.5pt; text-align: right; }
h2 { margin: 9mm 0 2.5mm; font-size: 12.5pt; font-weight: 650; letter-spacing: -0.01em; break-after: avoid; }
.sums { display: grid; grid-auto-flow: column; gap: 4mm; margin: 6mm 0 0; padding: 0; }
.sums div { background: var(--wash); border-radius: 2.5mm; padding: 3.5mm 4mm; }
.sums dt { color: var(--soft); font-size: 8.5pt; }
.sums dd { margin: 0.5mm 0 0; font-size: 14pt; font-weight: 650; letter-spacing: -0.03em; white-space: nowrap; }
.sums small { font-size: 9pt; font-weight: 500; color: var(--soft); letter-spacing: 0; }
figure { margin: 7mm 0 0; break-inside: avoid; }
figcaption { display: flex; gap: 5mm; color: var(--soft); font-size: 8.5pt; margin-bottom: 1.5mm; }
figcaption b { flex: 1; color: var(--ink); font-weight: 600; }
figcaption i { display: inline-block; width: 2.4mm; height: 2.4mm; border-radius: 0.6mm; margin-right: 1.2mm; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 7px; fill: var(--soft); }
.from-sun { fill: var(--sun); background: var(--sun); } .from-grid { fill: var(--grid); background: var(--grid); }
table { width: 100%; border-collapse: collapse; font-size: 9pt; }
thead { display: table-header-group; }
th { color: var(--soft); font-weight: 600; font-size: 8pt; text-align: left; vertical-align: bottom;
  border-bottom: 0.35mm solid var(--soft); padding: 1mm 2mm 1.2mm 0; }
td { padding: 1.4mm 2mm 1.4mm 0; border-bottom: 0.2mm solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
.note:empty { display: none; }
.n { text-align: right; white-space: nowrap; overflow-wrap: normal; } .t { white-space: nowrap; }
th.n { white-space: normal; }
th:last-child, td:last-child { padding-right: 0; }
tfoot { display: table-row-group; }
tfoot td { font-weight: 650; border-bottom: 0; border-top: 0.35mm solid var(--ink); }
small, .note { color: var(--soft); font-size: 8pt; }
td small { display: block; line-height: 1.3; white-space: normal; } td small:empty { display: none; }
.proof { margin-top: 10mm; padding: 4mm; background: var(--wash); border-radius: 2.5mm; break-inside: avoid; }
.proof p { margin: 0; } code { font: 8pt/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.sign { margin: 18mm 0 0 auto; width: 70mm; border-top: 0.25mm solid var(--ink); padding-top: 1mm; color: var(--soft);
  font-size: 8pt; break-inside: avoid; }
@media (max-width: 640px) { body { padding: 5mm; } .sums { grid-auto-flow: row; grid-template-columns: repeat(2, 1fr); }
  .sums dd { font-size: 12pt; white-space: normal; }
  section { overflow-x: auto; } header { display: block; } header aside { text-align: left; margin-top: 2mm; } }
@page { size: A4; margin: 14mm 14mm 16mm; }
@media print { html { background: none; } body { max-width: none; min-height: 0; padding: 0; }
  section { overflow: visible; } }
"""
