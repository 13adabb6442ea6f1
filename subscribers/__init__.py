"""The address book: who gets a newsletter, by what consent, and who never again."""
