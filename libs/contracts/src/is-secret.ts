/** Marks the schema of a secret text: forms hide it, and it must not be in a file (OpenAPI 3.1 §4.4.4 and its format registry). */
export const IS_SECRET = { format: 'password' } as const;
