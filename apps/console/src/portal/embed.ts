/** Shows the portal in a page. It is loaded from Nuncio's origin: `import { mount } from 'https://nuncio.acme.com/portal/embed.js'`. */

/** What a page can change of the portal's look. Anything else, and anything malformed, is ignored. */
export interface PortalTheme {
  /** `#rrggbb`; made darker or lighter if its contrast is too low. */
  readonly accent?: string;
  /** Pixels, 0 to 16. */
  readonly radius?: number;
  /** Names of fonts that the reader has, separated by commas. */
  readonly font?: string;
  readonly scheme?: 'light' | 'dark' | 'system';
}

export interface PortalOptions {
  /** Called for a token (`POST /v1/portal-sessions`, by the page's own server): at first, before each token ends, and when the API refuses one. */
  readonly getToken: () => Promise<string>;
  readonly theme?: PortalTheme;
  /** How dates and numbers are written: `de-AT`. The words are English. */
  readonly locale?: string;
  /** The first page: `/deliveries`. */
  readonly path?: string;
  /** What a screen reader calls the frame. */
  readonly title?: string;
}

export interface Portal {
  /** Changes the look, at once. */
  setTheme: (theme: PortalTheme) => void;
  /** Removes the portal. */
  close: () => void;
}

const ORIGIN = new URL(import.meta.url).origin;
const ASKED = ['ready', 'expiring', 'ended'];
const TOKEN = 'nuncio_portal.';

/** Puts the portal into `element`, which it fills. The token goes by message to this one frame, at Nuncio's origin. */
export function mount(element: Element, { getToken, theme, locale, path = '/', title = 'Webhooks' }: PortalOptions): Portal {
  const frame = document.createElement('iframe');
  let look = theme;
  let token = '';
  const hand = (): void => frame.contentWindow?.postMessage({ nuncio: 'token', token, theme: look, locale }, ORIGIN);
  /** The frame asks again while it has no token, so a failure is only told to the page's author. */
  const answer = async (): Promise<void> => {
    try {
      const given: unknown = await getToken();
      if (typeof given !== 'string' || !given.startsWith(TOKEN)) throw new Error(`it gave no token of POST /v1/portal-sessions, which begins with ${TOKEN}`);
      token = given;
      hand();
    } catch (error) {
      console.error('Nuncio: getToken failed:', error);
    }
  };
  const listen = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source !== frame.contentWindow || origin !== ORIGIN || typeof data !== 'object' || data === null) return;
    if (ASKED.includes(String((data as Record<string, unknown>).nuncio))) void answer();
  };
  addEventListener('message', listen);
  frame.src = `${ORIGIN}/portal${path}`;
  frame.title = title;
  frame.allow = 'clipboard-write';
  frame.referrerPolicy = 'no-referrer';
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-downloads');
  Object.assign(frame.style, { display: 'block', width: '100%', height: '100%', border: '0' });
  element.replaceChildren(frame);
  return {
    setTheme: (next) => {
      look = next;
      if (token) hand();
    },
    close: () => {
      removeEventListener('message', listen);
      frame.remove();
    },
  };
}
