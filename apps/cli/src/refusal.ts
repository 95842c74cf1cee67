/** The exit statuses of the command. */
export const EXIT = { done: 0, refused: 1, usage: 2, unavailable: 3, changes: 4, interrupted: 130 } as const;

/** A sentence for who typed the command, and how it ends. Nothing else is printed of an error that was expected. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number = EXIT.refused,
    /** The code of the API's answer. */
    readonly code?: string,
  ) {
    super(message);
  }
}
