/** The exit statuses of the command. */
export const EXIT = { done: 0, refused: 1, usage: 2, unavailable: 3, changes: 4, interrupted: 130 } as const;

/** An expected error: only its sentence is printed, and the command ends with `status`. */
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
