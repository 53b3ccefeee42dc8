#include "scenarios/report/style.hpp"

namespace foretwin::report {

const char* const style_sheet = R"css(
:root { color-scheme: light dark; --ink: #17232e; --soft: #5b6b79; --line: #dfe5ea;
  --paper: #ffffff; --ground: #f3f5f7; --better: #0072b2; --worse: #c65300; --neutral: #87939e;
  --pale-better: #b9d9ec; --pale-worse: #f3cdb0; --pale-neutral: #cfd6dc; --before: #8a97a3;
  --fan: #0072b2; --low-end: #9ec7df; --high-end: #0072b2; --warn: #fff6e6; --warn-line: #e0a100;
  --doubt: #e0a100; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7edf2; --soft: #9fb0be; --line: #2d3a46;
  --paper: #17212b; --ground: #0f171e; --better: #5ab4e8; --worse: #f0994d; --neutral: #8795a1;
  --pale-better: #1f5273; --pale-worse: #6b4220; --pale-neutral: #3b4955; --before: #73818d;
  --fan: #5ab4e8; --low-end: #2f6e95; --high-end: #5ab4e8; --warn: #2a2413;
  --warn-line: #c99a2e; --doubt: #e8bf4d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 60px; }
section, header { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 22px 28px 20px; margin: 0 0 18px; }
header { border-top: 5px solid var(--neutral); }
header.pays { border-top-color: var(--better); }
header.loses { border-top-color: var(--worse); }
.eyebrow { color: var(--soft); font-size: 13.5px; margin: 0 0 8px; }
h1 { font-size: 25px; line-height: 1.33; font-weight: 640; margin: 0 0 18px;
  letter-spacing: -0.01em; overflow-wrap: anywhere; text-wrap: pretty; }
h2 { font-size: 18px; margin: 0 0 4px; font-weight: 640; }
h3 { font-size: 15px; margin: 18px 0 4px; }
p.lead { color: var(--soft); margin: 0 0 14px; max-width: 78ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 14px; }
.tile { border-left: 3px solid var(--line); padding: 2px 0 2px 12px; }
.tile .name { color: var(--soft); font-size: 13.5px; }
.tile .big { font-size: 24px; font-weight: 640; line-height: 1.25; }
.tile .note { color: var(--soft); font-size: 13px; }
.tile.better { border-left-color: var(--better); }
.tile.worse { border-left-color: var(--worse); }
.warnings { background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px;
  padding: 10px 16px; margin: 18px 0 0; }
.warnings b { display: block; }
.warnings ul { margin: 2px 0 0; padding-left: 18px; }
ul.turns { margin: 0 0 14px; padding-left: 20px; }
ul.turns li { margin: 3px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: right; padding: 5px 0 5px 16px; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
thead th { border-bottom: 2px solid var(--line); font-weight: 640; vertical-align: bottom; }
tbody th { font-weight: 500; }
th.best { color: var(--better); }
.unit, .range { color: var(--soft); font-size: 12.5px; font-weight: 400; }
.change { font-size: 13px; white-space: nowrap; } .nowrap { white-space: nowrap; }
tr.band th { padding-top: 18px; color: var(--soft); font-weight: 640; }
table.plain td, table.plain th { text-align: left; overflow-wrap: anywhere; }
td.number { text-align: right !important; white-space: nowrap; }
.better { color: var(--better); } .worse { color: var(--worse); } .neutral { color: var(--soft); }
.verdict { font-weight: 600; margin: 0 0 12px; }
code { font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: 13px; padding: 0 4px; }
svg { display: block; width: 100%; height: auto; margin: 8px 0 2px; }
svg.hatchings { position: absolute; width: 0; height: 0; }
svg text { fill: var(--ink); font-size: 14px; stroke: none; }
svg .small { font-size: 12.5px; } svg text.small { fill: var(--soft); }
svg text.strong { font-weight: 640; fill: var(--ink); }
svg text.better { fill: var(--better); } svg text.worse { fill: var(--worse); }
svg text.neutral { fill: var(--soft); }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .zero { stroke: var(--ink); stroke-width: 1.4; }
svg .centre { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 4 3; }
svg .whisker { stroke: var(--ink); stroke-width: 1.3; }
svg .thin { stroke-width: 2.5; } svg .thin.better { stroke: var(--better); }
svg .thin.worse { stroke: var(--worse); }
svg .pale.better { fill: var(--pale-better); } svg .pale.worse { fill: var(--pale-worse); }
svg .pale.neutral { fill: var(--pale-neutral); }
svg .dot.better { fill: var(--better); } svg .dot.worse { fill: var(--worse); }
svg .hollow { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
svg .bar.better { fill: var(--better); } svg .bar.neutral { fill: var(--neutral); }
svg .bar.worse { fill: url(#hatch-worse); stroke: var(--worse); stroke-width: 1; }
svg .bar.low-end { fill: var(--low-end); } svg .bar.high-end { fill: var(--high-end); }
svg .bar.unsure { opacity: 0.3; }
svg .fate.good { fill: var(--pale-better); } svg .fate.doubtful { fill: var(--doubt); }
svg .fate.bad { fill: var(--worse); }
svg .track { fill: var(--line); }
svg .state.busy { fill: var(--better); } svg .state.setup { fill: #56b4e9; }
svg .state.waiting { fill: var(--doubt); } svg .state.starved { fill: #b5a98f; }
svg .state.blocked { fill: #cc79a7; } svg .state.standby { fill: var(--neutral); }
svg .state.maintenance { fill: #009e73; } svg .state.off_shift { fill: var(--ground); }
svg .state.repair { fill: var(--worse); } svg .state.down_waiting { fill: url(#hatch-worse); }
svg .repair.before { fill: var(--before); } svg .repair.after { fill: var(--better); }
svg .waiting.before { fill: url(#hatch-before); stroke: var(--before); stroke-width: 1; }
svg .waiting.after { fill: url(#hatch-after); stroke: var(--better); stroke-width: 1; }
svg .fan { fill: var(--fan); stroke: none; } svg .fan.outer { opacity: 0.16; }
svg .fan.inner { opacity: 0.28; }
svg .curve { fill: none; stroke: var(--fan); stroke-width: 2.2; }
svg .curve.dashed { stroke: var(--ink); stroke-width: 1.3; stroke-dasharray: 5 4; }
@media (max-width: 760px) { section, header { padding: 18px 16px; } h1 { font-size: 21px; } }
@media print { :root { --ground: #fff; } body { font-size: 11.5px; } main { max-width: none;
  padding: 0; } section, header { border: 0; border-radius: 0; padding: 10px 0; }
  header { border-top: 4px solid var(--better); } h1 { font-size: 19px; }
  svg, tr, .tile { break-inside: avoid; } h2, h3 { break-after: avoid; }
  .scroll { overflow: visible; } table { font-size: 10.5px; } .range { font-size: 9.5px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

const char* const hatchings = R"svg(<svg class="hatchings" aria-hidden="true"><defs>
<pattern id="hatch-worse" width="6" height="6" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="6" height="6" style="fill:var(--pale-worse)"/>
<rect width="3" height="6" style="fill:var(--worse)"/></pattern>
<pattern id="hatch-before" width="5" height="5" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="5" height="5" style="fill:var(--paper)"/>
<rect width="2" height="5" style="fill:var(--before)"/></pattern>
<pattern id="hatch-after" width="5" height="5" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><rect width="5" height="5" style="fill:var(--paper)"/>
<rect width="2" height="5" style="fill:var(--better)"/></pattern>
</defs></svg>
)svg";

}  // namespace foretwin::report
