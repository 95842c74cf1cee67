import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
  readonly count?: { readonly value: number; readonly exact: boolean };
}

export interface Pages<T> {
  readonly items: readonly T[] | undefined;
  readonly count: Page<T>['count'];
  readonly error: Error | null;
  readonly hasMore: boolean;
  /** Why the next page could not be read. */
  readonly moreError: Error | null;
  readonly isFetching: boolean;
  readonly more: () => void;
  readonly again: () => void;
}

/** A list of the API, page after page. `key` = what it is cached under, so it has to hold everything that selects the list. `everyMs` = how often it is read again; default: never. */
export function usePages<T>(key: readonly unknown[], page: (cursor: string | undefined) => Promise<Page<T>>, everyMs?: number): Pages<T> {
  const { data, error, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => page(pageParam),
    refetchInterval: everyMs ?? false,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  return {
    items: useMemo(() => data?.pages.flatMap(({ items }) => items), [data]),
    count: data?.pages[0]?.count,
    error,
    hasMore: hasNextPage,
    moreError: isFetchNextPageError ? error : null,
    isFetching,
    more: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    again: () => void refetch(),
  };
}
