"""What a person sees. Everything but data goes to stderr; nothing here touches stdout by itself."""
