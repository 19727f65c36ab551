"""axe-core in a page of a test: what shuts somebody out."""

from typing import Any

from django.conf import settings

SCRIPT = settings.BASE_DIR / "static" / "vendor" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A layer that is still fading in has too little contrast for a moment.
SETTLED = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished))"""
# What passes is not asked for: telling of it takes four times as long as finding what does not.
FOUND = """async (rules) => {
    const asked = { preload: false, resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) };
    return (await axe.run(document, asked)).violations;
}"""


def violations(page: Any, rules: list[str] | None = RULES) -> list[str]:
    """What axe finds in the page as it is, by these rules; by all it has for None."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    page.evaluate(SETTLED)
    return [f"{rule['id']}: {node['html'][:160]}" for rule in page.evaluate(FOUND, rules) for node in rule["nodes"]]


def violations_in_both_themes(page: Any) -> list[str]:
    """What axe finds in light, and of colours in dark too: nothing else changes with the theme."""
    found = []
    for theme, rules in (("light", RULES), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
        found += [f"in {theme}: {problem}" for problem in violations(page, rules)]
    return found
