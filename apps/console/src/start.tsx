import './style/index.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { Refused } from './api/client.js';
import { routeTree } from './routes.js';
import { isPortal } from './shell/place.js';

const routerAt = (basepath: string, queries: QueryClient) => createRouter({ routeTree, basepath, context: { queries }, defaultPreload: 'intent', scrollRestoration: !isPortal });
type Router = ReturnType<typeof routerAt>;

declare module '@tanstack/react-router' {
  interface Register {
    router: Router;
  }
}

export interface Started {
  readonly router: Router;
  readonly queries: QueryClient;
  /** Takes the application away from the page. */
  readonly stop: () => void;
}

/** Shows the application. Its pages are below `basepath`. `onEnded` is called when the API does not know the caller (401). */
export function start(basepath: string, onEnded: (started: Started) => void): Started {
  const ended = (error: Error): void => {
    if (error instanceof Refused && error.problem.status === 401) onEnded(started);
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: ended }),
    mutationCache: new MutationCache({ onError: ended }),
    defaultOptions: { queries: { retry: false, staleTime: 5_000 } },
  });
  const router = routerAt(basepath, queries);
  const element = document.getElementById('root');
  const root = element && createRoot(element);
  root?.render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  const started = { router, queries, stop: () => { root?.unmount(); } };
  return started;
}
