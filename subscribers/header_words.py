"""The words by which lists call their columns: offices, Excel, Outlook, CleverReach, Mailchimp, Brevo."""

# The text fields, and what decides whether and by what right a person may be mailed. Compared without case,
# with blanks for hyphens, underscores, colons, slashes, full stops and brackets.
SYNONYMS = {
    "anrede": "anrede, anredeform, briefanrede kurz, salutation, title, form of address, salutation title, "
    "name prefix, namenspräfix, geschlecht anrede",
    "titel": "titel, akad titel, akademischer titel, akad grad, akademischer grad, degree, academic title, "
    "namenstitel, titel akad grad, akad grad titel, titel vorangestellt, titel vor name",
    "vorname": "vorname, rufname, first name, firstname, fname, given name, forename, prenom, vornamen, "
    "kontakt vorname, vorname adressattyp natürl person, vorname adressattyp natürliche person",
    "nachname": "nachname, familienname, zuname, last name, lastname, lname, surname, family name, nom, "
    "kontakt nachname, nachname adressattyp natürl person, name adressattyp natürl person, "
    "name adressattyp natürliche person",
    "name": "name, vollständiger name, voller name, full name, fullname, vor und nachname, vor und zuname, "
    "vorname nachname, nachname vorname, name vorname, vorname name, ansprechpartner, ansprechpartnerin, "
    "ansprechperson, kontaktperson, inhaber, inhaberin, betriebsinhaber, betriebsinhaberin, anzeigename, "
    "display name, displayname, name adressattyp keine angabe, vollst name",
    "vorsatz": "namensvorsatz, vorsatzwort, namensvorsatzwort, nachname vorsatz, vorsatz, name vorsatz",
    "adelstitel": "adelstitel, adelsprädikat, adel",
    "firma": "firma, firmenname, firmenbezeichnung, betrieb, betriebsname, unternehmen, organisation, "
    "organization, institution, einrichtung, company, company name, organization name, organisation name, "
    "organization 1 name, account name, associated company, name adressattyp unternehmen",
    "gewerk": "gewerk, gewerke, gewerk e, handwerk, beruf gewerk, branche, gewerbe, trade, industry",
    "kreis": "kreis, landkreis, kreis stadt, kreisfreie stadt, kammerbezirk, bezirk, region, district",
    "plz": "plz, postleitzahl, plz geschäftlich, postleitzahl geschäftlich, plz firma, zip, zip code, "
    "zip postal code, zipcode, postal code, postcode, business postal code",
    "ort": "ort, stadt, wohnort, ortsname, ort geschäftlich, firmenort, city, town, business city",
    "plz_ort": "plz ort, plz und ort, postleitzahl ort, postleitzahl und ort, plz wohnort, plz stadt, "
    "ort mit plz, zip city",
    "private_plz": "private plz",
    "private_ort": "privatort",
    "private_country": "privatland",
    "funktion": "funktion, position, rolle, amt, job title, jobtitle, role, berufsbezeichnung, arbeitstitel, "
    "stellenbezeichnung, organization title, organisation title, organization 1 title",
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
    "ended": "gekündigt, kündigung, austritt, ausgeschieden, verzogen, archiviert, archived",
    "bounced": "bounced, bounce, hard bounce, hardbounce, hard bounced, clean time, cleaned, unzustellbar, "
    "hardbounces",
    "active": "aktiv, active, is active, ist aktiv, subscribed, is subscribed, email subscribed, "
    "e mail subscribed, newsletter subscribed, abonniert, newsletter aktiv, newsletter abonniert, abo aktiv",
    "deleted": "loesch kz, lösch kz, löschkennzeichen, loeschkennzeichen, löschkz, loeschkz, gelöscht, "
    "gelöscht am, löschvermerk, deleted, deleted at",
    "status": "status, state, abostatus, abo status, abonnement status, newsletterstatus, "
    "newsletter status, empfängerstatus, kontaktstatus, subscription status, "
    "subscriber status, member status, email status, e mail status, email marketing status, "
    "e mail marketing status, email marketing, marketing status, marketing contact status, "
    "email subscriber status, email subscription status, list status, listenstatus, global status, "
    "opt in status, optin status, double opt in status, doi status, permission, permission status, "
    "versandstatus, newsletter abo status, anmeldestatus, bezugsstatus, email permission status",
    "consented_on": "einwilligung, einwilligung am, einwilligung vom, einwilligungsdatum, "
    "einwilligung datum, datum der einwilligung, opt in am, opt in datum, optin datum, "
    "consented on, consent date",
    "consent": "consent, newsletter, newsletter erwünscht, newsletter gewünscht, newsletter erlaubt, "
    "newsletter ja nein, newsletter empfang, newsletterempfang, newsletter abo, newsletterabo, "
    "newsletter einwilligung, newslettereinwilligung, einwilligung newsletter, newsletter opt in, "
    "werbeeinwilligung, werbeeinwilligung erteilt, einwilligung werbung, einwilligung erteilt, "
    "einwilligung ja nein, e mail einwilligung, e mail werbung, werbung erlaubt, werbung erwünscht, "
    "mailing erwünscht, mailing erlaubt, mailings erwünscht, rundbrief, rundbrief erwünscht, "
    "opt in, optin, double opt in, doi, accepts marketing, email consent, marketing consent, newsl, "
    "newsletter per mail, newsletter per e mail, newsletter e mail, newsletter versand, newsletterversand, "
    "newsletter zustimmung, newsletterzustimmung, zustimmung newsletter, newsletter zusenden, "
    "newsletter erhalten, newsletterbezug, newsletter bezug, einverständnis newsletter, "
    "newsletter einverständnis, dsgvo einwilligung, einwilligung dsgvo, accepts email marketing, "
    "email marketing consent, newsletter subscription, newsletter consent, mail einwilligung, "
    "einwilligung e mail, einwilligung mail, werbung per e mail",
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
STOPS = (
    "deactivated",
    "bounced",
    "status",
    "active",
    "deleted",
    "ended",
)  # each column counts, not the first alone
LABELS = ("topic", "tag")  # several columns of these are added up
EXPORTS_OF_OTHERS = ("euid", "leid", "member rating")  # Mailchimp: its REGION is a code, its CC a country
SALESFORCE = ("account name", "account id", "contact id", "mailing city", "mailing street", "lead source")
JOINED = (
    "titel",
    "vorname",
    "nachname",
    "name",
    "firma",
    "funktion",
)  # several columns, put together by hand

# Words before or after the name of a field, which say whose it is.
PRIVATE = ("privat", "priv", "private", "privates", "home")
WORKING = (
    *("dienstlich", "dienstl", "geschäftlich", "geschäftl", "gesch", "business", "work", "firma", "betrieb"),
    *("adresse", "address", "anschrift", "mailing", "1"),
)
PERSONAL = ("anrede", "titel", "vorname", "nachname", "name", "funktion", "plz", "ort", "plz_ort", "country")
_PERSONS = (
    "inh, inhaber, inhaberin, inhabers, ap, asp, ansprechpartner, ansprechpartnerin, ansprechperson, "
    "kontakt, kontaktperson, contact, person, empfänger, gf, geschäftsführer, geschäftsführerin, "
    "betriebsinhaber, subscriber, kunde, mitglied, teilnehmer, teilnehmerin, obermeister, "
    "vorsitz, benutzer, user"
)
_FIRMS = (
    "betrieb, firma, betriebs, firmen, unternehmen, unternehmens, organisation, organization, company, verein"
)
GROUPS = {
    **dict.fromkeys(_PERSONS.split(", "), "person"),
    **dict.fromkeys(_FIRMS.split(", "), "firm"),
}
