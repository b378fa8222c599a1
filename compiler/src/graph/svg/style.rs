//! Colours and letters, for light and dark.

/// Helvetica and what is as wide: see `layout::metrics`.
pub(super) const STYLE: &str = "\
svg{--paper:#f6f8fa;--box:#ffffff;--edge:#afb8c1;--leaf:#6e7781;--ink:#1f2328;--soft:#59636e;--line:#59636e;--name:#8250df;\
--way:#bc4c00;--never:#cf222e;font:12px Helvetica,Arial,\"Liberation Sans\",sans-serif}
@media(prefers-color-scheme:dark){svg{--paper:#161b22;--box:#0d1117;--edge:#3d444d;--leaf:#8b949e;--ink:#e6edf3;--soft:#9198a1;\
--line:#9198a1;--name:#bc8cff;--way:#f0883e;--never:#f85149}}
rect{stroke:var(--edge);fill:var(--paper)}
.odd>rect{fill:var(--box)}
.leaf>rect{stroke:var(--leaf);fill:var(--box)}
.missing>rect{stroke:var(--never);stroke-dasharray:5 4}
.rule{stroke:var(--edge)}
text{fill:var(--ink);white-space:pre}
.title{font-size:15px;font-weight:bold}
.name{font-size:13px;font-weight:bold}
.doc,.word{fill:var(--soft)}
.label{fill:var(--name);font-style:italic}
.mark{fill:var(--way);font-weight:bold}
.dot{fill:var(--ink)}
.line{fill:none;stroke:var(--line);stroke-width:1.3}
.tip{fill:var(--line)}
.way .line{stroke:var(--way);stroke-width:2.2}
.way .tip{fill:var(--way)}
.way>rect{stroke:var(--way);stroke-width:1.8}
.faint{opacity:.45}
.never .line{stroke:var(--never);stroke-dasharray:4 4}
.never .tip,.never .mark{fill:var(--never)}
.never>rect{stroke:var(--never);stroke-dasharray:4 4}
";
