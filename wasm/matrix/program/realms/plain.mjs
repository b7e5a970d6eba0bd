// The realm as it comes.
