"""Rules for a theme's tokens, before a letter happens to use them."""

from mailer.checks.rule import WARNING, Case, Rule

RULES = (
    Rule(
        "theme.colour",
        WARNING,
        ("Farbe des Themas", "Colour of the theme"),
        ("Was keine Farbe ist, zeigt niemand an.", "What is no colour is not shown."),
        {
            "": Case(
                "`{token}` ist „{value}“; das ist keine Farbe.",
                "`{token}` is “{value}”, which is no colour.",
            )
        },
        ("Schreiben Sie sie als #rrggbb.", "Write it as #rrggbb."),
        needs="theme",
    ),
    Rule(
        "theme.contrast",
        WARNING,
        ("Kontrast im Thema", "Contrast in the theme"),
        (
            "Die beiden Farben treffen in irgendeiner Ausgabe aufeinander.",
            "Some issue will have the two colours meet.",
        ),
        {
            "light": Case(
                "`{text}` auf `{ground}` hat im hellen Schema einen Kontrast von {ratio}:1; nötig sind"
                " {needed}:1.",
                "`{text}` on `{ground}` has a contrast of {ratio}:1 in the light scheme;"
                " {needed}:1 is needed.",
            ),
            "dark": Case(
                "`{text}` auf `{ground}` hat im dunklen Schema einen Kontrast von {ratio}:1; nötig sind"
                " {needed}:1.",
                "`{text}` on `{ground}` has a contrast of {ratio}:1 in the dark scheme;"
                " {needed}:1 is needed.",
            ),
        },
        (
            "Rücken Sie die beiden Farben weiter auseinander.",
            "Move the two colours further apart.",
        ),
        needs="theme",
    ),
    Rule(
        "theme.unknown",
        WARNING,
        ("Unbekanntes Token", "Unknown token"),
        (
            "Ein Token, das keine Vorlage nennt, bleibt ohne Wirkung.",
            "A token that no template names has no effect.",
        ),
        {
            "": Case(
                "{name} ist im Thema nicht vorgesehen.",
                "The theme's {name} is unknown.",
            ),
            "close": Case(
                "{name} ist im Thema nicht vorgesehen; ist {guess} gemeint?",
                "The theme's {name} is unknown; did you mean {guess}?",
            ),
        },
        (
            (
                "Schreiben Sie es wie in themes/kammer.toml; behalten Sie es nur, wenn eine eigene Vorlage es"
                " nennt."
            ),
            "Write it as in themes/kammer.toml; keep it only if a template of your own names it.",
        ),
        needs="theme",
    ),
)
