// Pages outside a workspace (tokens, profile) show the navigation of the one this browser was in last.
const slug = document.body.dataset.workspace;
if (slug && location.pathname.startsWith(`/w/${slug}/`)) {
  document.cookie = `atelier_workspace=${slug}; path=/; max-age=31536000; samesite=lax`;
}
