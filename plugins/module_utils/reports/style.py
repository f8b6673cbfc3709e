# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The style of the HTML pages."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--text:#1b1f24;--soft:#59636e;--back:#fff;--card:#f6f8fa;--line:#d1d9e0;--pass:#1a7f37;
--fail:#cf222e;--na:#59636e;--unread:#9a6700}
@media (prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--back:#0d1117;--card:#161b22;--line:#3d444d;
--pass:#3fb950;--fail:#ff7b72;--na:#9198a1;--unread:#e3b341}}*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:24px 16px 64px}h1{font-size:26px;margin:0}
h2{font-size:19px;margin:36px 0 10px}h3{font-size:15px;margin:0}header p{color:var(--soft);margin:4px 0}
header .verdict{font-size:18px;font-weight:600;margin:12px 0}
.totals{display:flex;flex-wrap:wrap;gap:10px;list-style:none;padding:0;margin:0}
.totals li{border:1px solid var(--line);border-radius:8px;padding:8px 14px;background:var(--card)}
.totals b{font-size:20px}.verdict.pass,span.pass,.totals .pass,article.pass h3{color:var(--pass)}
.verdict.fail,span.fail,.totals .fail,article.fail h3{color:var(--fail)}span.na,.totals .na{color:var(--na)}
span.unread,.totals .unread,article.unread h3{color:var(--unread)}
span.pass,span.fail,span.na,span.unread{white-space:nowrap;font-weight:600}table{width:100%;border-collapse:collapse}
section{overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:7px 12px 7px 0;border-bottom:1px solid var(--line);
overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:600}tbody th{font-weight:400}th.name{width:38%}
th.name b{display:inline-block;min-width:3.2em;margin-right:6px}.summary th{white-space:nowrap}
.summary td span{margin-right:10px}small{display:block;color:var(--soft);font-size:13px}
article{border:1px solid var(--line);border-left:4px solid var(--fail);border-radius:6px;background:var(--card);
padding:10px 14px;margin:0 0 10px}article.unread{border-left-color:var(--unread)}article p{margin:4px 0}
.where{color:var(--soft)}
@media print{:root{color-scheme:light;--text:#000;--soft:#444;--back:#fff;--card:#fff;--line:#bbb;--pass:#116329;
--fail:#a40e26;--na:#444;--unread:#7d4e00}body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-after:avoid;
margin-top:18pt}tr,article,.totals{break-inside:avoid}thead{display:table-header-group}section{overflow:visible}
small{font-size:9pt}@page{margin:15mm}}
"""
