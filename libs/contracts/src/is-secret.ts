/** Marks the schema of a secret text: it is hidden while people type it, and belongs in no file (OpenAPI 3.1 §4.4.4; the format's registry). */
export const IS_SECRET = { format: 'password' } as const;
