import { claimsOf } from './token.js';

/** What the page around the portal hands over. */
export interface Handed {
  readonly token: string;
  readonly theme: unknown;
  readonly locale: unknown;
}

/** What the portal asks of the page around it. The answer is always a token. */
export type Asked = 'ready' | 'expiring' | 'ended';

/** The page around the portal. A token counts only if it comes from the origin that it names. All other messages are ignored. */
export class Host {
  /** Known once it has handed over a token. */
  #origin = '*';

  /** `onForeign`: a token came that names another origin than `origin`, which has sent it. */
  constructor(onHanded: (handed: Handed) => void, onForeign: (named: string | null, origin: string) => void) {
    addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
      if (source !== window.parent || typeof data !== 'object' || data === null) return;
      const { nuncio, token, theme, locale } = data as Record<string, unknown>;
      if (nuncio !== 'token' || typeof token !== 'string') return;
      const named = claimsOf(token).origin;
      if (named !== origin) {
        onForeign(named, origin);
        return;
      }
      this.#origin = origin;
      onHanded({ token, theme, locale });
    });
  }

  /** The first question goes to any origin. It holds no secret, and only allowed pages can show the portal at all. */
  ask(what: Asked): void {
    window.parent.postMessage({ nuncio: what }, this.#origin);
  }
}
