"""Reports: Markdown pages with live charts, tables and runs in them."""
