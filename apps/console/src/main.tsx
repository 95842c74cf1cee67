import { applyTheme } from './shell/theme.js';
import { start } from './start.js';

applyTheme();

/** Whoever is not signed in, or is no more, goes to the login, and comes back afterwards. */
start('/console', ({ router, queries }) => {
  if (!location.pathname.endsWith('/login')) void router.navigate({ to: '/login', search: { to: router.state.location.href, ended: queries.getQueryData(['me']) !== undefined } });
});
