"""What a browser or a mail program on this machine talks to: leave page, preview, sandbox."""
