"""The words by which lists call their columns: offices, Excel, Outlook, CleverReach, Mailchimp, Brevo."""

# The text fields, and what decides whether and by what right a person may be mailed. Compared without case,
# with blanks for hyphens, underscores, colons, slashes, full stops and brackets.
SYNONYMS = {
    "anrede": "anrede, anredeform, briefanrede kurz, salutation, title, form of address, salutation title",
    "titel": "titel, akad titel, akademischer titel, akad grad, akademischer grad, degree, academic title, "
    "namenstitel",
    "vorname": "vorname, rufname, first name, firstname, fname, given name, forename, prenom, vornamen, "
    "kontakt vorname",
    "nachname": "nachname, familienname, zuname, last name, lastname, lname, surname, family name, nom, "
    "kontakt nachname",
    "name": "name, vollständiger name, voller name, full name, fullname, vor und nachname, vor und zuname, "
    "vorname nachname, nachname vorname, name vorname, vorname name, ansprechpartner, ansprechpartnerin, "
    "ansprechperson, kontaktperson",
    "firma": "firma, firmenname, firmenbezeichnung, betrieb, betriebsname, unternehmen, organisation, "
    "organization, institution, einrichtung, company, company name",
    "gewerk": "gewerk, gewerke, handwerk, beruf gewerk, branche, gewerbe, trade, industry",
    "kreis": "kreis, landkreis, kreis stadt, kreisfreie stadt, kammerbezirk, bezirk, region, district",
    "plz": "plz, postleitzahl, plz geschäftlich, postleitzahl geschäftlich, plz firma, zip, zip code, "
    "zipcode, postal code, postcode, business postal code",
    "ort": "ort, stadt, wohnort, ortsname, ort geschäftlich, firmenort, city, town, business city",
    "funktion": "funktion, position, rolle, amt, job title, jobtitle, role, berufsbezeichnung",
    "language": "language, sprache, preferred language",
    "tone": "tone, ansprache, tonalität",
    "country": "land, land region, land region geschäftlich, country, country region, "
    "business country region",
    "registered": "registered, registriert, registriert am, anmeldedatum, angemeldet am, anmeldung am, "
    "optin time, opt in time, signup date, sign up date, subscribed at, subscription date, "
    "double opt in angefragt am",
    "activated": "activated, aktiviert, aktiviert am, confirm time, confirmed at, confirmation time, "
    "bestätigt am, bestätigungsdatum, double opt in bestätigt am, doi datum, doi am, double opt in datum, "
    "double opt in am",
    "deactivated": "deactivated, deaktiviert, deaktiviert am, abgemeldet, abgemeldet am, abmeldung, "
    "abmeldung am, abmeldedatum, abbestellt, abbestellt am, ausgetragen, ausgetragen am, unsubscribed, "
    "unsubscribed at, unsubscribed on, unsubscribe date, unsubscribe time, unsub time, opt out, optout, "
    "opted out, opt out am, opt out datum, gesperrt, gesperrt am, sperre, sperrvermerk, werbesperre, "
    "widerspruch, widerspruch am, widersprochen, widersprochen am, werbewiderspruch, blacklist, blacklisted, "
    "blocklist, blocklisted, email blacklisted, e mail blacklisted, email blocklisted, e mail blocklisted, "
    "blockliste, auf blockliste, auf der blockliste, inaktiv, inactive",
    "bounced": "bounced, bounce, hard bounce, hardbounce, hard bounced, clean time, cleaned, unzustellbar",
    "active": "aktiv, active, is active, ist aktiv",
    "deleted": "loesch kz, lösch kz, löschkennzeichen, loeschkennzeichen, löschkz, loeschkz, gelöscht, "
    "gelöscht am, löschvermerk, deleted, deleted at",
    "status": "status, state, abostatus, abo status, abonnement status, newsletterstatus, "
    "newsletter status, empfängerstatus, kontaktstatus, subscription status, "
    "subscriber status, member status, email status, e mail status",
    "consented_on": "einwilligung, einwilligung am, einwilligung vom, einwilligungsdatum, "
    "einwilligung datum, datum der einwilligung, opt in am, opt in datum, optin datum, "
    "consented on, consent date",
    "consent": "consent, newsletter, newsletter erwünscht, newsletter gewünscht, newsletter erlaubt, "
    "newsletter ja nein, newsletter empfang, newsletterempfang, newsletter abo, newsletterabo, "
    "newsletter einwilligung, newslettereinwilligung, einwilligung newsletter, newsletter opt in, "
    "werbeeinwilligung, werbeeinwilligung erteilt, einwilligung werbung, einwilligung erteilt, "
    "einwilligung ja nein, e mail einwilligung, e mail werbung, werbung erlaubt, werbung erwünscht, "
    "mailing erwünscht, mailing erlaubt, mailings erwünscht, rundbrief, rundbrief erwünscht, "
    "opt in, optin, double opt in, doi, accepts marketing, email consent, marketing consent",
    "source": "quelle, source, herkunft, quelle der einwilligung, einwilligung quelle, einwilligungsquelle, "
    "anmeldequelle, signup source",
    "wording": "einwilligungstext, wortlaut, wortlaut der einwilligung, text der einwilligung, wording, "
    "consent text",
    "topic": "thema, themen, themenwunsch, themenwünsche, interesse, interessen, interessengebiete, "
    "interessensgebiete, topic, topics, interest, interests",
    "tag": "tag, tags, schlagwort, schlagworte, schlagwörter, stichwort, stichworte, stichwörter, kategorie, "
    "kategorien, category, categories, etiketten, labels",
    "own_state": "rundbrief status",
    "own_since": "status seit",
}
STOPS = ("deactivated", "bounced", "status", "active", "deleted")  # each column counts, not the first alone
LABELS = ("topic", "tag")  # several columns of these are added up
EXPORTS_OF_OTHERS = ("euid", "leid", "member rating")  # Mailchimp: its REGION is a code, its CC a country
