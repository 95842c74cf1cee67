import './style/index.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Refused } from './api/client.js';
import { routeTree } from './routes.js';
import { applyTheme } from './shell/theme.js';

applyTheme();

/** Whoever is not signed in, or is no more, goes to the login, and comes back afterwards. */
const toLogin = (error: Error): void => {
  if (error instanceof Refused && error.problem.status === 401 && !location.pathname.endsWith('/login'))
    void router.navigate({ to: '/login', search: { to: router.state.location.href, ended: queries.getQueryData(['me']) !== undefined } });
};
const queries = new QueryClient({
  queryCache: new QueryCache({ onError: toLogin }),
  mutationCache: new MutationCache({ onError: toLogin }),
  defaultOptions: { queries: { retry: false, staleTime: 5_000 } },
});
const router = createRouter({ routeTree, basepath: '/console', context: { queries }, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
