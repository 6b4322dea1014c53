/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How the picture is dressed: classes only, so that a document may dress it otherwise. Dark where
 * the reader's system is, or where an element around it has the class tl-dark.
 */
#ifndef VIEW_SVG_STYLE_H
#define VIEW_SVG_STYLE_H

#define SVG_LIGHT                                                                                  \
	".bg{fill:#fff}text{fill:#1f2733;font-family:'Noto Sans','Noto Sans CJK KR','DejaVu Sans',sans-serif;font-size:12px}" \
	".title{font-size:18px;font-weight:700}.sub,.tick,.end,.guest,.note{fill:#667080}.tick{font-size:10px}"            \
	".end-killed{fill:#b3261e}.end-failed{fill:#8a5300}.stripe{fill:#f6f8fa}.grid{stroke:#e3e7ec;stroke-width:1}"      \
	".branch{fill:none;stroke:#b6bfca;stroke-width:1}.fork{stroke:#b6bfca;stroke-width:1;stroke-dasharray:2 2}"        \
	".kill{stroke:#b3261e;stroke-width:1.5;fill:none}.kill-head{fill:#b3261e}"                                         \
	".unseen{fill:#c5ccd5}.sleep{fill:#a9c4e4}.deep{fill:#6b8fc0}.wait{fill:#f0c04a}.run{fill:#2e9e5b}.stop{fill:#d97b29}" \
	".zombie{fill:#9b6fc4}.doubt{fill:#b3261e;fill-opacity:.18}.blind{fill:#b3261e;fill-opacity:.10}"                  \
	".cut{fill:#e3e7ec}.born,.died,.reaped{fill:#1f2733}.exec{fill:#2457a8;stroke:#fff;stroke-width:.8}"               \
	".signal{fill:#d97b29}.died-killed{stroke:#b3261e;stroke-width:2.4;stroke-linecap:round;fill:none}"

#define SVG_DARK(P)                                                                                \
	P ".bg{fill:#12161c}" P "text{fill:#e4e8ee}" P ".sub," P ".tick," P ".end," P ".guest," P  \
	  ".note{fill:#98a3b3}" P ".end-killed{fill:#ff8a80}" P ".end-failed{fill:#ffc268}" P      \
	  ".stripe{fill:#181d25}" P ".grid{stroke:#29313c}" P ".branch{stroke:#4a5566}" P          \
	  ".fork{stroke:#4a5566}" P ".kill{stroke:#ff8a80}" P ".kill-head{fill:#ff8a80}" P         \
	  ".unseen{fill:#3c4654}" P ".sleep{fill:#3d5f8a}" P ".deep{fill:#5f86bb}" P               \
	  ".wait{fill:#c99a2e}" P ".run{fill:#46c37b}" P ".stop{fill:#e08f45}" P                   \
	  ".zombie{fill:#b48ad8}" P ".cut{fill:#29313c}" P ".born," P ".died," P                   \
	  ".reaped{fill:#e4e8ee}" P ".exec{fill:#7fb0ff;stroke:#12161c}" P                         \
	  ".died-killed{stroke:#ff8a80}"

static const char svg_style[] =
	SVG_LIGHT "@media (prefers-color-scheme:dark){" SVG_DARK("") "}" SVG_DARK(".tl-dark ");

#endif
