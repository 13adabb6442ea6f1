"""From one issue to the letter: HTML, text, and slots for what differs from person to person."""
