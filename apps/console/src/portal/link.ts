import { answer, api, Refused, speakWith } from '../api/client.js';
import { writeAs } from '../parts/locale.js';
import { start } from '../start.js';
import { say } from './say.js';
import { claimsOf } from './token.js';

/** The portal as a page of its own, with the session of a link. */
export interface OwnPage {
  /** Ends the session for everybody who has the link. Throws `Refused`. */
  readonly signOut: () => Promise<void>;
}

let page: OwnPage | null = null;

/** null = the portal is in a frame, or its session is over. */
export const ownPage = (): OwnPage | null => page;

/** Opens the portal with the token in the address, which is taken out of it at once. The token is kept nowhere else, so a page that is loaded anew needs the link again. */
export function showByLink(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) {
    say('To see your webhooks, open the link that you were given. A page that was loaded anew needs it again.', { logo: true });
    return;
  }
  history.replaceState(history.state, '', location.pathname + location.search);
  const { origin, exp, iat, id, locale } = claimsOf(token);
  if (origin !== null) {
    say('This link does not open your webhooks: it is incomplete, or was made for another page.', { logo: true });
    return;
  }
  speakWith(token);
  writeAs(locale);
  const end = (sentence: string): void => {
    if (!page) return;
    page = null;
    clearTimeout(timer);
    speakWith('');
    started.queries.clear();
    started.stop();
    say(sentence, { logo: true });
  };
  const runOut = (): void => { end('This session has ended. To go on, open a new link.'); };
  const timer = window.setTimeout(runOut, (exp - iat) * 1_000);
  page = {
    signOut: async () => {
      await answer(api.DELETE('/v1/portal-sessions/{id}', { params: { path: { id } } })).catch((error: unknown) => {
        if (!(error instanceof Refused) || error.problem.status !== 401) throw error;
      });
      end('You are signed out. The link opens nothing any more.');
    },
  };
  const started = start('/portal', runOut);
  // Another link in the same tab changes only the fragment, which loads nothing by itself.
  addEventListener('hashchange', () => { if (location.hash.startsWith('#token=')) location.reload(); });
}
