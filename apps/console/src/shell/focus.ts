import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/** Moves the focus to the page when another page is opened and what had the focus has gone with the former one, so that the keyboard goes on there. */
export function useFocusOnPage(): void {
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(pathname);
  useEffect(() => {
    const before = last.current;
    last.current = pathname;
    // At first nobody has been anywhere.
    if (before === undefined || before === pathname) return;
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }, [pathname]);
}
