/** What the schema of a text that is secret has: people are not shown it as they type it, and it belongs in no file (OpenAPI 3.1 §4.4.4; the format's registry). */
export const IS_SECRET = { format: 'password' } as const;
