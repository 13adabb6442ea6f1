"""Puts the style rules onto the elements, for readers that ignore <style> (GMX and WEB.DE on a desktop)."""

from functools import lru_cache

import css_inline


def inline_css(html: str, css: str) -> str:
    """The same HTML with the rules of `css` written into `style` attributes; its own <style> stays as it is.

    MJML's reset is not inlined again (it would add a fifth to the size) and media queries survive.
    """
    return _inliner(css).inline(html)


@lru_cache(maxsize=8)
def _inliner(css: str) -> css_inline.CSSInliner:
    return css_inline.CSSInliner(
        inline_style_tags=False,
        keep_style_tags=True,
        load_remote_stylesheets=False,
        extra_css=css,
    )
