"""``enrichctl providers``: what can be asked, logins, the user's own definitions, the sandbox."""
