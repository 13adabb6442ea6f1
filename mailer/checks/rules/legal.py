"""Rules for what the law asks of a newsletter: imprint, leaving the list, sender, consent."""

from mailer.checks.rule import ERROR, WARNING, Case, Rule

RULES = (
    Rule(
        "legal.imprint",
        ERROR,
        ("Impressum", "Imprint"),
        (
            "Jede Ausgabe nennt Anbieter, Anschrift, Kontakt und Verantwortliche (DDG § 5, MStV § 18).",
            "Each issue names provider, address, contact and who answers for it (DDG § 5, MStV § 18).",
        ),
        {
            "html": Case(
                "Im HTML-Teil fehlt aus dem Impressum `{field}`: „{value}“.",
                "The HTML part lacks `{field}` of the imprint: “{value}”.",
                (
                    "Zeigen Sie es in templates/blocks/imprint.mjml.",
                    "Show it in templates/blocks/imprint.mjml.",
                ),
            ),
            "text": Case(
                "Im Textteil fehlt aus dem Impressum `{field}`: „{value}“.",
                "The text part lacks `{field}` of the imprint: “{value}”.",
                ("Zeigen Sie es in templates/letter.txt.", "Show it in templates/letter.txt."),
            ),
            "postbox": Case(
                "Das Impressum nennt ein Postfach („{street}“); nötig ist eine Anschrift, unter der Sie zu"
                " erreichen sind.",
                "The imprint names a post-office box (“{street}”); an address where you can be found is due.",
                ("Tragen Sie Straße und Hausnummer ein.", "Write street and number."),
            ),
            "representative": Case(
                "Das Impressum nennt die Rechtsform „{form}“, aber niemanden, der sie vertritt.",
                "The imprint names the legal form “{form}”, and nobody who represents it.",
                (
                    "Tragen Sie `representative` ein: die vertretungsberechtigten Personen.",
                    "Write `representative`: the persons who represent it.",
                ),
                WARNING,
            ),
            "register": Case(
                "Für „{name}“ fehlt im Impressum das Register mit der Nummer.",
                "The imprint lacks the register and its number for “{name}”.",
                (
                    "Tragen Sie `register_entry` ein, zum Beispiel „Amtsgericht Musterstadt, VR 123“.",
                    "Write `register_entry`, for example “Amtsgericht Musterstadt, VR 123”.",
                ),
                WARNING,
            ),
            "responsible": Case(
                "„{name}“ ist kein Name einer Person; für redaktionelle Inhalte muss eine Person"
                " verantwortlich zeichnen.",
                "“{name}” is no name of a person; editorial content needs a person who answers for it.",
                (
                    "Tragen Sie unter `responsible` Vor- und Nachnamen ein.",
                    "Write a first and a last name as `responsible`.",
                ),
                WARNING,
            ),
        },
        protects=True,
    ),
    Rule(
        "legal.unsubscribe",
        ERROR,
        ("Abbestellen", "Leaving the list"),
        (
            "Abbestellen geht jederzeit mit einem Klick (DSGVO Art. 7 Abs. 3 und 21 Abs. 2; RFC 8058).",
            "Leaving takes one click at any time (DSGVO Art. 7 (3) and 21 (2); RFC 8058).",
        ),
        {
            "html": Case(
                "Im HTML-Teil fehlt der Link zum Abbestellen.",
                "The HTML part has no link to unsubscribe.",
                (
                    "Setzen Sie den Link in templates/blocks/imprint.mjml.",
                    "Put the link into templates/blocks/imprint.mjml.",
                ),
            ),
            "text": Case(
                "Im Textteil fehlt der Link zum Abbestellen.",
                "The text part has no link to unsubscribe.",
                (
                    "Setzen Sie den Link in templates/letter.txt.",
                    "Put the link into templates/letter.txt.",
                ),
            ),
            "header": Case(
                "Der Link zum Abbestellen beginnt mit {url}; die Abmeldung mit einem Klick nehmen"
                " Mailprogramme nur über https an.",
                "The link to unsubscribe begins with {url}; mail programs accept one-click by https only.",
                (
                    "Tragen Sie in config.toml unter `public_url` die https-Adresse ein.",
                    "Write the https address as `public_url` in config.toml.",
                ),
            ),
        },
        protects=True,
    ),
    Rule(
        "legal.sender",
        WARNING,
        ("Absender", "Sender"),
        (
            "Absender, Liste und Signatur gehören zu einer Domain; sonst gilt der Brief als gefälscht.",
            "Sender, list and signature belong to one domain; else the letter counts as forged.",
        ),
        {
            "mailbox": Case(
                "Der Absender nutzt {domain}; dort darf nur der Anbieter selbst Massenmails verschicken.",
                "The sender uses {domain}, where only the provider itself may send to many.",
                (
                    "Verwenden Sie eine Adresse unter Ihrer eigenen Domain.",
                    "Use an address under a domain of your own.",
                ),
                ERROR,
            ),
            "list": Case(
                "`list_id` ({other}) gehört nicht zur Domain des Absenders ({domain}).",
                "`list_id` ({other}) is not under the sender's domain ({domain}).",
                (
                    "Wählen Sie für neue Newsletter eine list_id unter Ihrer Domain; alte bleiben bestehen.",
                    "For a new newsletter take a list_id under your own domain; never change an old one.",
                ),
            ),
            "signature": Case(
                "Die Signatur (DKIM) gilt für {other}, der Absender ist bei {domain}.",
                "The signature (DKIM) is for {other}, the sender is at {domain}.",
                (
                    "Signieren Sie mit der Domain des Absenders.",
                    "Sign with the sender's domain.",
                ),
                ERROR,
            ),
        },
        needs="newsletter",
    ),
    Rule(
        "legal.consent",
        WARNING,
        ("Ungeklärte Einwilligung", "Unproven consent"),
        (
            "Ohne nachweisbare Einwilligung wird niemand angeschrieben (UWG § 7, DSGVO Art. 7 Abs. 1).",
            "Nobody is mailed without a consent that can be proven (UWG § 7, DSGVO Art. 7 (1)).",
        ),
        {
            "": Case(
                "Bei {count} Personen dieser Liste ist die Einwilligung ungeklärt; sie bekommen den Brief"
                " nicht.",
                "{count} people on this list have no proven consent; they do not get the letter.",
            ),
            "one": Case(
                "Bei einer Person dieser Liste ist die Einwilligung ungeklärt; sie bekommt den Brief nicht.",
                "One person on this list has no proven consent and does not get the letter.",
            ),
        },
        (
            "Sehen Sie mit `rundbrief subscribers list` nach, und tragen Sie vorhandene Nachweise nach.",
            "Look with `rundbrief subscribers list`, and add the proofs that there are.",
        ),
        protects=True,
        needs="people",
    ),
)
