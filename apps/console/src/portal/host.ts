import { claimsOf } from './token.js';

/** What the page around hands over. */
export interface Handed {
  readonly token: string;
  readonly theme: unknown;
}

/** What this page asks of the one around it: each time a token is the answer. */
export type Asked = 'ready' | 'expiring' | 'ended';

/** The page around this one. It may hand over a token only from the origin that the token names; whatever else is said, from wherever, is passed over. */
export class Host {
  /** Known once it has handed over a token. */
  #origin = '*';

  constructor(onHanded: (handed: Handed) => void) {
    addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
      if (source !== window.parent || typeof data !== 'object' || data === null) return;
      const { nuncio, token, theme } = data as Record<string, unknown>;
      if (nuncio !== 'token' || typeof token !== 'string' || claimsOf(token).origin !== origin) return;
      this.#origin = origin;
      onHanded({ token, theme });
    });
  }

  /** The first question goes to whatever page it is: there is no secret in it, and only some may show this page at all. */
  ask(what: Asked): void {
    window.parent.postMessage({ nuncio: what }, this.#origin);
  }
}
